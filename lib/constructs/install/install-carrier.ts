/** The Terraform resource whose provisioners install ECE. */
export class InstallCarrier {
  /** `null_resource` of hashicorp/null. */
  static readonly NULL_RESOURCE = "null_resource";
  /** The built-in `terraform_data`, which needs no registry. */
  static readonly TERRAFORM_DATA = "terraform_data";

  private constructor() {}
}
