import { TerraformDataSource, type IResolvable, type TerraformMetaArguments } from "cdktf";
import type { Construct } from "constructs";
import { GENERATOR_METADATA } from "./generator-metadata";

/** The platform's persistent roles tokens without their secrets (data source `ece_roles_tokens`). */
export class DataEceRolesTokens extends TerraformDataSource {
  static readonly tfResourceType = "ece_roles_tokens";

  constructor(scope: Construct, id: string, config: TerraformMetaArguments = {}) {
    super(scope, id, {
      ...config,
      terraformResourceType: DataEceRolesTokens.tfResourceType,
      terraformGeneratorMetadata: GENERATOR_METADATA,
    });
  }

  /** The tokens, a list of objects with `id` and `roles`. */
  get tokens(): IResolvable {
    return this.interpolationForAttribute("tokens");
  }
}
