import { type ChildProcessWithoutNullStreams } from "node:child_process";
import { timingSafeEqual } from "node:crypto";
import { connect, createServer, type AddressInfo, type Server as NetServer, type Socket } from "node:net";
import {
  Server,
  utils,
  type AuthContext,
  type Connection,
  type ParsedKey,
  type ServerChannel,
  type Session,
} from "ssh2";

/** Settings of an SSH server. */
export interface SshServerOptions {
  readonly user: string;
  /** The host's private key, in OpenSSH's format. */
  readonly hostKey: string;
  /** The user's public key, in OpenSSH's format. */
  readonly authorizedKey: string;
  run(command: string): ChildProcessWithoutNullStreams;
}

/**
 * The SSH server of one host: one user, one key, commands, and forwarding within loopback, so that it can be a bastion.
 *
 * There are no real terminals. A session that asks for one, as Terraform's remote-exec does, gets the parts that
 * matter: stdout and stderr on one stream, and SIGHUP for its process group when the connection is lost. Its later
 * output is dropped.
 */
export class SshServer {
  /** The commands run so far. */
  readonly commands: string[] = [];
  /** Whether the host is on the network. */
  isReachable = true;
  readonly #authorizedKey: ParsedKey;
  readonly #server: Server;
  readonly #listener: NetServer;
  readonly #sockets = new Set<Socket>();

  readonly #options: SshServerOptions;

  constructor(options: SshServerOptions) {
    this.#options = options;

    this.#authorizedKey = parseKey(options.authorizedKey);
    this.#server = new Server({ hostKeys: [options.hostKey] }, (connection) => this.#serve(connection));
    this.#listener = createServer((socket) => this.#accept(socket));
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#listener.listen(0, "127.0.0.1", resolve));
  }

  get port(): number {
    return (this.#listener.address() as AddressInfo).port;
  }

  /** Drops all connections at once, without a disconnect message. */
  cutConnections(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async stop(): Promise<void> {
    this.cutConnections();
    await new Promise<void>((resolve) => this.#listener.close(() => resolve()));
  }

  #accept(socket: Socket): void {
    if (!this.isReachable) {
      socket.destroy();
      return;
    }
    this.#sockets.add(socket);
    // As sshd does. Otherwise each small message waits 40 ms for the acknowledgement of the one before.
    socket.setNoDelay(true);
    socket.on("close", () => this.#sockets.delete(socket));
    this.#server.injectSocket(socket);
  }

  #serve(connection: Connection): void {
    // Tests let clients disappear on purpose.
    connection.on("error", () => connection.end());
    connection.on("authentication", (context) => this.#authenticate(context));
    connection.on("session", (accept) => this.#open(accept()));
    connection.on("tcpip", (accept, reject, { destIP, destPort }) => {
      if (destIP !== "127.0.0.1" && destIP !== "localhost") return reject();
      const target = connect(destPort, "127.0.0.1");
      target.once("error", () => reject());
      target.once("connect", () => {
        const channel = accept();
        target.on("error", () => channel.destroy());
        channel.on("error", () => target.destroy()).on("close", () => target.destroy());
        channel.pipe(target).pipe(channel);
      });
    });
  }

  #authenticate(context: AuthContext): void {
    const key = this.#authorizedKey;
    if (context.method !== "publickey" || context.username !== this.#options.user || context.key.algo !== key.type)
      return context.reject(["publickey"]);

    const expected = key.getPublicSSH();
    const isKnown = context.key.data.length === expected.length && timingSafeEqual(context.key.data, expected);
    // Without a signature, the client only asks whether this key would be accepted.
    const isProven = !context.signature || key.verify(context.blob ?? "", context.signature, context.hashAlgo) === true;
    if (isKnown && isProven) context.accept();
    else context.reject(["publickey"]);
  }

  #open(session: Session): void {
    let hasTerminal = false;
    let child: ChildProcessWithoutNullStreams | undefined;
    session.on("pty", (accept) => {
      hasTerminal = true;
      accept();
    });
    session.on("signal", (accept, _reject, { name }) => {
      if (child !== undefined) signal(child, `SIG${name}` as NodeJS.Signals);
      accept?.();
    });
    session.on("exec", (accept, _reject, { command }) => {
      this.commands.push(command);
      child = this.#options.run(command);
      attach(child, accept(), hasTerminal);
    });
  }
}

function attach(child: ChildProcessWithoutNullStreams, channel: ServerChannel, hasTerminal: boolean): void {
  child.stdout.pipe(channel, { end: false });
  child.stderr.pipe(hasTerminal ? channel : channel.stderr, { end: false });
  channel.pipe(child.stdin);
  child.stdin.on("error", () => child.stdin.destroy());
  child.on("error", (error) => channel.stderr.write(`${error.message}\n`));
  child.on("exit", (code, name) => {
    if (name === null) channel.exit(code ?? 127);
    else channel.exit(name.slice("SIG".length));
  });
  // As sshd does, keep the channel open as long as any process can write to it: the client waits for a background job
  // that has the command's stdout.
  child.on("close", () => channel.end());
  channel.on("error", () => channel.destroy());
  channel.on("close", () => {
    child.stdin.destroy();
    if (hasTerminal) {
      signal(child, "SIGHUP");
      // A write to a lost terminal is an error, but does not kill the process, as a write to a closed pipe would.
      for (const stream of [child.stdout, child.stderr]) stream.unpipe().resume();
    } else {
      for (const stream of [child.stdout, child.stderr]) stream.destroy();
    }
  });
}

/** Signals the command's process group; processes that left it (setsid) or ignore the signal (nohup) go on. */
function signal(child: ChildProcessWithoutNullStreams, name: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

function parseKey(text: string): ParsedKey {
  const key = utils.parseKey(text);
  if (key instanceof Error) throw key;
  return key;
}
