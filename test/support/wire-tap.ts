import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { request } from "node:https";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { Simulator } from "../../lib/simulator";

/** A request and its reply as they went over the wire. */
export interface Exchange {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly body?: unknown;
  readonly status: number;
  readonly reply: unknown;
}

/** Stands before a simulator, on plain http, and keeps what passes. */
export class WireTap {
  readonly exchanges: Exchange[] = [];

  readonly #server: Server;
  readonly #simulator: Simulator;

  private constructor(server: Server, simulator: Simulator) {
    this.#server = server;
    this.#simulator = simulator;

    server.on("request", (incoming: IncomingMessage, outgoing: ServerResponse) => {
      this.#pass(incoming, outgoing).catch(() => outgoing.destroy());
    });
  }

  static async start(simulator: Simulator): Promise<WireTap> {
    const tap = new WireTap(createServer(), simulator);
    await new Promise<void>((resolve) => tap.#server.listen(0, "127.0.0.1", resolve));
    return tap;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { method = "", url: path = "", headers } = incoming;
    const { endpoint, caCertificate: ca } = this.#simulator;
    const sent = await text(incoming);
    const onward = request(new URL(path, endpoint), { method, headers, ca }).end(sent);
    const [answer] = (await once(onward, "response")) as [IncomingMessage];
    const { statusCode: status = 0 } = answer;
    const replied = await text(answer);
    const body = sent === "" ? undefined : (JSON.parse(sent) as unknown);
    this.exchanges.push({ method, path, body, status, reply: JSON.parse(replied) });
    outgoing.writeHead(status, answer.headers).end(replied);
  }
}
