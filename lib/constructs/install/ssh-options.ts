import { Token } from "cdktf";

/** How to reach a host by SSH, and where its installer comes from. */
export interface SshInstallOptions {
  /** The address at which the machine that runs Terraform reaches the host. */
  readonly host: string;
  /**
   * The host's SSH port.
   *
   * @default 22
   */
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
  /**
   * The bastion's SSH port.
   *
   * @default 22
   */
  readonly bastionPort?: number;
  /**
   * The user on the bastion.
   *
   * @default - user
   */
  readonly bastionUser?: string;
  /**
   * The file with that user's private key on the machine that runs Terraform.
   *
   * @default - privateKeyFile
   */
  readonly bastionPrivateKeyFile?: string;
  /**
   * The key that the bastion must present.
   *
   * @default - none; required with bastionHost
   */
  readonly bastionHostKey?: HostKey;
  /**
   * The Terraform resource whose provisioners install ECE, one of `InstallCarrier`.
   *
   * @default InstallCarrier.NULL_RESOURCE
   */
  readonly carrier?: string;
  /**
   * The path of an `elastic-cloud-enterprise.sh` on the machine that runs Terraform; it is uploaded.
   *
   * @default - see installerUrl
   */
  readonly installerFile?: string;
  /**
   * The path of an `elastic-cloud-enterprise.sh` on the host.
   *
   * @default - see installerUrl
   */
  readonly installerPath?: string;
  /**
   * The URL from which the host downloads the installer.
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

/** The Terraform resources whose provisioners can install ECE. */
export class InstallCarrier {
  /** `null_resource` of hashicorp/null. */
  static readonly NULL_RESOURCE = "null_resource";
  /** The built-in `terraform_data`, which needs no registry. */
  static readonly TERRAFORM_DATA = "terraform_data";

  private constructor() {}
}

const PUBLIC_KEY_LINE = /^(ssh-(?:ed25519|rsa)|ecdsa-sha2-nistp(?:256|384|521)) ([A-Za-z0-9+/]+={0,2})(?: .*)?$/;

/** The SSH host key that a host must present. */
export class HostKey {
  /**
   * The host's public key as `ssh-keyscan` or /etc/ssh/ssh_host_*_key.pub show it: type and base64 text.
   *
   * Terraform checks the first key that the host offers: if the host has an ECDSA key, give that one.
   */
  static of(publicKeyLine: string): HostKey {
    if (Token.isUnresolved(publicKeyLine)) return new HostKey(publicKeyLine);
    const [, type, base64] = PUBLIC_KEY_LINE.exec(String(publicKeyLine).trim()) ?? [];
    if (type === undefined || base64 === undefined || !Buffer.from(base64, "base64").includes(type)) {
      throw new Error(
        `HostKey.of() got ${JSON.stringify(publicKeyLine)}, which is no SSH public key: expected type and base64 text, such as "ssh-ed25519 AAAA…" (\`ssh-keyscan HOST\` prints it after the host's name)`,
      );
    }
    return new HostKey(`${type} ${base64}`);
  }

  /** Accepts any key: whoever can intercept the connection can take the roles token. */
  static acceptAny(): HostKey {
    return new HostKey("");
  }

  /** @internal The key as Terraform's `host_key` takes it; empty for any. */
  readonly _line: string;

  private constructor(line: string) {
    this._line = line;
  }
}
