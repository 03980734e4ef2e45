import { Op, TerraformElement, TerraformStack, Token, conditional, ref, type TerraformProvider } from "cdktf";
import type { Construct } from "constructs";
import { roleList, throwOnErrors } from "../checks";

/** Configuration of `EphemeralRolesToken`. */
export interface EphemeralRolesTokenConfig {
  /** The roles that the token lets hosts have. */
  readonly roles: string[];
  /**
   * How long the token works.
   *
   * @default 3600
   */
  readonly validityInSeconds?: number;
  /**
   * The hosts that the token is for: when the platform knows all of them, no token is made.
   *
   * @default - a token is made in each apply
   */
  readonly forRunners?: string[];
  /**
   * The platform that it is for, as `platformId` of its `Host`: on another one nothing is made or changed.
   *
   * @default - whichever platform the provider points to
   */
  readonly platformId?: string;
  /**
   * The provider of the platform that makes the token.
   *
   * @default - the stack's default provider
   */
  readonly provider?: TerraformProvider;
}

/**
 * A roles token that is never stored (`ephemeral "ece_roles_token"`): made during an apply, and expiring by itself.
 *
 * No plan makes one. Needs Terraform 1.10 or OpenTofu 1.11.
 */
export class EphemeralRolesToken extends TerraformElement {
  static readonly tfResourceType = "ece_roles_token";

  /** The roles that the token lets hosts have. */
  readonly roles: string[];

  readonly #validityInSeconds?: number;
  readonly #forRunners?: string[];
  readonly #platformId?: string;
  readonly #provider?: TerraformProvider;

  constructor(scope: Construct, id: string, config: EphemeralRolesTokenConfig) {
    super(scope, id, `ephemeral.${EphemeralRolesToken.tfResourceType}`);
    throwOnErrors(this, roleList("roles", config.roles));
    this.roles = config.roles;
    this.#validityInSeconds = config.validityInSeconds;
    this.#forRunners = config.forRunners && [...config.forRunners];
    this.#platformId = config.platformId;
    this.#provider = config.provider;
  }

  /** The token, a secret; null in a plan and where the platform knows every host already. Usable in ephemeral places only. */
  get token(): string {
    return this.#attribute("token");
  }

  /** When the token stops working, as an RFC 3339 time. */
  get expiresAt(): string {
    return this.#attribute("expires_at");
  }

  override toTerraform(): ReturnType<TerraformElement["toTerraform"]> {
    const attributes = {
      roles: this.roles,
      validity_in_seconds: this.#validityInSeconds,
      applying: Token.asAny(ref("terraform.applying", TerraformStack.of(this))),
      for_runners: this.#forRunners,
      platform_id: this.#platformId,
      provider: this.#provider?.fqn,
      "//": this.constructNodeMetadata,
    };
    return {
      // Older versions would complain of an unknown block; a constraint of the stack's own takes precedence.
      terraform: { required_version: ">= 1.10" },
      ephemeral: { [EphemeralRolesToken.tfResourceType]: { [this.friendlyUniqueId]: attributes } },
    };
  }

  /** @internal Lets one more host use a token that was made with `forRunners`. */
  _addRunner(runnerId: string): void {
    this.#forRunners?.push(runnerId);
  }

  /** @internal The token, or an empty text: provisioners refuse null. */
  get _tokenOrEmpty(): string {
    return Token.asString(conditional(Op.neq(this.token, Token.nullValue()), this.token, ""));
  }

  #attribute(name: string): string {
    const address = `ephemeral.${EphemeralRolesToken.tfResourceType}.${this.friendlyUniqueId}.${name}`;
    return Token.asString(ref(address, TerraformStack.of(this)));
  }
}
