import { spawn, type ChildProcess } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Identity } from "../../../../lib/plugin/protocol/process/identity";
import { PluginClient, mutualTls } from "./plugin-client";

const COOKIE = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2";

/** A plugin, started as Terraform starts one. */
export class PluginProcess {
  stdout = "";
  stderr = "";
  readonly #clients: PluginClient[] = [];
  /** The exit code and the signal, once it has ended. */
  readonly ended: Promise<[code: number | null, signal: string | null]>;

  private constructor(readonly child: ChildProcess) {
    child.stdout?.on("data", (chunk) => (this.stdout += String(chunk)));
    child.stderr?.on("data", (chunk) => (this.stderr += String(chunk)));
    this.ended = once(child, "close") as typeof this.ended;
  }

  /** Starts the file and waits for its first line, or its end. */
  static async start(file: string, environment: NodeJS.ProcessEnv): Promise<PluginProcess> {
    const child = spawn(file, {
      env: { PATH: process.env["PATH"], ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const plugin = new PluginProcess(child);
    await Promise.race([once(createInterface(child.stdout), "line"), plugin.ended]);
    return plugin;
  }

  get handshake(): string[] {
    return this.stdout.trim().split("|");
  }

  get certificatePem(): string {
    return new X509Certificate(Buffer.from(this.handshake[5] ?? "", "base64")).toString();
  }

  /** A client over TLS, with the given identity or none. */
  connect(identity?: Identity): PluginClient {
    return this.#remember(new PluginClient(`unix:${this.handshake[3]}`, mutualTls(this.certificatePem, identity)));
  }

  connectPlain(): PluginClient {
    return this.#remember(new PluginClient(`unix:${this.handshake[3]}`));
  }

  /** Resolves when what the process wrote to stderr has the text in it. */
  async logged(text: string): Promise<void> {
    let running = true;
    void this.ended.then(() => (running = false));
    while (!this.stderr.includes(text)) {
      if (!running) throw new Error(`the plugin ended without writing ${JSON.stringify(text)}: ${this.stderr}`);
      await Promise.race([once(this.child.stderr ?? this.child, "data"), this.ended]);
    }
  }

  async stop(): Promise<void> {
    this.#clients.forEach((client) => client.close());
    this.child.kill("SIGKILL");
    await this.ended;
  }

  #remember(client: PluginClient): PluginClient {
    this.#clients.push(client);
    return client;
  }
}

/** What Terraform puts into a plugin's environment. */
export function terraformEnvironment(client: Identity): NodeJS.ProcessEnv {
  return {
    TF_PLUGIN_MAGIC_COOKIE: COOKIE,
    PLUGIN_PROTOCOL_VERSIONS: "5,6",
    PLUGIN_CLIENT_CERT: client.certificatePem,
  };
}
