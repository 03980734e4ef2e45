import type { TerraformMetaArguments } from "cdktf";
import { EceResource, type Attributes } from "./ece-resource";

/** How long destroying a host may take. */
export interface HostTimeouts {
  /**
   * How long to wait until the host is disconnected, such as "30m".
   *
   * @default - the provider's
   */
  readonly delete?: string;
}

/** Configuration of `Host`. */
export interface HostConfig extends TerraformMetaArguments {
  /** The host's id on the platform, its IP address by custom. */
  readonly runnerId: string;
  /**
   * Take over a host that the platform knows already.
   *
   * @default false
   */
  readonly adopt?: boolean;
  /**
   * What the host is installed with; a change replaces the host.
   *
   * @default - none
   */
  readonly installFingerprint?: string;
  /**
   * What the host is, by name, such as its zone: a value that changes replaces the host.
   *
   * @default - none
   */
  readonly traits?: { [name: string]: string };
  /**
   * What the installer is given that no change reaches afterwards, by name: a change is for the next install.
   *
   * @default - none
   */
  readonly installArguments?: { [name: string]: string };
  /**
   * What destroying does to the platform's record of the host: `delete` or `abandon` it.
   *
   * @default "delete"
   */
  readonly onDestroy?: string;
  /**
   * Delete the record although instances are left on the host: they are given up.
   *
   * @default false
   */
  readonly removeInstances?: boolean;
  /**
   * How long the record may wait for its host to disconnect.
   *
   * @default - the provider's
   */
  readonly timeouts?: HostTimeouts;
}

/**
 * The platform's record of a host (`ece_host`): made before the install, deleted after the host is gone.
 */
export class Host extends EceResource<HostConfig> {
  static override readonly tfResourceType = "ece_host";

  /** New for each creation, so that what depends on it is replaced together with the host. */
  get id(): string {
    return this.getStringAttribute("id");
  }

  /** The host's id on the platform; what refers to it is ordered after the record. */
  get runnerId(): string {
    return this.getStringAttribute("runner_id");
  }

  /** The version of ECE that the platform runs, and that the host must be installed with. */
  get platformVersion(): string {
    return this.getStringAttribute("platform_version");
  }

  /** How the platform is known, by ids that stay with it. */
  get platformId(): string {
    return this.getStringAttribute("platform_id");
  }

  protected override attributesOf(config: HostConfig): Attributes {
    const { runnerId, adopt, installFingerprint, traits, installArguments, onDestroy, removeInstances, timeouts } =
      config;
    return {
      runner_id: runnerId,
      adopt,
      install_fingerprint: installFingerprint,
      traits,
      install_arguments: installArguments,
      on_destroy: onDestroy,
      remove_instances: removeInstances,
      timeouts: timeouts && { delete: timeouts.delete },
    };
  }
}
