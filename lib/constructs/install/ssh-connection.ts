import { Fn, Token, type SSHProvisionerConnection } from "cdktf";
import type { Construct } from "constructs";
import type { SshInstallOptions } from "./ssh-options";
import { numberText, stackPath } from "../cdktf-values";

const DEFAULT_PORT = 22;

/** A key that nobody can have: its bytes are the SHA-256 sum of "nobody has this key", which is no point of the curve. */
const NOBODYS_KEY =
  "sk-ssh-ed25519@openssh.com AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29tAAAAIEYRQzIZfOkrikzscfPIxsBmELA8ngWh0456MhY6MtM4AAAABHNzaDo=";

/** Where the host is. */
export interface Address {
  readonly ssh_host: string;
}

/** How the host is reached, as the stored strings of a resource. */
export interface Access {
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

/** The access that these options describe. */
export function accessOf(scope: Construct, options: SshInstallOptions): Access {
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
    ssh_host_key: options.hostKey._line === "" ? "" : knownHosts(options),
    bastion_host: bastionHost,
    bastion_port: numberText(bastionPort),
    bastion_user: bastionUser,
    bastion_private_key_file: stackPath(scope, bastionPrivateKeyFile),
    bastion_host_key: bastionHostKey?._line,
  };
}

/**
 * Value of `host_key` with the keys of both host and bastion: Terraform before 1.15 checks the bastion against it, too.
 *
 * Terraform writes it to a known_hosts file after the address that it checks. That address gets the first key, which fits
 * nobody, so only the lines after it, with addresses of their own, can match.
 */
function knownHosts({ host, port, hostKey, bastionHost, bastionPort, bastionHostKey }: SshInstallOptions): string {
  return [
    NOBODYS_KEY,
    `[${host}]:${numberText(port ?? DEFAULT_PORT)} ${hostKey._line}`,
    `[${bastionHost}]:${numberText(bastionPort ?? DEFAULT_PORT)} ${bastionHostKey?._line}`,
  ].join("\n");
}

/** The connection of a provisioner. */
export function connect(stored: Address & Access, timeout?: string): SSHProvisionerConnection {
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

/** Puts the script of a step there instead of /tmp, where hardened hosts execute nothing and truncated scripts pile up. */
export function withScriptPath(connection: SSHProvisionerConnection, scriptFile: string): SSHProvisionerConnection {
  return { ...connection, scriptPath: `./${scriptFile}` };
}
