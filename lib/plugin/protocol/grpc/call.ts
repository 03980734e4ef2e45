import { constants, type IncomingHttpHeaders, type OutgoingHttpHeaders, type ServerHttp2Stream } from "node:http2";
import { GrpcError, Status } from "./status";

// A flag, which says whether the message is compressed, and the length.
const PREFIX_BYTES = 5;

const RESPONSE: OutgoingHttpHeaders = { ":status": 200, "content-type": "application/grpc" };

const UNIT_MS: { readonly [unit: string]: number } = { H: 3_600_000, M: 60_000, S: 1_000, m: 1, u: 1e-3, n: 1e-6 };
// Of setTimeout, and three weeks.
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** One call on its HTTP/2 stream: https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md */
export class Call {
  readonly #stream: ServerHttp2Stream;
  readonly #maxMessageBytes: number;
  #ended = false;
  #trailers: OutgoingHttpHeaders = { "grpc-status": Status.OK };

  constructor(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, maxMessageBytes: number) {
    this.#stream = stream;
    this.#maxMessageBytes = maxMessageBytes;
    // A client that cancels, or is gone, is told nothing more. Without a listener the error would end the process.
    stream.on("error", () => undefined);

    const timeoutMs = parseTimeout(headers["grpc-timeout"]);
    if (timeoutMs === undefined || timeoutMs > LONGEST_TIMER_MS) return;
    const timer = setTimeout(() => this.fail(Status.DEADLINE_EXCEEDED, "the deadline of the call is over"), timeoutMs);
    stream.once("close", () => clearTimeout(timer));
  }

  /** The only message of the request, when the client has sent all of it. A call that is cancelled never has it. */
  async message(): Promise<Buffer> {
    const bytes = await this.#requestBytes();
    if (bytes.length < PREFIX_BYTES) throw new GrpcError(Status.INTERNAL, "the request has no message");
    if (bytes.readUInt8(0) !== 0) throw new GrpcError(Status.UNIMPLEMENTED, "compressed messages are not read");
    const end = PREFIX_BYTES + bytes.readUInt32BE(1);
    if (end !== bytes.length) throw new GrpcError(Status.INTERNAL, "the request is not one message");
    return bytes.subarray(PREFIX_BYTES);
  }

  /** Ends the call well, with one message. */
  reply(message: Uint8Array): void {
    if (message.length > this.#maxMessageBytes) throw this.#tooLong("response");
    const prefix = Buffer.alloc(PREFIX_BYTES);
    prefix.writeUInt32BE(message.length, 1);
    if (!this.open()) return;
    this.#stream.write(prefix);
    this.end(message);
  }

  /** Begins a response of any number of messages; false where the call has ended already. */
  open(): boolean {
    if (this.#ended || this.#stream.destroyed || this.#stream.closed) return false;
    this.#stream.once("wantTrailers", () => this.#stream.sendTrailers(this.#trailers));
    this.#stream.respond(RESPONSE, { waitForTrailers: true });
    return true;
  }

  /** Ends a response that was begun. */
  end(lastBytes?: Uint8Array): void {
    this.#ended = true;
    this.#stream.end(lastBytes);
  }

  /** Ends the call with a status and a text for whoever called. */
  fail(status: Status, text: string): void {
    if (this.#ended || this.#stream.destroyed || this.#stream.closed) return;
    this.#trailers = { "grpc-status": status, "grpc-message": percentEncoded(text) };
    if (this.#stream.headersSent) return this.end();

    this.#ended = true;
    this.#stream.respond({ ...RESPONSE, ...this.#trailers }, { endStream: true });
    // Whatever of the request is still to come is not wanted.
    if (!this.#stream.readableEnded) this.#stream.close(constants.NGHTTP2_NO_ERROR);
  }

  #requestBytes(): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const chunks: Buffer[] = [];
      let length = 0;
      this.#stream.on("data", (chunk: Buffer) => {
        chunks.push(chunk);
        length += chunk.length;
        // What is too long is not kept until its end.
        if (length > PREFIX_BYTES + this.#maxMessageBytes) reject(this.#tooLong("request"));
      });
      this.#stream.once("end", () => resolve(Buffer.concat(chunks)));
    });
  }

  #tooLong(what: string): GrpcError {
    return new GrpcError(Status.RESOURCE_EXHAUSTED, `the ${what} has more than ${this.#maxMessageBytes} bytes`);
  }
}

/** As `100m` for 100 milliseconds. */
function parseTimeout(header: string | string[] | undefined): number | undefined {
  const [, amount, unit] = /^(\d{1,8})([HMSmun])$/.exec(String(header)) ?? [];
  const unitMs = unit === undefined ? undefined : UNIT_MS[unit];
  return unitMs === undefined ? undefined : Number(amount) * unitMs;
}

/** Bytes beside printable ASCII as %XX. */
function percentEncoded(text: string): string {
  return Array.from(Buffer.from(text), (byte) =>
    byte >= 0x20 && byte <= 0x7e && byte !== 0x25
      ? String.fromCharCode(byte)
      : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`,
  ).join("");
}
