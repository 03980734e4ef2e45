import { Fn, Op, Token, conditional, type SSHProvisionerConnection } from "cdktf";
import type { Construct } from "constructs";
import type { HostMachine, HostMachineConfig } from "../bindings/host-machine";
import { numberText, stackPath } from "../cdktf-values";
import type { SshInstallOptions } from "./ssh-options";

/** SSH's own. */
export const DEFAULT_PORT = 22;

/** A key that nobody can have: its bytes are the SHA-256 sum of "nobody has this key", which is no point of the curve. */
const NOBODYS_KEY =
  "sk-ssh-ed25519@openssh.com AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29tAAAAIEYRQzIZfOkrikzscfPIxsBmELA8ngWh0456MhY6MtM4AAAABHNzaDo=";

type MachineAccess = Pick<
  HostMachineConfig,
  | "sshHost"
  | "sshPort"
  | "sshUser"
  | "sshHostKey"
  | "sshPrivateKeyFile"
  | "bastionHost"
  | "bastionPort"
  | "bastionUser"
  | "bastionHostKey"
  | "bastionPrivateKeyFile"
  | "connectTimeout"
>;

/** How the provider reaches the machine. */
export function accessOf(scope: Construct, options: SshInstallOptions): MachineAccess {
  const { privateKeyFile, bastionPrivateKeyFile } = options;
  return {
    sshHost: options.host,
    sshPort: options.port,
    sshUser: options.user,
    sshHostKey: options.hostKey._line,
    sshPrivateKeyFile: privateKeyFile && stackPath(scope, privateKeyFile),
    bastionHost: options.bastionHost,
    bastionPort: options.bastionPort,
    bastionUser: options.bastionUser,
    bastionHostKey: options.bastionHostKey?._line,
    bastionPrivateKeyFile: bastionPrivateKeyFile && stackPath(scope, bastionPrivateKeyFile),
    connectTimeout: options.connectTimeout,
  };
}

/**
 * The connection of the install's provisioners.
 *
 * The keys are read from files that the machine names: a literal path would fail validation wherever the file is not.
 */
export function connectTo(machine: HostMachine, options: SshInstallOptions): SSHProvisionerConnection {
  const { host, port = DEFAULT_PORT, user, hostKey, connectTimeout } = options;
  const { bastionHost, bastionPort = DEFAULT_PORT, bastionUser = user, bastionHostKey } = options;
  const direct: SSHProvisionerConnection = {
    type: "ssh",
    host,
    port,
    user,
    privateKey: keyIn(machine.installPrivateKeyFile),
    hostKey: hostKey._line,
    agent: Token.asString(Op.eq(machine.installPrivateKeyFile, Token.nullValue())),
    timeout: connectTimeout,
  };
  if (bastionHost === undefined) return direct;
  return {
    ...direct,
    hostKey: hostKey._line === "" ? "" : knownHosts(options),
    bastionHost,
    bastionPort,
    bastionUser,
    bastionPrivateKey: keyIn(machine.installBastionPrivateKeyFile),
    bastionHostKey: bastionHostKey?._line,
  };
}

/** The key in a file; none where the SSH agent has it. */
function keyIn(file: string): string {
  return Token.asString(conditional(Op.eq(file, Token.nullValue()), Token.nullValue(), Token.asString(Fn.file(file))));
}

/**
 * Value of `host_key` with the keys of both host and bastion: Terraform before 1.15 checks the bastion against it, too.
 *
 * Terraform writes it to a known_hosts file after the address that it checks. That address gets the first key, which fits
 * nobody, so only the lines after it, with addresses of their own, can match.
 */
function knownHosts({
  host,
  port = DEFAULT_PORT,
  hostKey,
  bastionHost,
  bastionPort = DEFAULT_PORT,
  bastionHostKey,
}: SshInstallOptions): string {
  return [
    NOBODYS_KEY,
    `[${host}]:${numberText(port)} ${hostKey._line}`,
    `[${bastionHost}]:${numberText(bastionPort)} ${bastionHostKey?._line}`,
  ].join("\n");
}
