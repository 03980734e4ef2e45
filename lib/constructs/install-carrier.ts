/** The Terraform resource whose provisioners install ECE. */
export class InstallCarrier {
  /**
   * `null_resource` of hashicorp/null.
   *
   * How the host is reached (port, user, keys, bastion) is stored at the install, and the destroy-time cleanup uses the stored values.
   */
  static readonly NULL_RESOURCE = "null_resource";
  /** The built-in `terraform_data`: needs no registry, and a change of how the host is reached is stored without a replacement. */
  static readonly TERRAFORM_DATA = "terraform_data";

  private constructor() {}
}
