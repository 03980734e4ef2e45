import { type IResolvable, type TerraformMetaArguments } from "cdktf";
import type { Construct } from "constructs";
import { roleList, throwOnErrors } from "../checks";
import { EceResource, type Attributes } from "./ece-resource";

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
  /**
   * The platform that it is for, as `platformId` of its `Host`: on another one nothing is made or changed.
   *
   * @default - whichever platform the provider points to
   */
  readonly platformId?: string;
}

/**
 * A persistent roles token (`ece_roles_token`): whoever holds it can join hosts with its roles until it is revoked.
 *
 * Destroying it revokes it.
 */
export class RolesToken extends EceResource<RolesTokenConfig> {
  static override readonly tfResourceType = "ece_roles_token";

  /** The roles that the token lets hosts have. */
  readonly roles: string[];

  constructor(scope: Construct, id: string, config: RolesTokenConfig) {
    super(scope, id, config);
    throwOnErrors(this, roleList("roles", config.roles));
    this.roles = config.roles;
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

  /** How the platform is known, by ids that stay with it. */
  get platformId(): string {
    return this.getStringAttribute("platform_id");
  }

  protected override attributesOf({ roles, triggers, onMissing, platformId }: RolesTokenConfig): Attributes {
    return { roles, triggers, on_missing: onMissing, platform_id: platformId };
  }
}
