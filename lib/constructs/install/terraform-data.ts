import { TerraformResource, type TerraformMetaArguments } from "cdktf";
import type { Construct } from "constructs";

/** Configuration of `TerraformData`. */
export interface TerraformDataConfig extends TerraformMetaArguments {
  /** A change of one replaces the resource. */
  readonly triggersReplace: { readonly [name: string]: string };
}

/**
 * Terraform's built-in `terraform_data`.
 *
 * CDKTF's own class of it runs `terraform version` at synth, once for each resource.
 */
export class TerraformData extends TerraformResource {
  static readonly tfResourceType = "terraform_data";

  readonly #triggersReplace: TerraformDataConfig["triggersReplace"];

  constructor(scope: Construct, id: string, { triggersReplace, ...config }: TerraformDataConfig) {
    super(scope, id, { ...config, terraformResourceType: TerraformData.tfResourceType });
    this.#triggersReplace = triggersReplace;
  }

  protected override synthesizeAttributes(): { [name: string]: unknown } {
    return { triggers_replace: this.#triggersReplace };
  }
}
