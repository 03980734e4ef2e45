/**
 * EceHost and the words of its configuration: what a host is, and the token that it joins with.
 *
 * May import `bindings`, `install`, the checks and the CDKTF helpers of constructs, and the layer `ece`.
 */
import { Annotations, Token, type TerraformResource } from "cdktf";
import { Construct } from "constructs";
import { illAdvisedPairs } from "../../ece";
import { Host } from "../bindings/host";
import { HostGuard } from "../bindings/host-guard";
import { HostRoles } from "../bindings/host-roles";
import type { RolesToken } from "../bindings/roles-token";
import { RolesTokenRevocation } from "../bindings/roles-token-revocation";
import type { Installation } from "../install/install-method";
import type { EceHostConfig } from "./ece-host-config";
import { installFingerprint, installSettings, resolveHostSpec, rolesTimeouts, type HostSpec } from "./host-spec";
import type { HostTokenBinding } from "./host-token";

/**
 * A host of an Elastic Cloud Enterprise platform, with its roles token.
 *
 * Deploying makes the token, installs ECE on the host with it, and waits until the platform shows the host connected with
 * its roles. Destroying drains the host, removes ECE and the platform's record of it, and revokes the token.
 *
 * @example
 * new EceHost(stack, "allocator-1", {
 *   runnerId: "10.0.0.11",
 *   roles: [EceRole.ALLOCATOR],
 *   coordinatorHost: "10.0.0.10",
 *   install: HostInstall.overSsh({ host: "10.0.0.11", user: "elastic", privateKeyFile: "~/.ssh/ece", hostKey: HostKey.of("ssh-ed25519 AAAA…") }),
 * });
 */
export class EceHost extends Construct {
  /** The persistent token that the host joins with; undefined with an ephemeral one. */
  readonly rolesToken?: RolesToken;
  /** The platform's record of the host. */
  readonly host: Host;
  /** The roles of the host; depend on this to come after the join. */
  readonly hostRoles: HostRoles;

  readonly #installation: Installation;

  constructor(scope: Construct, id: string, config: EceHostConfig) {
    super(scope, id);
    const spec = resolveHostSpec(this, config);
    this.#warnOfRoles(spec.roles);

    this.host = this.#addRecord(spec);
    const { roles, provider } = spec;
    const binding = spec.token._bind({ scope: this, roles, host: this.host, provider });
    this.rolesToken = binding.rolesToken;
    this.#installation = spec.install._method.install(this, {
      settings: installSettings(spec, this.host),
      token: binding.token,
      hostId: this.host.id,
    });
    this.#addGuard(spec);
    this.hostRoles = this.#addRoles(spec);
    if (this.#installation.resource !== undefined) this.#orderAfter(this.#installation.resource);
    this.#addRevocation(spec, binding);
  }

  /** The host's id on the platform; what refers to it comes after the join. */
  get runnerId(): string {
    return this.hostRoles.runnerId;
  }

  /** The cloud-init user data of a host that installs itself (`HostInstall.userData()`). */
  get userData(): string {
    if (this.#installation.userData === undefined)
      throw new Error(`[${this.node.path}] userData needs HostInstall.userData()`);

    return this.#installation.userData;
  }

  /** Orders the VM that has `userData` after the platform's record of the host, and before the roles. */
  afterVm(vm: TerraformResource): void {
    this.#orderAfter(vm);
  }

  #addRecord(spec: HostSpec): Host {
    const { runnerId, adopt, drain, provider } = spec;
    return new Host(this, "host", {
      runnerId,
      adopt,
      // The platform would not delete the record while instances that were not moved away are on it.
      removeInstances: drain?.skip,
      installFingerprint: installFingerprint(spec),
      provider,
    });
  }

  /** Orders the cleanup of the host after a drain, even if the install failed. */
  #addGuard({ drain, drainTimeout, provider }: HostSpec): void {
    const { resource, cleanup } = this.#installation;
    if (resource === undefined || cleanup === undefined) return;
    const guard = new HostGuard(this, "guard", {
      runnerId: this.host.runnerId,
      drain,
      timeouts: drainTimeout === undefined ? undefined : { delete: drainTimeout },
      provider,
      dependsOn: [cleanup],
      lifecycle: { replaceTriggeredBy: [`${addressOf(this.host)}.id`] },
    });
    resource.dependsOn = [addressOf(guard)];
  }

  #addRoles(spec: HostSpec): HostRoles {
    const { roles, drain, provider } = spec;
    return new HostRoles(this, "host-roles", {
      runnerId: this.host.runnerId,
      roles,
      platformId: this.host.platformId,
      drain,
      timeouts: rolesTimeouts(spec),
      provider,
      lifecycle: { replaceTriggeredBy: [`${addressOf(this.host)}.id`] },
    });
  }

  #addRevocation({ provider }: HostSpec, { idToRevoke }: HostTokenBinding): void {
    if (idToRevoke === undefined) return;
    new RolesTokenRevocation(this, "revocation", { tokenId: idToRevoke, provider, dependsOn: [this.hostRoles] });
  }

  /** Roles come after the installed machine, and are drained away before it is replaced. */
  #orderAfter(machine: TerraformResource): void {
    const { hostRoles } = this;
    hostRoles.dependsOn = [...(hostRoles.dependsOn ?? []), addressOf(machine)];
    hostRoles.lifecycle = {
      replaceTriggeredBy: [...(hostRoles.lifecycle?.replaceTriggeredBy ?? []), `${addressOf(machine)}.id`],
    };
  }

  #warnOfRoles(roles: string[]): void {
    if (Token.isUnresolved(roles)) return;
    for (const pair of illAdvisedPairs(roles)) {
      Annotations.of(this).addWarning(
        `Elastic advises against ${pair} on one host, except for small installations and tests.`,
      );
    }
  }
}

function addressOf(resource: TerraformResource): string {
  return `${resource.terraformResourceType}.${resource.friendlyUniqueId}`;
}
