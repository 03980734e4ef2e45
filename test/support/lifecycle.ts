import { Aspects, TerraformResource, type TerraformResourceLifecycle, type TerraformStack } from "cdktf";

/** Gives every resource of a stack this lifecycle, as an organization's Aspect would. */
export function giveLifecycle(stack: TerraformStack, lifecycle: TerraformResourceLifecycle): void {
  Aspects.of(stack).add({
    visit: (node) => {
      if (TerraformResource.isTerraformResource(node)) node.lifecycle = { ...node.lifecycle, ...lifecycle };
    },
  });
}
