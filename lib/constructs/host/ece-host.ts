import { Annotations, Token, type TerraformProvider, type TerraformResource } from "cdktf";
import { Construct } from "constructs";
import { illAdvisedPairs } from "../../ece";
import { hostFaults } from "./host-spec";
import { installFingerprint, installSettings } from "./host-settings";
import { refuse } from "../faults";
import { Host } from "../bindings/host";
import { HostGuard } from "../bindings/host-guard";
import type { HostInstall } from "../install/host-install";
import { HostRoles, type HostDrain, type HostRolesTimeouts } from "../bindings/host-roles";
import { HostToken } from "./host-token";
import type { Installation } from "../install/install-method";
import type { MemorySettings } from "./memory-settings";
import type { RolesToken } from "../bindings/roles-token";
import { RolesTokenRevocation } from "../bindings/roles-token-revocation";

/** Configuration of `EceHost`. */
export interface EceHostConfig {
  /** The host's id on the platform, unique there; its IP address by custom. A change replaces the host. */
  readonly runnerId: string;
  /** The roles of the host, from `EceRole`. Changed in place. */
  readonly roles: string[];
  /** A coordinator of the platform, as the host reaches it. */
  readonly coordinatorHost: string;
  /** How ECE gets onto the host. */
  readonly install: HostInstall;
  /**
   * The availability zone. A change replaces the host.
   *
   * @default "ece-zone-1"
   */
  readonly availabilityZone?: string;
  /**
   * The roles token that the host joins with.
   *
   * @default HostToken.persistent()
   */
  readonly token?: HostToken;
  /**
   * Where ECE keeps its data on the host. A change replaces the host.
   *
   * @default "/mnt/data/elastic"
   */
  readonly hostStoragePath?: string;
  /**
   * The address at which the platform's other hosts reach this one. A change replaces the host.
   *
   * @default - that of the network interface with the default route
   */
  readonly hostIp?: string;
  /**
   * The memory in MB that an allocator offers, at least 8192. Used at the install; change it later with `Allocator`.
   *
   * @default - 85 % of the host's memory, or all but 28 GB of it
   */
  readonly capacityMb?: number;
  /**
   * The heaps of ECE's services. A change replaces the host.
   *
   * @default - the installer's, which are too small for production
   */
  readonly memorySettings?: MemorySettings;
  /**
   * Tags of an allocator. Used at the install; change them later with `Allocator`.
   *
   * @default - none
   */
  readonly allocatorTags?: { [key: string]: string };
  /**
   * The registry of ECE's images.
   *
   * @default "docker.elastic.co"
   */
  readonly dockerRegistry?: string;
  /**
   * The repository of ECE's images in the registry.
   *
   * @default "cloud-enterprise"
   */
  readonly eceDockerRepository?: string;
  /**
   * What runs containers on the host, one of `ContainerEngine`. A change replaces the host.
   *
   * @default ContainerEngine.DOCKER
   */
  readonly containerEngine?: string;
  /**
   * Label what podman mounts for SELinux.
   *
   * @default false
   */
  readonly selinux?: boolean;
  /**
   * Multiplies the installer's timeouts.
   *
   * @default 1
   */
  readonly timeoutFactor?: number;
  /**
   * The version to install, which must be the platform's. A change replaces the host.
   *
   * @default - the version that the platform runs at the install
   */
  readonly version?: string;
  /**
   * Let the installer go on when its checks of the host fail.
   *
   * @default false
   */
  readonly force?: boolean;
  /**
   * Make the installer verbose.
   *
   * @default false
   */
  readonly debug?: boolean;
  /**
   * Take over a host that has joined already, by hand or by another tool.
   *
   * @default false
   */
  readonly adopt?: boolean;
  /**
   * How the host is emptied before it goes; with `skip`, what runs there is given up.
   *
   * @default - everything is moved away, and pending plans are waited for
   */
  readonly drain?: HostDrain;
  /**
   * How long to wait after the install until the host is connected with its roles, such as "30m".
   *
   * @default - the provider's
   */
  readonly joinTimeout?: string;
  /**
   * How long the drain may take, such as "2h".
   *
   * @default - the provider's
   */
  readonly drainTimeout?: string;
  /**
   * The platform.
   *
   * @default - the stack's default EceProvider
   */
  readonly provider?: TerraformProvider;
}

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
    refuse(this, hostFaults(config));
    this.#warnOfRoles(config.roles);

    const { runnerId, roles, provider, token = HostToken.persistent() } = config;
    const method = config.install._method;
    this.host = new Host(this, "host", {
      runnerId,
      adopt: config.adopt,
      // What is not moved away would keep the platform from deleting the record.
      removeInstances: config.drain?.skip,
      installFingerprint: installFingerprint(config, method.fingerprint()),
      provider,
    });
    const binding = token._bind({ scope: this, roles, host: this.host, provider });
    this.rolesToken = binding.rolesToken;
    this.#installation = method.install(this, {
      settings: installSettings(config, config.version ?? this.host.platformVersion),
      token: binding.token,
      hostId: this.host.id,
    });
    this.#guard(config);
    this.hostRoles = new HostRoles(this, "host-roles", {
      runnerId: this.host.runnerId,
      roles,
      drain: config.drain,
      timeouts: timeoutsOf(config),
      provider,
      lifecycle: { replaceTriggeredBy: [`${addressOf(this.host)}.id`] },
    });
    if (this.#installation.resource !== undefined) this.#follow(this.#installation.resource);
    if (binding.idToRevoke !== undefined) {
      const dependsOn = [this.hostRoles];
      new RolesTokenRevocation(this, "revocation", { tokenId: binding.idToRevoke, provider, dependsOn });
    }
  }

  /** The host's id on the platform; what refers to it comes after the join. */
  get runnerId(): string {
    return this.hostRoles.runnerId;
  }

  /** The cloud-init user data of a host that installs itself (`HostInstall.userData()`). */
  get userData(): string {
    if (this.#installation.userData === undefined)
      throw new Error(`[${this.node.path}] userData is there with HostInstall.userData() only`);

    return this.#installation.userData;
  }

  /** Puts the VM that runs with `userData` between the platform's record of the host and its roles. */
  afterVm(vm: TerraformResource): void {
    this.#follow(vm);
  }

  /** What cleans the host comes after a drain, even if the install never came to its end. */
  #guard({ drain, drainTimeout, provider }: EceHostConfig): void {
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

  /** Roles come after the installed machine, and are drained away before it is replaced. */
  #follow(machine: TerraformResource): void {
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

function timeoutsOf({ joinTimeout, drainTimeout }: EceHostConfig): HostRolesTimeouts | undefined {
  if (joinTimeout === undefined && drainTimeout === undefined) return undefined;
  return { create: joinTimeout, update: drainTimeout, delete: drainTimeout };
}

function addressOf(resource: TerraformResource): string {
  return `${resource.terraformResourceType}.${resource.friendlyUniqueId}`;
}
