/** Text as Terraform renders it, where it refers to nothing. */
export function asTerraformRenders(text: string): string {
  return text.replace(/([$%])\1\{/g, "$1{");
}
