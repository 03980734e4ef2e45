import { TerraformResource, type TerraformMetaArguments } from "cdktf";
import type { Construct } from "constructs";

/** Configuration of `TerraformData`. */
export interface TerraformDataConfig extends TerraformMetaArguments {
  /** A change of one replaces the resource. */
  readonly triggersReplace: object;
  /**
   * What is stored; a change replaces nothing.
   *
   * @default - nothing
   */
  readonly input?: object;
}

/**
 * Terraform's built-in `terraform_data`.
 *
 * CDKTF's own class of it runs `terraform version` at synth, once for each resource.
 */
export class TerraformData extends TerraformResource {
  static readonly tfResourceType = "terraform_data";

  readonly #attributes: { readonly [name: string]: unknown };

  constructor(scope: Construct, id: string, { triggersReplace, input, ...config }: TerraformDataConfig) {
    super(scope, id, { ...config, terraformResourceType: TerraformData.tfResourceType });
    this.#attributes = { triggers_replace: triggersReplace, input };
  }

  protected override synthesizeAttributes(): { [name: string]: unknown } {
    return this.#attributes;
  }
}
