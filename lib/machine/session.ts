import type { Client } from "ssh2";
import { quote } from "./shell";
import { describeAddress, MachineError, type MachineAccess } from "./access";

/** How long one command on a machine may take: a container engine that hangs must not hang a deploy. */
const COMMAND_SECONDS = 60;
/** What the network may add to that. */
const GRACE_MS = 30_000;

/** How a command on the machine ended. Its output is stdout and stderr in one. */
export interface CommandResult {
  readonly exitCode: number;
  readonly output: string;
}

/** What `timeout` exits with when it had to end a command. */
export const TIMED_OUT = 124;

/** An open SSH connection to a machine. */
export class MachineSession {
  readonly #client: Client;

  constructor(
    client: Client,
    readonly access: MachineAccess,
  ) {
    this.#client = client;
    // What happens to a connection shows in the command that is under way.
    client.on("error", () => undefined);
  }

  /**
   * Runs commands one after the other, by name, in one call; one that fails does not stop the next.
   *
   * Each has a minute, and none sees the others' variables, apart from those in `environment`.
   */
  async run<Name extends string>(
    commands: { readonly [name in Name]: string },
    {
      environment,
      signal,
    }: { readonly environment: { readonly [name: string]: string }; readonly signal: AbortSignal },
  ): Promise<{ readonly [name in Name]: CommandResult }> {
    const names = Object.keys(commands) as Name[];
    const assignments = Object.entries(environment).map(([name, value]) => `export ${name}=${quote(value)}`);
    const steps = names.map(
      (name, index) =>
        `timeout --kill-after=5 ${COMMAND_SECONDS} bash -c ${quote(commands[name])} </dev/null 2>&1; printf '\\n${MARK} %s %s\\n' ${index} "$?"`,
    );
    const script = ["export LC_ALL=C", ...assignments, ...steps, ""].join("\n");
    const output = await this.#execute(script, names.length * COMMAND_SECONDS * 1000 + GRACE_MS, signal);
    const results = new Map<Name, CommandResult>();
    let rest = output;
    for (const [index, name] of names.entries()) {
      const found = new RegExp(`\\n${MARK} ${index} (\\d+)\\n`).exec(rest);
      if (found === null) {
        throw new MachineError(
          "command",
          `${describeAddress(this.access)} answered with something else than was asked: is bash the shell of its user, and does nothing print at login?`,
        );
      }
      results.set(name, { exitCode: Number(found[1]), output: rest.slice(0, found.index).trim() });
      rest = rest.slice(found.index + found[0].length);
    }
    return Object.fromEntries(results) as { readonly [name in Name]: CommandResult };
  }

  close(): void {
    this.#client.end();
  }

  #execute(script: string, limitMs: number, signal: AbortSignal): Promise<string> {
    const address = describeAddress(this.access);
    return new Promise((resolve, reject) => {
      const lost = (why: string): void =>
        settle(() => reject(new MachineError("unreachable", `The connection to ${address} was lost: ${why}.`)));
      const timer = setTimeout(() => lost("it did not answer any more"), limitMs);
      const abort = (): void => settle(() => reject(signal.reason as Error));
      const onClose = (): void => lost("it was closed");
      const settle = (settled: () => void): void => {
        clearTimeout(timer);
        signal.removeEventListener("abort", abort);
        this.#client.off("close", onClose);
        settled();
      };
      if (signal.aborted) return abort();
      signal.addEventListener("abort", abort, { once: true });
      this.#client.on("close", onClose);
      this.#client.exec("exec bash -s", (error, channel) => {
        if (error !== undefined) return lost(error.message);
        let output = "";
        channel.on("data", (chunk: Buffer) => (output += chunk.toString()));
        channel.stderr.resume();
        channel.on("close", () => settle(() => resolve(output)));
        channel.end(script);
      });
    });
  }
}

const MARK = "--- cdktf-ece";
