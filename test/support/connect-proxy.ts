import { createServer, type Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";

/** A proxy on loopback that lets clients through to where they CONNECT, and nothing else. */
export class ConnectProxy {
  /** Where clients went, as they named it. */
  readonly tunnels: string[] = [];
  /** The credentials that they showed. */
  readonly credentials: (string | undefined)[] = [];
  /** Answers every client with this text instead. */
  refusal: string | undefined;
  readonly #sockets = new Set<Socket>();

  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;

    server.on("connection", (socket: Socket) => this.#sockets.add(socket));
    server.on("connect", (request, client: Socket, head: Buffer) => {
      this.tunnels.push(request.url ?? "");
      this.credentials.push(decodeBasic(request.headers["proxy-authorization"]));
      client.on("error", () => client.destroy());
      if (this.refusal !== undefined) {
        client.end(this.refusal);
        return;
      }
      const { hostname, port } = new URL(`http://${request.url}`);
      const upstream = connect(Number(port), hostname.replace(/^\[|\]$/g, ""), () => {
        client.write("HTTP/1.1 200 Connection established\r\n\r\n");
        upstream.write(head);
        upstream.pipe(client).pipe(upstream);
      });
      this.#sockets.add(upstream);
      upstream.on("error", () => client.destroy()).on("close", () => client.destroy());
    });
  }

  static async start(): Promise<ConnectProxy> {
    const proxy = new ConnectProxy(createServer((_request, response) => response.writeHead(405).end()));
    await new Promise<void>((resolve) => proxy.#server.listen(0, "127.0.0.1", resolve));
    return proxy;
  }

  /** `host:port` */
  get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

function decodeBasic(header: string | undefined): string | undefined {
  return header && Buffer.from(header.replace(/^Basic /, ""), "base64").toString();
}
