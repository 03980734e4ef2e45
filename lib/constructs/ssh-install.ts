import { Fn, Token, type RemoteExecProvisioner, type SSHProvisionerConnection } from "cdktf";
import type { Construct } from "constructs";
import { dirname } from "node:path";
import { RULES, optionalTextFaults, textFaults, wholeNumberFaults } from "./argument-rules";
import { renderCleanupScript } from "./cleanup-script";
import {
  CLEANUP_STEP_FILE,
  FIRST_STEP_FILE,
  INSTALL_SCRIPT_FILE,
  RUN_STEP_FILE,
  STATE_FOLDER,
  TOKEN_FILE,
  UPLOADED_INSTALLER_FILE,
  UPLOAD_FOLDER,
} from "./host-layout";
import { HostKey } from "./host-key";
import { InstallCarrier } from "./install-carrier";
import { installerFaults, type InstallMethod, type InstallRequest, type Installation } from "./install-method";
import { renderInstallScript } from "./install-script";
import { numberText } from "./number-text";
import { createCarrier, type Provisioner } from "./provisioner-carrier";
import { stackPath } from "./stack-path";

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
  /** The key that the bastion must present; required with a bastion. */
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

const DEFAULT_PORT = 22;

/** Installs through Terraform's provisioners. */
export class SshInstall implements InstallMethod {
  readonly takesEphemeralTokens = true;

  constructor(private readonly options: SshInstallOptions) {}

  faults(): string[] {
    const { options } = this;
    const carriers: readonly string[] = [InstallCarrier.NULL_RESOURCE, InstallCarrier.TERRAFORM_DATA];
    const sources = [options.installerFile, options.installerPath, options.installerUrl].filter(
      (source) => source !== undefined,
    );
    return [
      ...textFaults("install.host", options.host, RULES.sshHost),
      ...wholeNumberFaults("install.port", options.port, 1, 65535),
      ...textFaults("install.user", options.user, RULES.sshUser),
      ...textFaults("install.privateKeyFile", options.privateKeyFile, RULES.localFile),
      ...hostKeyFaults("install.hostKey", options.hostKey),
      ...optionalTextFaults("install.connectTimeout", options.connectTimeout, RULES.duration),
      ...this.bastionFaults(),
      ...optionalTextFaults("install.installerFile", options.installerFile, RULES.localFile),
      ...installerFaults(options).map((fault) => `install.${fault}`),
      ...(sources.length > 1
        ? ["install names several installers: give one of installerFile, installerPath and installerUrl"]
        : []),
      ...(options.carrier === undefined || carriers.includes(options.carrier)
        ? []
        : [`install.carrier is ${JSON.stringify(options.carrier)}: expected one of ${carriers.join(", ")}`]),
    ];
  }

  fingerprint(): string[] {
    return [`ssh host ${this.options.host}`];
  }

  install(scope: Construct, { settings, rolesToken, hostId }: InstallRequest): Installation {
    const { options } = this;
    const script = renderInstallScript({
      ...settings,
      installerPath: options.installerFile === undefined ? options.installerPath : UPLOADED_INSTALLER_FILE,
      installerUrl: options.installerUrl,
      installerSha256: options.installerSha256,
    });
    const identity = {
      host_id: hostId,
      ssh_host: options.host,
      storage_path: settings.storagePath,
      container_engine: settings.containerEngine,
    };
    const access = accessOf(scope, options);
    const connection = connect({ ...identity, ...access }, options.connectTimeout);

    const resource = createCarrier(scope, this.carrier, {
      identity,
      access,
      onCreate: this.uploadAndRun(scope, script, rolesToken, connection),
      onDestroy: cleanUp,
    });
    return { resource };
  }

  retire(scope: Construct): void {
    const carrier = createCarrier(scope, this.carrier, {
      // Only the names count: the cleanup sees what the install stored.
      identity: { host_id: "", ssh_host: "", storage_path: "", container_engine: "" },
      access: accessOf(scope, this.options),
      onCreate: [],
      onDestroy: cleanUp,
    });
    carrier.count = 0;
  }

  private get carrier(): string {
    return this.options.carrier ?? InstallCarrier.NULL_RESOURCE;
  }

  private uploadAndRun(
    scope: Construct,
    script: string,
    rolesToken: string,
    connection: SSHProvisionerConnection,
  ): Provisioner[] {
    const { installerFile } = this.options;
    return [
      // scp keeps the mode of a file that is there already, so the token is never readable for others.
      {
        type: "remote-exec",
        connection: running(connection, FIRST_STEP_FILE),
        inline: [
          "set -e",
          "umask 077",
          `mkdir -p ${STATE_FOLDER}`,
          `rm -rf ${UPLOAD_FOLDER}`,
          `mkdir ${UPLOAD_FOLDER} ${dirname(RUN_STEP_FILE)}`,
          `: > ${TOKEN_FILE}`,
        ],
      },
      { type: "file", connection, content: script, destination: INSTALL_SCRIPT_FILE },
      ...(installerFile === undefined
        ? []
        : [
            {
              type: "file" as const,
              connection,
              source: stackPath(scope, installerFile),
              destination: UPLOADED_INSTALLER_FILE,
            },
          ]),
      // The token comes last and alone: nothing can fail between its upload and the run, and the run's output is not suppressed.
      { type: "file", connection, content: rolesToken, destination: TOKEN_FILE },
      {
        type: "remote-exec",
        connection: running(connection, RUN_STEP_FILE),
        inline: [`rm -f ${FIRST_STEP_FILE}`, `exec bash ${INSTALL_SCRIPT_FILE}`],
      },
    ];
  }

  private bastionFaults(): string[] {
    const { bastionHost, bastionPort, bastionUser, bastionPrivateKeyFile, bastionHostKey } = this.options;
    if (bastionHost === undefined) {
      const stray = Object.entries({ bastionPort, bastionUser, bastionPrivateKeyFile, bastionHostKey }).filter(
        ([, value]) => value !== undefined,
      );
      return stray.map(([name]) => `install.${name} is given without install.bastionHost`);
    }
    return [
      ...textFaults("install.bastionHost", bastionHost, RULES.sshHost),
      ...wholeNumberFaults("install.bastionPort", bastionPort, 1, 65535),
      ...optionalTextFaults("install.bastionUser", bastionUser, RULES.bastionUser),
      ...optionalTextFaults("install.bastionPrivateKeyFile", bastionPrivateKeyFile, RULES.localFile),
      ...hostKeyFaults("install.bastionHostKey", bastionHostKey),
    ];
  }
}

function hostKeyFaults(prop: string, hostKey: HostKey | undefined): string[] {
  if (hostKey instanceof HostKey) return [];
  return [
    `${prop} is missing: give HostKey.of("ssh-ed25519 AAAA…") so that nobody else gets the token, or HostKey.acceptAny() to take that risk`,
  ];
}

/** What makes the installed machine another one when it changes. */
interface Identity {
  readonly host_id: string;
  readonly ssh_host: string;
  readonly storage_path: string;
  readonly container_engine: string;
}

/** How the machine is reached. */
interface Access {
  readonly ssh_port: string;
  readonly ssh_user: string;
  readonly ssh_private_key_file: string;
  readonly ssh_host_key: string;
  readonly bastion_host?: string;
  readonly bastion_port?: string;
  readonly bastion_user?: string;
  readonly bastion_private_key_file?: string;
  readonly bastion_host_key?: string;
}

function accessOf(scope: Construct, options: SshInstallOptions): Access {
  const { bastionHost, bastionPort = DEFAULT_PORT, bastionUser = options.user } = options;
  const { bastionPrivateKeyFile = options.privateKeyFile, bastionHostKey } = options;
  const direct = {
    ssh_port: numberText(options.port ?? DEFAULT_PORT),
    ssh_user: options.user,
    ssh_private_key_file: stackPath(scope, options.privateKeyFile),
    ssh_host_key: options.hostKey._line,
  };
  if (bastionHost === undefined) return direct;
  return {
    ...direct,
    bastion_host: bastionHost,
    bastion_port: numberText(bastionPort),
    bastion_user: bastionUser,
    bastion_private_key_file: stackPath(scope, bastionPrivateKeyFile),
    bastion_host_key: bastionHostKey?._line,
  };
}

function connect(stored: Identity & Access, timeout?: string): SSHProvisionerConnection {
  const direct: SSHProvisionerConnection = {
    type: "ssh",
    host: stored.ssh_host,
    port: Token.asNumber(stored.ssh_port),
    user: stored.ssh_user,
    privateKey: Fn.file(stored.ssh_private_key_file),
    hostKey: stored.ssh_host_key,
    agent: "false",
    timeout,
  };
  if (stored.bastion_private_key_file === undefined) return direct;
  return {
    ...direct,
    bastionHost: stored.bastion_host,
    bastionPort: Token.asNumber(stored.bastion_port),
    bastionUser: stored.bastion_user,
    bastionPrivateKey: Fn.file(stored.bastion_private_key_file),
    bastionHostKey: stored.bastion_host_key,
  };
}

/** Terraform's own place for scripts is /tmp, where hardened hosts execute nothing and emptied scripts would pile up. */
function running(connection: SSHProvisionerConnection, scriptFile: string): SSHProvisionerConnection {
  return { ...connection, scriptPath: `./${scriptFile}` };
}

function cleanUp(stored: Identity & Access): RemoteExecProvisioner[] {
  const connection = connect(stored);
  const script = renderCleanupScript({ storagePath: stored.storage_path, containerEngine: stored.container_engine });
  return [
    {
      type: "remote-exec",
      connection: running(connection, FIRST_STEP_FILE),
      inline: ["umask 077", `mkdir -p ${dirname(CLEANUP_STEP_FILE)}`],
    },
    { type: "remote-exec", connection: running(connection, CLEANUP_STEP_FILE), inline: [script] },
  ];
}
