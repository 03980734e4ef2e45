import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { utils } from "ssh2";
import { MachineError, type SshSettings } from "./access";

/** A way to prove who we are, tried in a connection of its own. */
export type Key =
  | { readonly kind: "file"; readonly path: string; readonly key: Buffer }
  | { readonly kind: "agent"; readonly socket: string };

/** Whose key is wanted, in the words of errors. */
export interface KeyWanted {
  /** The path as it was written in the configuration. */
  readonly written: string | null;
  /** The path that the provider's `ssh` block, or else the environment, names. */
  readonly configured: string | undefined;
  readonly argument: "private_key_file" | "bastion_private_key_file";
}

const VARIABLES = {
  private_key_file: "ECE_SSH_PRIVATE_KEY_FILE",
  bastion_private_key_file: "ECE_SSH_BASTION_PRIVATE_KEY_FILE",
} as const;

/**
 * The keys to try, in this order: the file that the provider's `ssh` block or the environment names, the agent, and the path
 * as it was written. Keys are looked for where Terraform runs now, which need not be where it ran before.
 */
export function findKeys(wanted: KeyWanted, agent: SshSettings["agent"]): Key[] {
  const socket = process.env.SSH_AUTH_SOCK;
  const keys: Key[] = [];
  if (wanted.configured !== undefined) keys.push(readKey(wanted.configured, wanted));
  if (agent !== false && socket) keys.push({ kind: "agent", socket });
  if (wanted.configured === undefined && wanted.written !== null && existsSync(expand(wanted.written)))
    keys.push(readKey(wanted.written, wanted));

  if (keys.length === 0) throw noKey(wanted, agent);
  return keys;
}

function readKey(path: string, wanted: KeyWanted): Key {
  let key: Buffer;
  try {
    key = readFileSync(expand(path));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new MachineError("key", `The private key ${path} cannot be read (${code ?? "unknown"}). ${remedy(wanted)}`);
  }
  const parsed = utils.parseKey(key);
  if (parsed instanceof Error) {
    const isEncrypted = /encrypted/i.test(parsed.message);
    throw new MachineError(
      "key",
      isEncrypted
        ? `The private key ${path} is encrypted. Add it to the SSH agent (ssh-add ${path}) and leave the file out, or set ${VARIABLES[wanted.argument]} to a key that is not.`
        : `The file ${path} holds no private key that can be read. SSH certificates work through the SSH agent only. ${remedy(wanted)}`,
    );
  }
  return { kind: "file", path, key };
}

function noKey(wanted: KeyWanted, agent: SshSettings["agent"]): MachineError {
  const looked = [
    `the ssh block of the provider and ${VARIABLES[wanted.argument]} name none`,
    agent === false ? "the SSH agent is switched off" : "SSH_AUTH_SOCK names no agent",
    wanted.written === null ? "the resource names none" : `${wanted.written} is not on this machine`,
  ];
  return new MachineError("key", `No private key: ${looked.join(", ")}. ${remedy(wanted)}`);
}

function remedy({ argument }: KeyWanted): string {
  return `Set ${VARIABLES[argument]} to the file with the key, set ${argument} in the provider's ssh block, or add the key to an SSH agent.`;
}

/** A path on the machine that runs Terraform; `~/` is the user's home folder. */
function expand(path: string): string {
  return path.startsWith("~/") ? join(homedir(), path.slice(2)) : path;
}
