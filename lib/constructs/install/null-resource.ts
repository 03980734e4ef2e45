import {
  TerraformProvider,
  TerraformResource,
  type TerraformMetaArguments,
  type TerraformProviderGeneratorMetadata,
} from "cdktf";
import type { Construct } from "constructs";

/** What `cdktf deploy` wants to find in the lock file: the version that prebuilt bindings of cdktf's last release name. */
const GENERATOR_METADATA: TerraformProviderGeneratorMetadata = {
  providerName: "null",
  providerVersion: "3.2.4",
  providerVersionConstraint: "~> 3.0",
};

/** Configuration of `NullResource`. */
export interface NullResourceConfig extends TerraformMetaArguments {
  /** A change of one replaces the resource. */
  readonly triggers: { readonly [name: string]: string };
}

/** The type `null_resource` of hashicorp/null, as the prebuilt bindings of cdktf and of cdktn both declare it. */
export class NullResource extends TerraformResource {
  static readonly tfResourceType = "null_resource";

  readonly #triggers: NullResourceConfig["triggers"];

  constructor(scope: Construct, id: string, { triggers, ...config }: NullResourceConfig) {
    super(scope, id, {
      ...config,
      terraformResourceType: NullResource.tfResourceType,
      terraformGeneratorMetadata: GENERATOR_METADATA,
    });
    this.#triggers = triggers;
  }

  protected override synthesizeAttributes(): { [name: string]: unknown } {
    return { triggers: this.#triggers };
  }
}

/** The provider hashicorp/null, without arguments. */
export class NullProvider extends TerraformProvider {
  static readonly tfResourceType = "null";

  constructor(scope: Construct, id: string) {
    super(scope, id, {
      terraformResourceType: NullProvider.tfResourceType,
      terraformGeneratorMetadata: GENERATOR_METADATA,
      terraformProviderSource: "null",
    });
  }
}
