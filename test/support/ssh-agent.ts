import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { type Finished, Sandbox } from "./sandbox";
import { useEach } from "./use-each";

/** OpenSSH's agent: a process of this test alone, which holds keys and shows them to nobody. */
export class SshAgent {
  static async start(): Promise<SshAgent> {
    const agent = new SshAgent();
    // It says where it listens once it does.
    await Promise.race([
      once(agent.#process.stdout!, "data"),
      once(agent.#process, "exit").then(() => Promise.reject(new Error("ssh-agent has ended"))),
    ]);
    return agent;
  }

  readonly #sandbox = new Sandbox();
  readonly #process: ChildProcess;
  /** The value of SSH_AUTH_SOCK. */
  readonly socket = join(this.#sandbox.folder, "agent");

  private constructor() {
    this.#process = spawn("ssh-agent", ["-D", "-a", this.socket], { stdio: ["ignore", "pipe", "inherit"] });
  }

  /** Takes a private key, which need not be in any file. */
  async add(privateKey: string): Promise<void> {
    await this.#run(["-q", "-"], privateKey);
  }

  async forgetAll(): Promise<void> {
    await this.#run(["-q", "-D"]);
  }

  async stop(): Promise<void> {
    const ended = once(this.#process, "exit");
    this.#process.kill();
    await ended;
    this.#sandbox.remove();
  }

  async #run(args: readonly string[], input = ""): Promise<Finished> {
    const finished = await this.#sandbox.run("ssh-add", args, { input, env: { SSH_AUTH_SOCK: this.socket } });
    if (finished.exitCode !== 0) throw new Error(`ssh-add: ${finished.output}`);
    return finished;
  }
}

/** Gives each test an agent without keys. */
export function useSshAgent(): () => SshAgent {
  return useEach(
    () => SshAgent.start(),
    (agent) => agent.stop(),
  );
}
