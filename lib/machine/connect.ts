import type { Duplex } from "node:stream";
import { Client, type ConnectConfig } from "ssh2";
import { describeAddress, MachineError, type BastionAccess, type MachineAccess, type SshSettings } from "./access";
import { findKeys, type Key } from "./keys";
import { MachineSession } from "./session";

/** How long one attempt to connect may take. */
const ATTEMPT_MS = 20_000;
/** A dead connection is noticed after three of these. */
const KEEPALIVE_MS = 15_000;
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 10_000;

/** What a connection needs of its caller. */
export interface ConnectOptions {
  readonly settings: SshSettings;
  readonly signal: AbortSignal;
  /** Waits between two attempts. */
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** Milliseconds since some moment in the past. */
  readonly now: () => number;
}

/**
 * Opens a session on a machine, through its bastion if it has one.
 *
 * A machine that does not answer is tried again until its time is over, since VMs take a while to start. A wrong host key,
 * or a key that it does not take, is an error at once.
 */
export async function openSession(access: MachineAccess, options: ConnectOptions): Promise<MachineSession> {
  const { settings, signal, sleep, now } = options;
  const keys = findKeys(
    { written: access.privateKeyFile, configured: settings.privateKeyFile, argument: "private_key_file" },
    settings.agent,
  );
  const { bastion } = access;
  const bastionKeys =
    bastion === undefined
      ? []
      : findKeys(
          {
            written: bastion.privateKeyFile,
            configured: settings.bastionPrivateKeyFile ?? settings.privateKeyFile,
            argument: "bastion_private_key_file",
          },
          settings.agent,
        );

  const end = now() + access.connectTimeoutMs;
  let pause = FIRST_PAUSE_MS;
  for (;;) {
    try {
      if (bastion === undefined) return new MachineSession(await connect(access, keys, signal), access);
      const between = await connect(bastion, bastionKeys, signal);
      try {
        const client = await connect(access, keys, signal, () => forward(between, access, bastion));
        client.on("close", () => between.end());
        return new MachineSession(client, access);
      } catch (error) {
        between.end();
        throw error;
      }
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof MachineError) || error.reason !== "unreachable" || now() >= end) throw error;
      await sleep(Math.min(pause, Math.max(1, end - now())), signal);
      pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
    }
  }
}

type Target = Pick<BastionAccess, "host" | "port" | "user" | "hostKey">;

/** A connection with the first key that is taken, each tried in a connection of its own: servers end those with too many. */
async function connect(
  target: Target,
  keys: readonly Key[],
  signal: AbortSignal,
  way?: () => Promise<Duplex>,
): Promise<Client> {
  const address = describeAddress(target);
  if (target.hostKey === null) {
    throw new MachineError(
      "host-key",
      `No host key of ${address} is stored, so nobody could tell it from another machine. Set its host key and apply first.`,
    );
  }
  for (const key of keys) {
    const client = await tryConnect(target, key, signal, await way?.());
    if (client !== undefined) return client;
  }
  const tried = keys.map((key) => (key.kind === "file" ? key.path : "the keys of the SSH agent"));
  throw new MachineError(
    "key",
    `${address} accepts none of these keys: ${tried.join(", ")}. Check the user, and that the public key is in its ~/.ssh/authorized_keys.`,
  );
}

/** Undefined where the machine does not take the key. */
function tryConnect(
  target: Target,
  key: Key,
  signal: AbortSignal,
  sock: Duplex | undefined,
): Promise<Client | undefined> {
  const { host, port, user: username, hostKey } = target;
  const address = describeAddress(target);
  let offered: Buffer | undefined;
  const [type, expected] = (hostKey ?? "").split(" ");
  const config: ConnectConfig = {
    host,
    port,
    username,
    sock: sock,
    readyTimeout: ATTEMPT_MS,
    keepaliveInterval: KEEPALIVE_MS,
    ...(key.kind === "file" ? { privateKey: key.key } : { agent: key.socket }),
    hostVerifier: (presented: Buffer) => {
      offered = presented;
      return expected === undefined || presented.equals(Buffer.from(expected, "base64"));
    },
    // The machine may have several keys; this asks for the one that is known.
    ...(expected !== undefined && { algorithms: { serverHostKey: algorithmsOf(type ?? "") } }),
  };
  const client = new Client();
  return new Promise<Client | undefined>((resolve, reject) => {
    const abort = (): void => {
      client.destroy();
      reject(signal.reason as Error);
    };
    signal.addEventListener("abort", abort, { once: true });
    const settle = (settled: () => void): void => {
      signal.removeEventListener("abort", abort);
      settled();
    };
    client.once("ready", () => settle(() => resolve(client)));
    client.once("close", () =>
      settle(() => reject(new MachineError("unreachable", `${address} ended the connection before it was ready.`))),
    );
    client.on("error", (error) =>
      settle(() => {
        client.end();
        if (error.level === "client-authentication" || error.level === "agent") return resolve(undefined);
        if (offered !== undefined && expected !== undefined && !offered.equals(Buffer.from(expected, "base64"))) {
          return reject(
            new MachineError(
              "host-key",
              `${address} presents another host key than the stored one: either it was installed anew, or another machine answers at this address. Compare with ssh-keyscan, and set the host key to the new one if it is right.`,
            ),
          );
        }
        if (error.level === "handshake") {
          return reject(
            new MachineError(
              "host-key",
              `${address} and we could not agree on how to talk: ${error.message}. If its host keys changed, set the host key to one that ssh-keyscan shows.`,
            ),
          );
        }
        reject(new MachineError("unreachable", `${address} cannot be reached by SSH: ${error.message}.`));
      }),
    );
    client.connect(config);
  });
}

function algorithmsOf(type: string) {
  const algorithms = type === "ssh-rsa" ? ["rsa-sha2-512", "rsa-sha2-256", "ssh-rsa"] : [type];
  return algorithms as NonNullable<NonNullable<ConnectConfig["algorithms"]>["serverHostKey"]> & string[];
}

function forward(between: Client, { host, port }: MachineAccess, bastion: BastionAccess): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    between.forwardOut("127.0.0.1", 0, host, port, (error, channel) => {
      if (error === undefined) {
        resolve(channel);
      } else {
        reject(
          new MachineError(
            "unreachable",
            `${host}:${port} cannot be reached through the bastion ${describeAddress(bastion)}: ${error.message}.`,
          ),
        );
      }
    });
  });
}
