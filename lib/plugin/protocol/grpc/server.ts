/*
 * gRPC, as much as a plugin needs, on Node's own HTTP/2: calls with one message each way, and streams that stay silent.
 * This folder imports the log and nothing else; it knows neither messages nor Terraform.
 */
import {
  createSecureServer,
  createServer,
  type Http2SecureServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import type { AddressInfo } from "node:net";
import { log } from "../../log";
import { Call } from "./call";
import { GrpcError, Status } from "./status";

/** A method with one message each way. What it throws becomes a status. */
export interface UnaryMethod {
  readonly answer: (request: Buffer, path: string) => Promise<Uint8Array>;
}

/** A method whose response is a stream without messages, which stays open. */
export interface SilentStream {
  /** Whether the end of the client's own messages ends it. */
  readonly endsWithRequest: boolean;
}

/** Methods of services, by the service's full name and their own. */
export interface Services {
  readonly [service: string]: { readonly [method: string]: UnaryMethod | SilentStream };
}

/** With these only the holder of the client's certificate can connect. */
export interface MutualTls {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
  readonly clientCertificatePem: string;
}

export interface GrpcServerOptions {
  /** @default - the connection is not encrypted */
  readonly tls?: MutualTls | undefined;
  /** The longest message that is read or written. @default - 256 MiB, as Terraform's own limit */
  readonly maxMessageBytes?: number;
}

const MAX_MESSAGE_BYTES = 256 * 1024 * 1024;
// How much may be on its way: states of megabytes come in one message, and all calls share one connection.
const WINDOW_BYTES = 4 * 1024 * 1024;

const HTTP2 = {
  settings: { initialWindowSize: WINDOW_BYTES },
  // Node's own limits are for strangers: they end a connection with many calls, or a long text.
  maxSessionMemory: Number.MAX_SAFE_INTEGER,
  maxSendHeaderBlockLength: Number.MAX_SAFE_INTEGER,
};

/** Serves methods to one client or more. */
export class GrpcServer {
  readonly #server: Http2Server | Http2SecureServer;
  readonly #methods = new Map<string, UnaryMethod | SilentStream>();
  readonly #sessions = new Set<ServerHttp2Session>();
  readonly #streams = new Set<Call>();
  readonly #maxMessageBytes: number;

  constructor(services: Services, { tls, maxMessageBytes = MAX_MESSAGE_BYTES }: GrpcServerOptions = {}) {
    this.#maxMessageBytes = maxMessageBytes;
    for (const [service, methods] of Object.entries(services))
      for (const [name, method] of Object.entries(methods)) this.#methods.set(`/${service}/${name}`, method);

    this.#server = tls ? createSecureServer({ ...HTTP2, ...mutual(tls) }) : createServer(HTTP2);
    this.#server.on("session", (session: ServerHttp2Session) => this.#remember(session));
    this.#server.on("stream", (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
      const path = headers[":path"] ?? "";
      const call = new Call(stream, headers, this.#maxMessageBytes);
      this.#serve(call, stream, path).catch((error: unknown) => fail(call, path, error));
    });
    for (const event of ["sessionError", "tlsClientError"])
      this.#server.on(event, (error: Error) => log.debug("a connection failed", { error }));
  }

  /** Resolves with the address, or with undefined for a path; rejects where it is taken. */
  listen(
    options: { readonly path: string } | { readonly host: string; readonly port: number },
  ): Promise<AddressInfo | undefined> {
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(options, () => {
        this.#server.off("error", reject);
        const address = this.#server.address();
        resolve(typeof address === "object" && address !== null ? address : undefined);
      });
    });
  }

  /** Ends the streams that would otherwise stay open as long as their client lives. */
  endStreams(): void {
    this.#streams.forEach((call) => call.end());
  }

  /** Takes no more calls, and resolves when those in flight have been answered. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#sessions.forEach((session) => session.close());
    });
  }

  /** Ends everything at once. */
  destroy(): void {
    this.#server.close();
    this.#sessions.forEach((session) => session.destroy());
  }

  #remember(session: ServerHttp2Session): void {
    session.setLocalWindowSize(WINDOW_BYTES);
    this.#sessions.add(session);
    session.once("close", () => this.#sessions.delete(session));
  }

  async #serve(call: Call, stream: ServerHttp2Stream, path: string): Promise<void> {
    const method = this.#methods.get(path);
    if (!method) throw new GrpcError(Status.UNIMPLEMENTED, `there is no method ${path}`);

    if ("answer" in method) {
      call.reply(await method.answer(await call.message(), path));
      return;
    }
    if (!call.open()) return;
    this.#streams.add(call);
    stream.once("close", () => this.#streams.delete(call));
    if (method.endsWithRequest) stream.once("end", () => call.end());
    stream.resume();
  }
}

function fail(call: Call, path: string, error: unknown): void {
  if (error instanceof GrpcError) return call.fail(error.status, error.message);

  log.error("a call of Terraform's failed unexpectedly", { call: path, error });
  const text = error instanceof Error ? error.message : String(error);
  call.fail(Status.INTERNAL, log.withoutSecrets(`${path}: ${text}`));
}

function mutual({ certificatePem, privateKeyPem, clientCertificatePem }: MutualTls) {
  return {
    cert: certificatePem,
    key: privateKeyPem,
    ca: clientCertificatePem,
    requestCert: true,
    rejectUnauthorized: true,
  };
}
