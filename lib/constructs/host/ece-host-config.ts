import type { TerraformProvider } from "cdktf";
import type { HostDrain } from "../bindings/host-roles";
import type { HostInstall } from "../install/host-install";
import type { HostToken } from "./host-token";
import type { MemorySettings } from "./memory-settings";

/** What runs ECE's containers on a host; the platform does not know it, each host has its own. */
export class ContainerEngine {
  /** The user must be in the group `docker`. */
  static readonly DOCKER = "docker";
  /** Needs `podman-remote` with its socket at /var/run/docker.sock, and Elastic's wrapper `/usr/bin/docker`. */
  static readonly PODMAN = "podman";

  private constructor() {}
}

/** Configuration of `EceHost`. */
export interface EceHostConfig {
  /** The host's id on the platform, unique there; its IP address by custom. A change replaces the host. */
  readonly runnerId: string;
  /** The roles of the host, from `EceRole`. Changed in place. */
  readonly roles: string[];
  /**
   * A coordinator of the platform, as the host reaches it. Used at the install.
   *
   * @default - none; required unless the host is adopted
   */
  readonly coordinatorHost?: string;
  /**
   * How ECE gets onto the host. For an adopted host, it says how its machine is reached, which is emptied and cleaned on destroy.
   *
   * @default - none; required unless the host is adopted
   */
  readonly install?: HostInstall;
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
   * The address at which the platform's other hosts reach this one. A change replaces the host; one that is given where there
   * was none must be the host's.
   *
   * @default - that of the network interface with the default route
   */
  readonly hostIp?: string;
  /**
   * The memory in MB that an allocator offers, at least 8192. Used at the install: a change is for the next one,
   * and the plan says so; change it later with `Allocator`.
   *
   * @default - 85 % of the host's memory, or all but 28 GB of it
   */
  readonly capacityMb?: number;
  /**
   * The heaps of ECE's services. Used at the install: a change is for the next one, and the plan says so.
   *
   * @default - the installer's, which are too small for production
   */
  readonly memorySettings?: MemorySettings;
  /**
   * Tags of an allocator. Used at the install: a change is for the next one, and the plan says so; change them later with
   * `Allocator`.
   *
   * @default - none
   */
  readonly allocatorTags?: { [key: string]: string };
  /**
   * The registry of ECE's images. Used at the install.
   *
   * @default "docker.elastic.co"
   */
  readonly dockerRegistry?: string;
  /**
   * The repository of ECE's images in the registry. Used at the install.
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
   * The version to install, which must be the platform's. Used at the install; hosts are upgraded in place.
   *
   * @default - the version that the platform runs at the install
   */
  readonly version?: string;
  /**
   * Let the installer go on when its checks of the host fail, but for those of the versions of the system and the container
   * engine, which `skipCloudEnterpriseVersionCheck` alone skips.
   *
   * @default false
   */
  readonly force?: boolean;
  /**
   * Let the installer run on a system, or with a version of the container engine, that it does not list for this version of
   * ECE. Known to the installers of ECE 4.0 and newer.
   *
   * @default false
   */
  readonly skipCloudEnterpriseVersionCheck?: boolean;
  /**
   * Pull the installer's image even if the host has one of that version.
   *
   * @default false
   */
  readonly overwriteExistingImage?: boolean;
  /**
   * Further names or addresses of the host, for the certificates that ECE makes for itself.
   *
   * @default - none
   */
  readonly externalHostnames?: string[];
  /**
   * The URL at which users reach the API of the platform, for logins that lead there and back.
   *
   * @default - the installer's
   */
  readonly apiBaseUrl?: string;
  /**
   * The socket of the container engine on the host, for the installer. The user's `docker` must reach the same engine as it is.
   *
   * @default - DOCKER_HOST of the user, or "/var/run/docker.sock"
   */
  readonly hostDockerHost?: string;
  /**
   * A file on the host with settings for the installer, which Elastic does not document. The installer's container sees what
   * lies in `hostStoragePath`.
   *
   * @default - none
   */
  readonly configFile?: string;
  /**
   * The version of the PROXY protocol that the load balancer before the host's proxies speaks, 1 or 2; harmless without the
   * role proxy. Known to the installers of ECE 4.2 and newer.
   *
   * @default - none
   */
  readonly proxyProtocolVersion?: number;
  /**
   * Let the host's proxies take connections without the PROXY protocol, too. Known to the installers of ECE 4.2 and newer.
   *
   * @default false
   */
  readonly proxyProtocolLenient?: boolean;
  /**
   * Further arguments of the installer, as on its command line: flags, each with its value behind it where it takes one, such
   * as `["--proxy-tags", "site:a"]`. A flag that has a property is given by that.
   *
   * @default - none
   */
  readonly installerArguments?: string[];
  /**
   * Make the installer verbose.
   *
   * @default false
   */
  readonly debug?: boolean;
  /**
   * Take over a host that has joined already, by hand or by another tool: it is imported as it is. Nothing is installed, no token
   * made, and a maintenance mode stays as it is. `cdktf-ece import` writes the program for a whole platform.
   *
   * Without `install` no machine is reached: destroying drains the host and drops its roles, and waits until ECE was removed from
   * it by hand. With it, over SSH, the machine is asked whether it is this host.
   *
   * @default false
   */
  readonly adopt?: boolean;
  /**
   * How the host is emptied before it goes; with `skip`, which `HostInstall.userData()` alone takes, what runs there is given up.
   *
   * @default - everything is moved away, and pending plans are waited for
   */
  readonly drain?: HostDrain;
  /**
   * Whether the host's allocator is in maintenance mode: `true` moves every instance away and keeps the host and its roles, as
   * for patching its operating system; `false` ends it.
   *
   * @default - one that somebody else began is shown, warned of and left alone
   */
  readonly maintenance?: boolean;
  /**
   * How long to wait after the install until the host is connected with its roles, such as "30m".
   *
   * @default - the provider's
   */
  readonly joinTimeout?: string;
  /**
   * How long a deploy waits for the host while it is down, such as "15m".
   *
   * @default - a host that is down is a warning in the plan, and nothing waits for it
   */
  readonly waitForConnected?: string;
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
