import { spawn, spawnSync, type ChildProcessWithoutNullStreams } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";

/** The processes of one host: real ones, recognized by their HOME. */
export class HostProcesses {
  readonly #environment: Readonly<Record<"PATH" | "HOME", string>> & Readonly<Record<string, string>>;

  constructor(environment: Readonly<Record<"PATH" | "HOME", string>> & Readonly<Record<string, string>>) {
    this.#environment = environment;
  }

  /** Runs a shell command in its own session, as sshd does, without the simulator's environment. */
  run(command: string): ChildProcessWithoutNullStreams {
    const { HOME: cwd } = this.#environment;
    return spawn("/bin/sh", ["-c", command], { cwd, env: { ...this.#environment }, detached: true });
  }

  /** Runs a program and waits for it. The environment is added to the host's. */
  async execute(
    command: readonly string[],
    environment: Readonly<Record<string, string>>,
  ): Promise<{ exitCode: number; stdout: string; stderr: string }> {
    const [program = "", ...args] = command;
    const { HOME: cwd, PATH } = this.#environment;
    // env looks on the host's PATH, not on the simulator's.
    const env = { ...this.#environment, ...environment, HOME: cwd, PATH };
    const child = spawn("/usr/bin/env", [program, ...args], { cwd, env, detached: true });
    child.stdin.end();
    const [stdout, stderr, exitCode] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      new Promise<number>((resolve) =>
        child.on("close", (code) => resolve(code ?? 137)).on("error", () => resolve(126)),
      ),
    ]);
    return { exitCode, stdout, stderr };
  }

  /** Sends SIGKILL to all processes of the host, including those in other sessions; returns their number. */
  kill(): number {
    const ids = this.#ids();
    for (const id of ids) {
      try {
        process.kill(id, "SIGKILL");
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
      }
    }
    return ids.length;
  }

  /** Kills all processes of the host until none is left. */
  async killAll(): Promise<void> {
    while (this.kill() > 0) await delay(5);
  }

  #ids(): number[] {
    const home = `HOME=${this.#environment.HOME}`;
    return process.platform === "linux" ? fromProc(home) : fromPs(home);
  }
}

function fromProc(home: string): number[] {
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .filter((id) => {
      try {
        return readFileSync(`/proc/${id}/environ`, "utf8").split("\0").includes(home);
      } catch {
        return false; // ended meanwhile, or someone else's
      }
    })
    .map(Number);
}

function fromPs(home: string): number[] {
  const lines = spawnSync("ps", ["axeww", "-o", "pid=,command="], { encoding: "utf8" }).stdout.split("\n");
  return lines.filter((line) => line.split(" ").includes(home)).map((line) => Number.parseInt(line, 10));
}
