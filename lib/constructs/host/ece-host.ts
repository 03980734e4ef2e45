/**
 * EceHost and the words of its configuration: what a host is, and the token that it joins with.
 *
 * May import `bindings`, `install`, the checks and the CDKTF helpers of constructs, and the layer `ece`.
 */
import { Annotations, Token, type TerraformResource } from "cdktf";
import { Construct } from "constructs";
import { illAdvisedPairs } from "../../ece";
import { Host } from "../bindings/host";
import type { HostMachine } from "../bindings/host-machine";
import { HostRoles } from "../bindings/host-roles";
import type { RolesToken } from "../bindings/roles-token";
import { RolesTokenRevocation } from "../bindings/roles-token-revocation";
import { nameErrors, throwOnErrors } from "../checks";
import type { InstallMethod, Installation } from "../install/install-method";
import type { EceHostConfig } from "./ece-host-config";
import { moveResources } from "./host-moves";
import {
  hostTraits,
  installSettings,
  isInstalledAlready,
  machineRequest,
  resolveHostSpec,
  rolesTimeouts,
  type HostSpec,
} from "./host-spec";
import { rememberedArguments } from "./installer-arguments";
import { validateHost } from "./host-validation";
import { attachVm } from "./host-vm";
import type { HostTokenBinding } from "./host-token";

/**
 * A host of an Elastic Cloud Enterprise platform, with its roles token.
 *
 * Deploying checks the machine, makes the token, installs ECE with it, and waits until the platform shows the host connected
 * with its roles. Destroying proves that the machine is this host, drains it, removes ECE and the platform's record of it, and
 * revokes the token.
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
  /** The persistent token that the host joins with; undefined with an ephemeral one, and for an adopted host. */
  readonly rolesToken?: RolesToken;
  /** The platform's record of the host. */
  readonly host: Host;
  /** The machine of the host, where it is reached over SSH. */
  readonly machine?: HostMachine;
  /** The roles of the host; depend on this to come after the join. */
  readonly hostRoles: HostRoles;

  readonly #installation: Installation;

  constructor(scope: Construct, id: string, config: EceHostConfig) {
    super(scope, id);
    const spec = resolveHostSpec(this, config);
    this.#warnOfRoles(spec.roles);

    this.host = this.#addRecord(spec);
    throwOnErrors(this, nameErrors(this.host));
    const method = spec.install?._method;
    this.machine = method?.machine(this, machineRequest(spec, this.host));
    // ECE runs on an adopted host already: no token is made that nobody needs.
    const isInstalled = isInstalledAlready(spec);
    const binding = isInstalled ? undefined : this.#bindToken(spec);
    this.rolesToken = binding?.rolesToken;
    this.#installation = method === undefined || binding === undefined ? {} : this.#install(spec, method, binding);
    this.hostRoles = this.#addRoles(spec);
    this.#addRevocation(spec, binding);
    if (isInstalled) this.#import(spec);
    validateHost(this, { runnerId: spec.runnerId, address: method?.address, provider: spec.provider });
  }

  /** The host's id on the platform; what refers to it comes after the join. */
  get runnerId(): string {
    return this.hostRoles.runnerId;
  }

  /**
   * The user data of a host that installs itself (`HostInstall.userData()`), gzipped and in base64 unless it has another
   * `encoding`.
   */
  get userData(): string {
    if (this.#installation.userData === undefined)
      throw new Error(`[${this.node.path}] userData needs HostInstall.userData()`);

    return this.#installation.userData.userData;
  }

  /**
   * Puts the VM that has `userData` between the platform's record of the host and its roles: it is replaced together with the
   * host, whatever its cloud does with changed user data, and a plan that replaces only one of the two is refused.
   *
   * @param vm a resource of this stack, without `count`, `forEach` and `createBeforeDestroy`
   */
  afterVm(vm: TerraformResource): void {
    attachVm(this, vm, { hostRoles: this.hostRoles, userData: this.#installation.userData });
  }

  /**
   * Says that this host had another id, or stood elsewhere in its stack: its resources are moved, and nothing is done with it.
   *
   * Without it, a plan of the renamed host is refused. It can stay as long as it likes, and matters to each state once.
   *
   * @param formerId the construct id that the host had in the same scope; or its path below the stack, with a slash, such as
   * `group/allocator-1`, or `/allocator-1` where it stood in the stack itself
   */
  movedFrom(formerId: string): void {
    moveResources(this, formerId);
  }

  #addRecord(spec: HostSpec): Host {
    const { runnerId, adopt, drain, provider } = spec;
    return new Host(this, "host", {
      runnerId,
      adopt,
      // The platform would not delete the record while instances that were not moved away are on it.
      removeInstances: drain?.skip,
      traits: hostTraits(spec),
      installArguments: rememberedArguments(spec),
      provider,
    });
  }

  #bindToken({ token, roles, provider }: HostSpec): HostTokenBinding {
    return token._bind({ scope: this, roles, host: this.host, machine: this.machine, provider });
  }

  #install(spec: HostSpec, method: InstallMethod, { token }: HostTokenBinding): Installation {
    const settings = installSettings(spec, this.host);
    return method.install(this, { settings, token, machine: this.machine, provider: spec.provider });
  }

  /** What the platform has already is imported, with all that is declared of it: so the plan shows that nothing is done. */
  #import({ runnerId }: HostSpec): void {
    if (Token.isUnresolved(runnerId)) return;
    // The id of a record is no more than a name of its creation. It must be known at synth, to be imported with the roles.
    const hostId = `adopted-${this.node.addr}`;
    this.host._importWithArguments({ id: hostId });
    this.hostRoles._importWithArguments({ runner_id: runnerId, host_id: hostId });
  }

  #addRoles(spec: HostSpec): HostRoles {
    const { roles, maintenance, waitForConnected, drain, provider } = spec;
    return new HostRoles(this, "host-roles", {
      runnerId: this.host.runnerId,
      roles,
      hostId: this.host.id,
      machine: this.machine?.access,
      installId: this.#installation.resource?.getStringAttribute("id"),
      maintenance,
      waitForConnected,
      platformId: this.host.platformId,
      drain,
      timeouts: rolesTimeouts(spec),
      provider,
    });
  }

  #addRevocation({ provider }: HostSpec, binding: HostTokenBinding | undefined): void {
    if (binding?.idToRevoke === undefined) return;
    new RolesTokenRevocation(this, "revocation", {
      tokenId: binding.idToRevoke,
      provider,
      dependsOn: [this.hostRoles],
    });
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
