import type { HostKey } from "./host-key";

/** How to reach a host by SSH, and where its installer comes from. */
export interface SshInstallOptions {
  /** The address at which the machine that runs Terraform reaches the host. */
  readonly host: string;
  /** @default 22 */
  readonly port?: number;
  /** The user, not root, who can run containers. */
  readonly user: string;
  /** The file with the user's private key on the machine that runs Terraform; the key itself is stored nowhere. */
  readonly privateKeyFile: string;
  /** The key that the host must present. */
  readonly hostKey: HostKey;
  /**
   * How long to wait until the host answers, such as "10m".
   *
   * @default "5m"
   */
  readonly connectTimeout?: string;
  /**
   * A host to connect through.
   *
   * @default - a direct connection
   */
  readonly bastionHost?: string;
  /** @default 22 */
  readonly bastionPort?: number;
  /** @default - user */
  readonly bastionUser?: string;
  /** @default - privateKeyFile */
  readonly bastionPrivateKeyFile?: string;
  /**
   * The key that the bastion must present.
   *
   * @default - none; with a bastion there must be one
   */
  readonly bastionHostKey?: HostKey;
  /**
   * The resource that carries the install, one of `InstallCarrier`.
   *
   * @default InstallCarrier.NULL_RESOURCE
   */
  readonly carrier?: string;
  /**
   * An `elastic-cloud-enterprise.sh` on the machine that runs Terraform, to upload.
   *
   * @default - see installerUrl
   */
  readonly installerFile?: string;
  /**
   * An `elastic-cloud-enterprise.sh` that lies on the host.
   *
   * @default - see installerUrl
   */
  readonly installerPath?: string;
  /**
   * Where the host downloads the installer.
   *
   * @default - `elastic-cloud-enterprise.sh` in the user's home folder where there is one, else Elastic's public address
   */
  readonly installerUrl?: string;
  /**
   * The SHA-256 sum that the installer must have.
   *
   * @default - not checked
   */
  readonly installerSha256?: string;
}
