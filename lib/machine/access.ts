/** How a machine is reached: all that is stored of the connection. Keys are named, never held. */
export interface MachineAccess {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** The public key that the machine must present, as type and base64 text; empty for any, null where none was stored. */
  readonly hostKey: string | null;
  /** The path of the private key as it was written, which may be a file of another machine. */
  readonly privateKeyFile: string | null;
  /** How long a machine that does not answer is tried again. */
  readonly connectTimeoutMs: number;
  readonly bastion?: BastionAccess;
}

/** A machine on the way to another. */
export interface BastionAccess {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly hostKey: string | null;
  readonly privateKeyFile: string | null;
}

/** Where keys are looked for on the machine that runs Terraform, before the paths as they were written. */
export interface SshSettings {
  readonly privateKeyFile?: string;
  readonly bastionPrivateKeyFile?: string;
  /** Whether to ask the SSH agent. @default - where SSH_AUTH_SOCK is set */
  readonly agent?: boolean;
}

/** For messages: `elastic@10.0.0.11`, with the port where it is not 22. */
export function describeAddress({ user, host, port }: Pick<MachineAccess, "user" | "host" | "port">): string {
  return `${user}@${host}${port === 22 ? "" : `:${port}`}`;
}

/** A machine that cannot be reached, or does not do what it is told; the message says what to do. */
export class MachineError extends Error {
  override readonly name = "MachineError" as const;

  /** @param reason what kind of failure it is; only `unreachable` may pass by itself. */
  constructor(
    readonly reason: "unreachable" | "key" | "host-key" | "command",
    message: string,
  ) {
    super(message);
  }
}
