import { type IResolvable, type TerraformMetaArguments } from "cdktf";
import type { Construct } from "constructs";
import { roleList, throwOnErrors } from "../checks";
import { EceResource, type Attributes } from "./ece-resource";

/** How a host is emptied before its roles go. */
export interface HostDrain {
  /**
   * Cancel and overwrite plans that are pending for what is to be moved.
   *
   * @default false
   */
  readonly force?: boolean;
  /**
   * Drop the roles without moving anything away: what is on the host is given up.
   *
   * @default false
   */
  readonly skip?: boolean;
}

/** How long the platform may take for a host's roles. */
export interface HostRolesTimeouts {
  /**
   * How long to wait until the host is connected with its roles active, such as "30m".
   *
   * @default - the provider's
   */
  readonly create?: string;
  /**
   * How long a change of roles, with its drain, may take.
   *
   * @default - the provider's
   */
  readonly update?: string;
  /**
   * How long the drain may take.
   *
   * @default - the provider's
   */
  readonly delete?: string;
}

/** Configuration of `HostRoles`. */
export interface HostRolesConfig extends TerraformMetaArguments {
  /** The host's id on the platform. */
  readonly runnerId: string;
  /** The roles of the host, changed in place. */
  readonly roles: string[];
  /**
   * The `id` of the host's `Host`; a change replaces these roles.
   *
   * @default - none
   */
  readonly hostId?: string;
  /**
   * `access` of the host's `HostMachine`: the machine is asked whether it is this host before anything is taken from it.
   *
   * @default - no machine is asked
   */
  readonly machine?: IResolvable;
  /**
   * The id of what installs ECE, so that these roles come after it.
   *
   * @default - none
   */
  readonly installId?: string;
  /**
   * The id of the VM that the host is, where it installs itself: a plan that replaces only one of the two is refused.
   *
   * @default - no VM
   */
  readonly vmId?: string;
  /**
   * What destroying does to the host: `drain` it and drop its roles, or `keep` it as it is.
   *
   * @default "drain"
   */
  readonly onDestroy?: string;
  /**
   * Whether the host's allocator is in maintenance mode: `true` moves every instance away and keeps host and roles, as for
   * patching its operating system; `false` ends it.
   *
   * @default - one that somebody else began is shown, warned of and left alone
   */
  readonly maintenance?: boolean;
  /**
   * How long an apply waits for a host that is down, such as "15m".
   *
   * @default - a host that is down is a warning in the plan, and nothing waits for it
   */
  readonly waitForConnected?: string;
  /**
   * The platform that it is for, as `platformId` of its `Host`: on another one nothing is made or changed.
   *
   * @default - whichever platform the provider points to
   */
  readonly platformId?: string;
  /**
   * How the host is emptied.
   *
   * @default - everything is moved away, and pending plans are waited for
   */
  readonly drain?: HostDrain;
  /**
   * How long the host may take to join, to change and to be drained.
   *
   * @default - the provider's
   */
  readonly timeouts?: HostRolesTimeouts;
}

/**
 * The roles of a host (`ece_host_roles`): waits until the host is connected and has them, and drains it on destroy.
 */
export class HostRoles extends EceResource<HostRolesConfig> {
  static override readonly tfResourceType = "ece_host_roles";

  constructor(scope: Construct, id: string, config: HostRolesConfig) {
    super(scope, id, config);
    throwOnErrors(this, roleList("roles", config.roles));
  }

  /** The host's id on the platform; what refers to it is ordered after the join. */
  get runnerId(): string {
    return this.getStringAttribute("runner_id");
  }

  /** The host's address. */
  get hostIp(): string {
    return this.getStringAttribute("host_ip");
  }

  /** The name or address under which clients reach the host. */
  get publicHostname(): string {
    return this.getStringAttribute("public_hostname");
  }

  /** The host's availability zone. */
  get zone(): string {
    return this.getStringAttribute("zone");
  }

  /** The ECE version that runs on the host. */
  get version(): string {
    return this.getStringAttribute("version");
  }

  /** Whether the host is connected to the platform. */
  get connected(): IResolvable {
    return this.getBooleanAttribute("connected");
  }

  /** Whether the host's allocator is in maintenance mode. */
  get maintenance(): IResolvable {
    return this.getBooleanAttribute("maintenance");
  }

  /** Whether the platform calls the host healthy. */
  get healthy(): IResolvable {
    return this.getBooleanAttribute("healthy");
  }

  /** How the platform is known, by ids that stay with it. */
  get platformId(): string {
    return this.getStringAttribute("platform_id");
  }

  protected override attributesOf({
    runnerId,
    roles,
    hostId,
    machine,
    installId,
    vmId,
    onDestroy,
    maintenance,
    waitForConnected,
    platformId,
    drain,
    timeouts,
  }: HostRolesConfig): Attributes {
    return {
      runner_id: runnerId,
      roles,
      host_id: hostId,
      machine,
      install_id: installId,
      vm_id: vmId,
      on_destroy: onDestroy,
      maintenance,
      wait_for_connected: waitForConnected,
      platform_id: platformId,
      drain: drain && { force: drain.force, skip: drain.skip },
      timeouts: timeouts && { create: timeouts.create, update: timeouts.update, delete: timeouts.delete },
    };
  }
}
