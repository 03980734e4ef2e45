import { TerraformResource, type TerraformMetaArguments } from "cdktf";
import type { Construct } from "constructs";
import { GENERATOR_METADATA } from "./generator-metadata";

/** Configuration of `RolesTokenRevocation`. */
export interface RolesTokenRevocationConfig extends TerraformMetaArguments {
  /** The id of the token to revoke; the token itself needs `onMissing: "keep"`. */
  readonly tokenId: string;
}

/**
 * Revokes a roles token when it is created (`ece_roles_token_revocation`): let it depend on the hosts that join with it.
 *
 * Destroying it does nothing.
 */
export class RolesTokenRevocation extends TerraformResource {
  static readonly tfResourceType = "ece_roles_token_revocation";

  readonly #config: RolesTokenRevocationConfig;

  constructor(scope: Construct, id: string, config: RolesTokenRevocationConfig) {
    super(scope, id, {
      ...config,
      terraformResourceType: RolesTokenRevocation.tfResourceType,
      terraformGeneratorMetadata: GENERATOR_METADATA,
    });
    this.#config = config;
  }

  /** The id of the revoked token. */
  get tokenId(): string {
    return this.getStringAttribute("token_id");
  }

  protected override synthesizeAttributes(): { [name: string]: unknown } {
    return { token_id: this.#config.tokenId };
  }
}
