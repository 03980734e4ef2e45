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

/** How the SSH server is set up. */
export interface SshServerOptions {
  readonly user: string;
  /** The private key, in OpenSSH's format, that tells the host from others. */
  readonly hostKey: string;
  /** The public key, in OpenSSH's format, that lets the user in. */
  readonly authorizedKey: string;
  run(command: string): ChildProcessWithoutNullStreams;
}

/**
 * The SSH server of one host: one user, one key, commands, and forwarding within loopback (so that it can be a bastion).
 *
 * There are no real terminals. A session that asks for one, as Terraform's remote-exec does, gets what matters of it:
 * stdout and stderr on one stream, and SIGHUP for its process group when the connection is lost; what it prints after
 * that is dropped.
 */
export class SshServer {
  /** The commands run so far. */
  readonly commands: string[] = [];
  /** Whether the network cable is in. */
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

  /** Drops all connections at once, without a word to the other side. */
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
    // As sshd does: without it each of SSH's many small messages waits 40 ms for the acknowledgement of the one before.
    socket.setNoDelay(true);
    socket.on("close", () => this.#sockets.delete(socket));
    this.#server.injectSocket(socket);
  }

  #serve(connection: Connection): void {
    // Clients that vanish are part of what this server is for.
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
    // Without a signature the client only asks whether this key would do.
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
  // As sshd does, keep the channel open until everyone who writes to it is done: a background job with the command's
  // stdout holds the client up.
  child.on("close", () => channel.end());
  channel.on("error", () => channel.destroy());
  channel.on("close", () => {
    child.stdin.destroy();
    if (hasTerminal) {
      signal(child, "SIGHUP");
      // Writing to a lost terminal is an error, but kills nobody, as writing to a closed pipe would.
      for (const stream of [child.stdout, child.stderr]) stream.unpipe().resume();
    } else {
      for (const stream of [child.stdout, child.stderr]) stream.destroy();
    }
  });
}

/** Signals the command's process group; whoever left it (setsid) or ignores the signal (nohup) goes on. */
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
