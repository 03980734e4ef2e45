import { spawn } from "node:child_process";
import { mkdtempSync, mkdirSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { useEach } from "./use-each";

export interface Finished {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Both streams, in the order in which they came. */
  readonly output: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly input?: string;
  /** Called with everything printed so far, whenever there is more; `signal` sends SIGINT, or another one, to the process group. */
  readonly onOutput?: (output: string, signal: (name?: NodeJS.Signals) => void, processId: number) => void;
}

/** The package's own folder. */
export const PACKAGE_ROOT = join(__dirname, "..", "..");

/** A folder that vanishes after the test, and an environment in which child processes touch nothing else. */
export class Sandbox {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), "cdktf-ece-test-")));
  readonly env: NodeJS.ProcessEnv;

  constructor() {
    const home = this.makeFolder("home");
    this.env = {
      PATH: process.env.PATH,
      HOME: home,
      TMPDIR: this.makeFolder("tmp"),
      LANG: "C.UTF-8",
      CHECKPOINT_DISABLE: "1",
      CDKTF_HOME: join(home, ".cdktf"),
      CDKTF_DISABLE_PLUGIN_CACHE_ENV: "1",
      TF_CLI_CONFIG_FILE: this.writeFile("terraform.rc", ""),
      TF_IN_AUTOMATION: "1",
      FORCE_COLOR: "0",
      NO_COLOR: "1",
      CI: "1",
    };
  }

  makeFolder(name: string): string {
    const folder = join(this.folder, name);
    mkdirSync(folder, { recursive: true });
    return folder;
  }

  writeFile(name: string, content: string): string {
    const file = join(this.folder, name);
    mkdirSync(join(file, ".."), { recursive: true });
    writeFileSync(file, content);
    return file;
  }

  /** Runs a program to its end; a non-zero exit is no error here. */
  run(program: string, args: readonly string[], options: RunOptions = {}): Promise<Finished> {
    return new Promise((resolve, reject) => {
      const child = spawn(program, args, {
        cwd: options.cwd ?? this.folder,
        env: { ...this.env, ...options.env },
        detached: true,
      });
      const signal = (name: NodeJS.Signals = "SIGINT") => child.pid !== undefined && process.kill(-child.pid, name);
      let stdout = "";
      let stderr = "";
      let output = "";
      const collect = (stream: "stdout" | "stderr") => (chunk: Buffer) => {
        const text = chunk.toString();
        if (stream === "stdout") stdout += text;
        else stderr += text;
        output += text;
        options.onOutput?.(output, signal, child.pid ?? 0);
      };
      child.stdout.on("data", collect("stdout"));
      child.stderr.on("data", collect("stderr"));
      child.on("error", reject);
      child.on("close", (code, endedBy) => {
        if (code === null) output += `\n(ended by ${endedBy})`;
        resolve({ exitCode: code ?? -1, stdout, stderr, output });
      });
      child.stdin.on("error", () => undefined);
      child.stdin.end(options.input ?? "");
    });
  }

  /** The files under a folder of the sandbox that contain a text, relative to it. */
  filesContaining(text: string, under = "."): string[] {
    const root = join(this.folder, under);
    return readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((file) => readFileSync(file).includes(text))
      .map((file) => file.slice(root.length + 1));
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Gives each test a sandbox. */
export function useSandbox(): () => Sandbox {
  return useEach(
    () => new Sandbox(),
    (sandbox) => sandbox.remove(),
  );
}
