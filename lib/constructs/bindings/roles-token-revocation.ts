import type { TerraformMetaArguments } from "cdktf";
import { EceResource, type Attributes } from "./ece-resource";

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
export class RolesTokenRevocation extends EceResource<RolesTokenRevocationConfig> {
  static override readonly tfResourceType = "ece_roles_token_revocation";

  /** The id of the revoked token. */
  get tokenId(): string {
    return this.getStringAttribute("token_id");
  }

  protected override attributesOf({ tokenId }: RolesTokenRevocationConfig): Attributes {
    return { token_id: tokenId };
  }
}
