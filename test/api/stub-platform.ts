import { createServer as createHttpServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { EceClient, type EceClientOptions } from "../../lib/api";
import type { ServerIdentity } from "../support/certificates";

export interface ReceivedRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: Record<string, string>;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

export interface StubReply {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  /** A string goes out as it is, anything else as JSON. */
  readonly body?: unknown;
}

/** How a request is answered; `reset` cuts the connection, `hang` never answers. */
export type Answer = StubReply | "reset" | "hang";
type Respond = (request: ReceivedRequest, response: ServerResponse) => Answer | Promise<Answer> | void;

export interface StubOptions {
  readonly tls?: ServerIdentity;
  readonly host?: string;
}

/** An HTTP server on loopback that records requests and answers them as a test says. */
export class StubPlatform {
  readonly requests: ReceivedRequest[] = [];
  readonly #sockets = new Set<Socket>();
  readonly #server;

  readonly #options: StubOptions;
  #respond: Respond;

  private constructor(options: StubOptions, respond: Respond) {
    this.#options = options;
    this.#respond = respond;

    this.#server = options.tls ? createHttpsServer(options.tls) : createHttpServer();
    this.#server.on("connection", (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once("close", () => this.#sockets.delete(socket));
    });
    this.#server.on("request", (incoming, response) => {
      const chunks: Buffer[] = [];
      incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
      incoming.on("end", () => {
        const url = new URL(incoming.url ?? "", "http://stub");
        const text = Buffer.concat(chunks).toString();
        void this.#answer(response, {
          method: incoming.method ?? "",
          path: url.pathname,
          query: Object.fromEntries(url.searchParams),
          headers: incoming.headers,
          body: text === "" ? undefined : JSON.parse(text),
        });
      });
    });
  }

  static async start(respond: Respond, options: StubOptions = {}): Promise<StubPlatform> {
    const stub = new StubPlatform(options, respond);
    await new Promise<void>((resolve) => stub.#server.listen(0, options.host ?? "127.0.0.1", resolve));
    running.push(() => stub.stop());
    return stub;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get endpoint(): string {
    const host = this.#options.host?.includes(":") ? `[${this.#options.host}]` : (this.#options.host ?? "127.0.0.1");
    return `${this.#options.tls ? "https" : "http"}://${host}:${this.port}`;
  }

  get connections(): number {
    return this.#sockets.size;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(response: ServerResponse, request: ReceivedRequest): Promise<void> {
    this.requests.push(request);
    const answer = await this.#respond(request, response);
    if (answer === undefined || answer === "hang") return;
    if (answer === "reset") {
      response.socket?.destroy();
      return;
    }
    const isText = typeof answer.body === "string";
    response.writeHead(answer.status ?? 200, {
      "content-type": isText ? "text/html" : "application/json",
      ...answer.headers,
    });
    response.end(isText ? answer.body : JSON.stringify(answer.body ?? {}));
  }
}

/** Gives each answer in turn, then the last one again and again. */
export function inTurn(...answers: Answer[]): Respond {
  let next = 0;
  return () => answers[Math.min(next++, answers.length - 1)];
}

/** A reply with one ECE error. */
export function refusal(status: number, code: string, message = "as the test wants it"): StubReply {
  return { status, body: { errors: [{ code, message }] } };
}

/** A client that does not pause between attempts. */
export function createClient(endpoint: string, options: Partial<EceClientOptions> = {}): EceClient {
  const client = new EceClient({
    endpoint,
    credentials: { kind: "basic", username: "admin", password: "open-sesame" },
    retryDelayMs: () => 0,
    ...options,
  });
  running.push(async () => client.close());
  return client;
}

/** Time limits that end only when a test says so. */
export class TimeLimits {
  readonly #running = new Set<AbortController>();

  /** For the options of a client. */
  readonly startTimeLimit: NonNullable<EceClientOptions["startTimeLimit"]> = () => {
    const limit = new AbortController();
    this.#running.add(limit);
    return { signal: limit.signal, end: () => this.#running.delete(limit) };
  };

  /** Ends all that run. */
  expire(): void {
    for (const limit of this.#running) limit.abort();
  }
}

/** The error that a promise rejects with. */
export async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => {
      throw new Error("it did not fail");
    },
    (error: unknown) => error,
  );
}

const running: (() => Promise<void>)[] = [];

/** Stops every listener and client of the test that just ended. */
export async function stopAll(): Promise<void> {
  await Promise.all(running.splice(0).map((stop) => stop()));
}
