import { Token } from "cdktf";
import { RULES } from "../../ece";
import { check, oneOf, optional, required, text, wholeNumber, type Check } from "../checks";
import { INSTALLER_CHECKS } from "./install-method";

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
  /**
   * The file with the user's private key on the machine that runs Terraform. It is read when something connects, and the key
   * itself is stored nowhere; a key that the provider's `ssh` or ECE_SSH_PRIVATE_KEY_FILE names is taken instead.
   *
   * @default - the provider's `ssh`, ECE_SSH_PRIVATE_KEY_FILE, or the SSH agent
   */
  readonly privateKeyFile?: string;
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
   * The file with that user's private key on the machine that runs Terraform; a key that the provider's `ssh` or
   * ECE_SSH_BASTION_PRIVATE_KEY_FILE names is taken instead.
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
   * Give no warnings about what Elastic advises for a host and does not demand.
   *
   * @default false
   */
  readonly skipAdvice?: boolean;
  /**
   * The Terraform resource whose provisioners install ECE, one of `InstallCarrier`.
   *
   * @default InstallCarrier.TERRAFORM_DATA
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
  /** The built-in `terraform_data`, which needs no registry. */
  static readonly TERRAFORM_DATA = "terraform_data";
  /** `null_resource` of hashicorp/null. */
  static readonly NULL_RESOURCE = "null_resource";

  private constructor() {}
}

/** How to learn the key of a host, for messages. */
const KEYSCAN = "the type and the base64 text that `ssh-keyscan HOST` prints after the host's name";

/** The SSH host key that a host must present. */
export class HostKey {
  /**
   * The host's public key as `ssh-keyscan` or /etc/ssh/ssh_host_*_key.pub show it: type and base64 text.
   *
   * Terraform checks the first key that the host offers: if the host has an ECDSA key, give that one.
   */
  static of(publicKeyLine: string): HostKey {
    if (Token.isUnresolved(publicKeyLine)) return new HostKey(publicKeyLine);
    const line = String(publicKeyLine).trim();
    if (/…|\.\.\./.test(line))
      throw new Error(`HostKey.of() got ${JSON.stringify(line)}, the placeholder of an example: give ${KEYSCAN}`);

    const [type = "", base64 = ""] = RULES.hostKey.pattern.test(line) ? line.split(" ") : [];
    if (type === "" || !Buffer.from(base64, "base64").includes(type))
      throw new Error(`HostKey.of() got ${JSON.stringify(publicKeyLine)}, which is no SSH public key: give ${KEYSCAN}`);

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

const BASTION_CHECKS: readonly Check<SshInstallOptions>[] = [
  required("bastionHost", text(RULES.sshHost)),
  optional("bastionPort", wholeNumber(1, 65535)),
  optional("bastionUser", text(RULES.bastionUser)),
  optional("bastionPrivateKeyFile", text(RULES.localFile)),
  required("bastionHostKey", hostKey),
  anyBastionKey,
];

/** Checks of the options, in the order in which errors are told. */
export const SSH_CHECKS: readonly Check<SshInstallOptions>[] = [
  required("host", text(RULES.sshHost)),
  optional("port", wholeNumber(1, 65535)),
  required("user", text(RULES.sshUser)),
  optional("privateKeyFile", text(RULES.localFile)),
  required("hostKey", hostKey),
  optional("connectTimeout", text(RULES.duration)),
  bastionErrors,
  optional("installerFile", text(RULES.localFile)),
  ...INSTALLER_CHECKS,
  severalInstallers,
  optional("carrier", oneOf(InstallCarrier.NULL_RESOURCE, InstallCarrier.TERRAFORM_DATA)),
];

function hostKey(name: string, value: unknown): string[] {
  if (value instanceof HostKey) return [];
  return [
    `${name} is missing: give HostKey.of(KEY) with ${KEYSCAN}, so that nobody else gets the token, or HostKey.acceptAny() to take that risk`,
  ];
}

function bastionErrors(options: SshInstallOptions, prefix: string): string[] {
  if (options.bastionHost !== undefined) return check(options, BASTION_CHECKS, prefix);
  const { bastionPort, bastionUser, bastionPrivateKeyFile, bastionHostKey } = options;
  return Object.entries({ bastionPort, bastionUser, bastionPrivateKeyFile, bastionHostKey })
    .filter(([, value]) => value !== undefined)
    .map(([name]) => `${prefix}${name} is given without ${prefix}bastionHost`);
}

function anyBastionKey({ bastionHostKey, hostKey }: SshInstallOptions, prefix: string): string[] {
  return bastionHostKey?._line === "" && hostKey?._line !== ""
    ? [`${prefix}bastionHostKey accepts any key although ${prefix}hostKey does not, which Terraform cannot check`]
    : [];
}

function severalInstallers({ installerFile, installerPath, installerUrl }: SshInstallOptions): string[] {
  const sources = [installerFile, installerPath, installerUrl].filter((source) => source !== undefined);
  return sources.length > 1
    ? ["install names several installers: give one of installerFile, installerPath and installerUrl"]
    : [];
}
