import { TerraformStack, type TerraformProvider } from "cdktf";
import type { Construct } from "constructs";
import { EphemeralRolesToken } from "../bindings/ephemeral-roles-token";
import type { Host } from "../bindings/host";
import type { HostMachine } from "../bindings/host-machine";
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

/** @internal The host that a token is for. */
export interface TokenRequest {
  readonly scope: Construct;
  readonly roles: string[];
  readonly host: Host;
  /** Made before the token, so that none is made for a machine that fails its checks. */
  readonly machine?: HostMachine;
  readonly provider?: TerraformProvider;
}

/** @internal The token of one host. */
export interface HostTokenBinding {
  /** The secret. */
  readonly token: string;
  readonly rolesToken?: RolesToken;
  /** The id of the token to revoke once the host has joined. */
  readonly idToRevoke?: string;
}

/**
 * The roles token that a host joins with.
 *
 * @example
 * const rolesToken = new RolesToken(stack, "proxies", { roles: [EceRole.PROXY] });
 * new EceHost(stack, "proxy-1", { …, roles: [EceRole.PROXY], token: HostToken.shared(rolesToken) });
 */
export abstract class HostToken {
  /** A persistent token of the host's own, revoked when the host is destroyed. */
  static persistent(options: PersistentTokenOptions = {}): HostToken {
    return new PersistentToken(options.revokeAfterJoin === true);
  }

  /**
   * An ephemeral token, never stored, that the hosts of the stack with the same roles share.
   *
   * Only an apply that installs one of them makes one. Needs Terraform 1.10 or OpenTofu 1.11.
   */
  static ephemeral(): HostToken {
    return new EphemeralToken();
  }

  /** A persistent token that is declared elsewhere; it must carry every role of the host. */
  static shared(rolesToken: RolesToken): HostToken {
    return new SharedToken(rolesToken);
  }

  /** @internal Whether the token must not be stored. */
  readonly _isEphemeral: boolean = false;
  /** @internal The roles that the token carries, where the host does not decide them. */
  readonly _roles?: readonly string[];
  /** @internal Makes the token, or finds it. */
  abstract _bind(request: TokenRequest): HostTokenBinding;
}

class PersistentToken extends HostToken {
  readonly #revokeAfterJoin: boolean;

  constructor(revokeAfterJoin: boolean) {
    super();
    this.#revokeAfterJoin = revokeAfterJoin;
  }

  _bind({ scope, roles, host, machine, provider }: TokenRequest): HostTokenBinding {
    if (!this.#revokeAfterJoin) {
      // Destroyed, and so revoked, before the host's record: no install that still runs can join after that.
      const rolesToken = new RolesToken(scope, "roles-token", {
        roles,
        platformId: host.platformId,
        provider,
        dependsOn: [machine ?? host],
      });
      return { token: rolesToken.token, rolesToken };
    }
    const rolesToken = new RolesToken(scope, "roles-token", {
      roles,
      platformId: host.platformId,
      provider,
      triggers: { host: host.id },
      onMissing: "keep",
      dependsOn: machine && [machine],
    });
    return { token: rolesToken.token, rolesToken, idToRevoke: rolesToken.id };
  }
}

class EphemeralToken extends HostToken {
  override readonly _isEphemeral = true;

  _bind({ scope, roles, host, machine, provider }: TokenRequest): HostTokenBinding {
    const stack = TerraformStack.of(scope);
    const alias = provider?.alias === undefined ? [] : [provider.alias];
    const id = ["ephemeral-roles-token", ...alias, ...[...roles].sort()].join("-");
    const present = stack.node.tryFindChild(id);
    const token =
      present instanceof EphemeralRolesToken
        ? present
        : new EphemeralRolesToken(stack, id, { roles, forRunners: [], platformId: host.platformId, provider });
    token._addRunner((machine ?? host).runnerId);
    return { token: token._tokenOrEmpty };
  }
}

class SharedToken extends HostToken {
  override readonly _roles: readonly string[];

  readonly #rolesToken: RolesToken;

  constructor(rolesToken: RolesToken) {
    super();
    this._roles = rolesToken.roles;
    this.#rolesToken = rolesToken;
  }

  _bind(): HostTokenBinding {
    return { token: this.#rolesToken.token, rolesToken: this.#rolesToken };
  }
}
