import { TerraformStack, type TerraformProvider } from "cdktf";
import type { Construct } from "constructs";
import { EphemeralRolesToken } from "../bindings/ephemeral-roles-token";
import type { Host } from "../bindings/host";
import { RolesToken } from "../bindings/roles-token";

/** Options of a host's own persistent token. */
export interface PersistentTokenOptions {
  /**
   * Revoke the token as soon as the host has joined. It is made anew together with its host.
   *
   * @default false
   */
  readonly revokeAfterJoin?: boolean;
}

/** @internal What a token is made for. */
export interface TokenRequest {
  readonly scope: Construct;
  readonly roles: string[];
  readonly host: Host;
  readonly provider?: TerraformProvider;
}

/** @internal The token of one host. */
export interface HostTokenBinding {
  readonly token: string;
  readonly rolesToken?: RolesToken;
  /** The token to revoke once the host has joined. */
  readonly idToRevoke?: string;
}

/** The roles token that a host joins with. */
export class HostToken {
  /** A persistent token of the host's own, revoked when the host is destroyed. */
  static persistent(options: PersistentTokenOptions = {}): HostToken {
    return new HostToken(false, undefined, ({ scope, roles, host, provider }) => {
      if (options.revokeAfterJoin !== true) {
        // Revoked before the record goes, no install that is still at work can join behind it.
        const rolesToken = new RolesToken(scope, "roles-token", { roles, provider, dependsOn: [host] });
        return { token: rolesToken.token, rolesToken };
      }
      const rolesToken = new RolesToken(scope, "roles-token", {
        roles,
        provider,
        triggers: { host: host.id },
        onMissing: "keep",
      });
      return { token: rolesToken.token, rolesToken, idToRevoke: rolesToken.id };
    });
  }

  /**
   * An ephemeral token, never stored, that the hosts of the stack with the same roles share.
   *
   * Only an apply that installs one of them makes one. Needs Terraform 1.10 or OpenTofu 1.11.
   */
  static ephemeral(): HostToken {
    return new HostToken(true, undefined, ({ scope, roles, host, provider }) => {
      const stack = TerraformStack.of(scope);
      const id = [
        "ephemeral-roles-token",
        ...(provider?.alias === undefined ? [] : [provider.alias]),
        ...[...roles].sort(),
      ].join("-");
      const present = stack.node.tryFindChild(id);
      const token =
        present instanceof EphemeralRolesToken
          ? present
          : new EphemeralRolesToken(stack, id, { roles, forRunners: [], provider });
      token._addRunner(host.runnerId);
      return { token: token._tokenOrEmpty };
    });
  }

  /** A persistent token that is declared elsewhere; it must carry every role of the host. */
  static shared(rolesToken: RolesToken): HostToken {
    return new HostToken(false, rolesToken.roles, () => ({ token: rolesToken.token, rolesToken }));
  }

  /** @internal Whether the token must not be stored. */
  readonly _isEphemeral: boolean;
  /** @internal The roles that the token carries, where the host does not decide them. */
  readonly _roles?: readonly string[];
  /** @internal Makes the token, or finds it. */
  readonly _bind: (request: TokenRequest) => HostTokenBinding;

  private constructor(
    isEphemeral: boolean,
    roles: readonly string[] | undefined,
    bind: (request: TokenRequest) => HostTokenBinding,
  ) {
    this._isEphemeral = isEphemeral;
    this._roles = roles;
    this._bind = bind;
  }
}
