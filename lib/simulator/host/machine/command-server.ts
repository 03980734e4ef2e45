import { randomBytes } from "node:crypto";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { readScript } from "./script";

/** One call of a stand-in command on the host. */
export interface Invocation {
  readonly command: string;
  readonly args: readonly string[];
  /** Whether it was called with sudo. */
  readonly isRoot: boolean;
  /** Writes lines to the command's stdout. */
  readonly out: (text: string) => void;
  /** Writes lines to the command's stderr. */
  readonly err: (text: string) => void;
  /** Makes the command read its stdin to the end, as an attached container does. */
  readonly swallowInput: () => void;
}

/** Carries out a stand-in command; returns its exit code. */
export type StandIn = (invocation: Invocation) => number | Promise<number>;

/**
 * Answers the stand-in commands of one host.
 *
 * A command is a small script on the host that sends its name and arguments here, over loopback TCP with a secret of
 * this run, and prints the answer line by line. It is bash because a node process takes twenty times as long to start.
 */
export class CommandServer {
  readonly #secret = randomBytes(16).toString("hex");
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;

  readonly #standIns: Readonly<Record<string, StandIn>>;

  constructor(standIns: Readonly<Record<string, StandIn>>) {
    this.#standIns = standIns;

    this.#server = createServer((socket) => this.#accept(socket));
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
  }

  /** The script to put on the host under the name of each stand-in. */
  get clientScript(): string {
    const { port } = this.#server.address() as AddressInfo;
    return readScript(join(__dirname, "command-client.sh"), { port, secret: this.#secret });
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on("close", () => this.#sockets.delete(socket));
    // A killed command closes its socket. What it started goes on, as with the daemon of a real engine.
    socket.on("error", () => socket.destroy());
    let received = "";
    socket.setEncoding("utf8").on("data", (chunk: string) => {
      received += chunk;
      const [secret, command, user, count, ...args] = received.split("\0").slice(0, -1);
      if (count === undefined || args.length < Number(count)) return;
      socket.removeAllListeners("data");
      if (secret === this.#secret && command !== undefined) void this.#answer(socket, command, user === "root", args);
      else socket.destroy();
    });
  }

  async #answer(socket: Socket, command: string, isRoot: boolean, args: readonly string[]): Promise<void> {
    const write = (line: string): void => {
      if (socket.writable) socket.write(`${line}\n`);
    };
    const writeLines = (channel: string, text: string): void =>
      text.split("\n").forEach((line) => write(channel + line));
    const invocation: Invocation = {
      command,
      args,
      isRoot,
      out: (text) => writeLines("out:", text),
      err: (text) => writeLines("err:", text),
      swallowInput: () => write("swallow-input"),
    };
    try {
      write(`exit:${await (this.#standIns[command]?.(invocation) ?? 127)}`);
    } catch (error) {
      invocation.err(
        `${command}: the simulator failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
      );
      write("exit:70");
    }
    socket.end();
  }
}
