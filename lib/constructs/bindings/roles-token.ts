import { TerraformResource, Token, type TerraformMetaArguments } from "cdktf";
import type { Construct } from "constructs";
import type { IResolvable } from "cdktf";
import { roleFaults } from "./ece-role";
import { refuse } from "../faults";
import { GENERATOR_METADATA } from "./generator-metadata";

/** Configuration of `RolesToken`. */
export interface RolesTokenConfig extends TerraformMetaArguments {
  /** The roles that the token lets hosts have; a change makes a new token. */
  readonly roles: string[];
  /**
   * Any values; a change of one makes a new token and revokes the old one.
   *
   * @default - none
   */
  readonly triggers?: { [key: string]: string };
  /**
   * What to plan when the token was revoked outside Terraform: `recreate`, or `keep` it in state as revoked.
   *
   * @default "recreate"
   */
  readonly onMissing?: string;
}

/**
 * A persistent roles token (`ece_roles_token`): whoever holds it can join hosts with its roles until it is revoked.
 *
 * Destroying it revokes it.
 */
export class RolesToken extends TerraformResource {
  static readonly tfResourceType = "ece_roles_token";

  /** The roles that the token lets hosts have. */
  readonly roles: string[];

  readonly #triggers?: { [key: string]: string };
  readonly #onMissing?: string;

  constructor(scope: Construct, id: string, config: RolesTokenConfig) {
    super(scope, id, {
      ...config,
      terraformResourceType: RolesToken.tfResourceType,
      terraformGeneratorMetadata: GENERATOR_METADATA,
    });
    if (!Token.isUnresolved(config.roles)) refuse(this, roleFaults(config.roles));
    this.roles = config.roles;
    this.#triggers = config.triggers;
    this.#onMissing = config.onMissing;
  }

  /** The token's id on the platform, which is no secret. */
  get id(): string {
    return this.getStringAttribute("id");
  }

  /** The token itself, a secret. */
  get token(): string {
    return this.getStringAttribute("token");
  }

  /** Whether the platform no longer knows the token. */
  get revoked(): IResolvable {
    return this.getBooleanAttribute("revoked");
  }

  protected override synthesizeAttributes(): { [name: string]: unknown } {
    return { roles: this.roles, triggers: this.#triggers, on_missing: this.#onMissing };
  }
}
