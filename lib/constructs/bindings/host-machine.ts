import type { IResolvable, TerraformMetaArguments } from "cdktf";
import { EceResource, type Attributes } from "./ece-resource";

/** How long work on a machine may take. */
export interface HostMachineTimeouts {
  /**
   * How long the checks before the install may take, such as "10m".
   *
   * @default - the provider's
   */
  readonly create?: string;
  /**
   * How long proving the machine under another address may take.
   *
   * @default - the provider's
   */
  readonly update?: string;
  /**
   * How long draining the host and removing ECE may take, such as "2h".
   *
   * @default - the provider's
   */
  readonly delete?: string;
}

/** Configuration of `HostMachine`. */
export interface HostMachineConfig extends TerraformMetaArguments {
  /**
   * The `id` of the host's `Host`; a change replaces the machine.
   *
   * @default - none
   */
  readonly hostId?: string;
  /** The host's id on the platform. */
  readonly runnerId: string;
  /** The address at which the machine that runs Terraform reaches the host. */
  readonly sshHost: string;
  /**
   * The host's SSH port.
   *
   * @default 22
   */
  readonly sshPort?: number;
  /** The user, not root, who can run containers. */
  readonly sshUser: string;
  /** The public key that the host must present, as type and base64 text; empty accepts any. */
  readonly sshHostKey: string;
  /**
   * The file with the user's private key. The key is looked for when something connects: the provider's `ssh`, the
   * environment, the SSH agent, this path.
   *
   * @default - the provider's `ssh`, the environment, the SSH agent
   */
  readonly sshPrivateKeyFile?: string;
  /**
   * A host to connect through.
   *
   * @default - a direct connection
   */
  readonly bastionHost?: string;
  /**
   * The bastion's SSH port.
   *
   * @default 22
   */
  readonly bastionPort?: number;
  /**
   * The user on the bastion.
   *
   * @default - sshUser
   */
  readonly bastionUser?: string;
  /**
   * The public key that the bastion must present; empty accepts any.
   *
   * @default - none; required with bastionHost
   */
  readonly bastionHostKey?: string;
  /**
   * The file with that user's private key.
   *
   * @default - sshPrivateKeyFile
   */
  readonly bastionPrivateKeyFile?: string;
  /**
   * How long to wait until the host answers, such as "10m".
   *
   * @default "5m"
   */
  readonly connectTimeout?: string;
  /**
   * Where ECE keeps its data on the host; destroying empties it. A change replaces the machine.
   *
   * @default "/mnt/data/elastic"
   */
  readonly storagePath?: string;
  /**
   * What runs containers on the host, one of `ContainerEngine`. A change replaces the machine.
   *
   * @default "docker"
   */
  readonly containerEngine?: string;
  /**
   * The roles that the host is to have: for the checks before the install only.
   *
   * @default - none
   */
  readonly roles?: string[];
  /**
   * A coordinator that the host must reach: for the checks before the install only.
   *
   * @default - not checked
   */
  readonly coordinatorHost?: string;
  /**
   * The address that the installer is given, where the host has several: for the checks before the install only.
   *
   * @default - the installer looks for one
   */
  readonly hostIp?: string;
  /**
   * Whether the installer labels what podman mounts for SELinux: for the checks before the install only.
   *
   * @default false
   */
  readonly selinux?: boolean;
  /**
   * Give no warnings about what Elastic advises and does not demand.
   *
   * @default false
   */
  readonly skipAdvice?: boolean;
  /**
   * How long work on the machine may take.
   *
   * @default - the provider's
   */
  readonly timeouts?: HostMachineTimeouts;
}

/**
 * The machine of a host (`ece_host_machine`): checked before the install; on destroy the host is drained, the machine
 * proven to be it, and ECE removed.
 */
export class HostMachine extends EceResource<HostMachineConfig> {
  static override readonly tfResourceType = "ece_host_machine";

  /** New for each creation, so that what is installed on the machine is replaced together with it. */
  get id(): string {
    return this.getStringAttribute("id");
  }

  /** The host's id on the platform; what refers to it comes after the checks of the machine. */
  get runnerId(): string {
    return this.getStringAttribute("runner_id");
  }

  /** How the machine is reached, for `machine` of `HostRoles`. Nothing of it is secret. */
  get access(): IResolvable {
    return this.interpolationForAttribute("access");
  }

  /** The file with the private key that was found where Terraform ran last; null where the SSH agent serves. */
  get installPrivateKeyFile(): string {
    return this.getStringAttribute("install_private_key_file");
  }

  /** The file with the bastion's private key that was found where Terraform ran last. */
  get installBastionPrivateKeyFile(): string {
    return this.getStringAttribute("install_bastion_private_key_file");
  }

  protected override attributesOf(config: HostMachineConfig): Attributes {
    const { timeouts } = config;
    return {
      host_id: config.hostId,
      runner_id: config.runnerId,
      ssh_host: config.sshHost,
      ssh_port: config.sshPort,
      ssh_user: config.sshUser,
      ssh_host_key: config.sshHostKey,
      ssh_private_key_file: config.sshPrivateKeyFile,
      bastion_host: config.bastionHost,
      bastion_port: config.bastionPort,
      bastion_user: config.bastionUser,
      bastion_host_key: config.bastionHostKey,
      bastion_private_key_file: config.bastionPrivateKeyFile,
      connect_timeout: config.connectTimeout,
      storage_path: config.storagePath,
      container_engine: config.containerEngine,
      roles: config.roles,
      coordinator_host: config.coordinatorHost,
      host_ip: config.hostIp,
      selinux: config.selinux,
      skip_advice: config.skipAdvice,
      timeouts: timeouts && { create: timeouts.create, update: timeouts.update, delete: timeouts.delete },
    };
  }
}
