import { once } from "node:events";
import { connect, type ClientHttp2Session, type IncomingHttpHeaders, type OutgoingHttpHeaders } from "node:http2";
import { Client, Metadata, credentials, status, type ServiceError } from "@grpc/grpc-js";
import { GrpcError, Status } from "../../../../lib/plugin/protocol/grpc/status";
import { GrpcServer } from "../../../../lib/plugin/protocol/grpc/server";

const MAX_MESSAGE_BYTES = 1_000_000;
const asIs = (bytes: Buffer) => bytes;

let server: GrpcServer;
let client: Client;
let raw: ClientHttp2Session;
/** What the methods that do not answer by themselves have been asked, and what lets them answer. */
let release: (() => void) | undefined;

beforeEach(async () => {
  server = new GrpcServer(
    {
      "test.Service": {
        Echo: { answer: async (request) => request },
        Repeat: { answer: async (request) => Buffer.alloc(Number(request.toString()), "x") },
        Refuse: { answer: async () => Promise.reject(new GrpcError(Status.UNIMPLEMENTED, "nicht möglich: 100 %\n")) },
        Break: { answer: async () => Promise.reject(new Error("broken, Bearer abcdefghij0123456789")) },
        Wait: {
          answer: (request) => new Promise((resolve) => (release = () => resolve(request))),
        },
        Output: { endsWithRequest: false },
        Both: { endsWithRequest: true },
      },
    },
    { maxMessageBytes: MAX_MESSAGE_BYTES },
  );
  const address = await server.listen({ host: "127.0.0.1", port: 0 });
  const unlimited = { "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 };
  client = new Client(`127.0.0.1:${address?.port}`, credentials.createInsecure(), unlimited);
  raw = connect(`http://127.0.0.1:${address?.port}`);
});

afterEach(() => {
  client.close();
  raw.destroy();
  server.destroy();
});

function call(method: string, request: Buffer, deadlineMs?: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(
      `/test.Service/${method}`,
      asIs,
      asIs,
      request,
      new Metadata(),
      deadlineMs === undefined ? {} : { deadline: Date.now() + deadlineMs },
      (error: ServiceError | null, value?: Buffer) => (value ? resolve(value) : reject(error as Error)),
    );
  });
}

/** What the server answers to these bytes, without a client that knows better. */
async function send(method: string, body: Buffer, headers: OutgoingHttpHeaders = {}): Promise<IncomingHttpHeaders> {
  const stream = raw.request({
    ":method": "POST",
    ":path": `/test.Service/${method}`,
    "content-type": "application/grpc",
    te: "trailers",
    ...headers,
  });
  stream.end(body);
  const [answer] = (await once(stream, "response")) as [IncomingHttpHeaders];
  const trailers =
    "grpc-status" in answer ? answer : ((await once(stream.resume(), "trailers")) as [IncomingHttpHeaders])[0];
  return trailers;
}

/** Resolves when a call to `Wait` has reached the server. */
async function waiting(): Promise<void> {
  while (!release) await call("Echo", Buffer.alloc(0));
}

afterEach(() => (release = undefined));

test("a message comes back as it was, also an empty one", async () => {
  expect(await call("Echo", Buffer.from("hello"))).toEqual(Buffer.from("hello"));
  expect(await call("Echo", Buffer.alloc(0))).toEqual(Buffer.alloc(0));
});

test("hundreds of calls at once, each with many kilobytes, are answered on one connection", async () => {
  const requests = Array.from({ length: 300 }, (_, index) => Buffer.alloc(100_000, index));

  const replies = await Promise.all(requests.map((request) => call("Echo", request)));

  expect(replies.every((reply, index) => reply.equals(requests[index]!))).toBe(true);
});

test("a message may have as many bytes as the limit, in both directions", async () => {
  expect((await call("Echo", Buffer.alloc(MAX_MESSAGE_BYTES))).length).toBe(MAX_MESSAGE_BYTES);
});

test("a message that is too long is refused in both directions, and the connection goes on", async () => {
  const request = call("Echo", Buffer.alloc(MAX_MESSAGE_BYTES + 1));
  await expect(request).rejects.toMatchObject({ code: status.RESOURCE_EXHAUSTED, details: /1000000 bytes/ });

  const response = call("Repeat", Buffer.from(String(MAX_MESSAGE_BYTES + 1)));
  await expect(response).rejects.toMatchObject({ code: status.RESOURCE_EXHAUSTED });

  expect(await call("Echo", Buffer.from("on"))).toEqual(Buffer.from("on"));
});

test("a message that goes on for ever is refused before its end", async () => {
  const stream = raw.request({ ":method": "POST", ":path": "/test.Service/Echo", "content-type": "application/grpc" });
  stream.on("error", () => undefined);
  const chunk = Buffer.alloc(64_000);
  const fill = () => void (!stream.closed && !stream.destroyed && stream.write(chunk, () => fill()));
  fill();

  const [headers] = (await once(stream, "response")) as [IncomingHttpHeaders];

  expect(headers["grpc-status"]).toBe(String(Status.RESOURCE_EXHAUSTED));
});

test("a method that is not there is unimplemented", async () => {
  await expect(call("Other", Buffer.alloc(0))).rejects.toMatchObject({
    code: status.UNIMPLEMENTED,
    details: "there is no method /test.Service/Other",
  });
});

test("a refusal has its status, and its text as it was", async () => {
  await expect(call("Refuse", Buffer.alloc(0))).rejects.toMatchObject({
    code: status.UNIMPLEMENTED,
    details: "nicht möglich: 100 %\n",
  });
});

test("an unexpected error is internal, names the method, and gives no secret away", async () => {
  await expect(call("Break", Buffer.alloc(0))).rejects.toMatchObject({
    code: status.INTERNAL,
    details: "/test.Service/Break: broken, Bearer (redacted)",
  });
});

test.each([
  ["no message", "", Status.INTERNAL],
  ["half a prefix", "0000", Status.INTERNAL],
  ["half a message", "00 00000002 61", Status.INTERNAL],
  ["two messages", "00 00000001 61  00 00000001 61", Status.INTERNAL],
  ["a compressed message", "01 00000001 61", Status.UNIMPLEMENTED],
])("a request of %s is refused", async (_, bytes, expected) => {
  const trailers = await send("Echo", Buffer.from(bytes.replaceAll(" ", ""), "hex"));

  expect(trailers["grpc-status"]).toBe(String(expected));
});

test.each(["1n", "0S"])("a call whose deadline is %s away ends without its answer", async (timeout) => {
  const trailers = await send("Wait", Buffer.from("0000000000", "hex"), { "grpc-timeout": timeout });

  expect(trailers["grpc-status"]).toBe(String(Status.DEADLINE_EXCEEDED));
});

test.each(["99999999H", "soon", "1"])("a deadline of %s is none", async (timeout) => {
  const trailers = await send("Echo", Buffer.from("0000000000", "hex"), { "grpc-timeout": timeout });

  expect(trailers["grpc-status"]).toBe(String(Status.OK));
});

test("an answer in time keeps a client's deadline", async () => {
  expect(await call("Echo", Buffer.from("in time"), 600_000)).toEqual(Buffer.from("in time"));
});

test("a call that its client cancels answers nobody, and the connection goes on", async () => {
  const cancelled = new Promise<ServiceError | null>((resolve) => {
    const started = client.makeUnaryRequest("/test.Service/Wait", asIs, asIs, Buffer.alloc(1), (error) =>
      resolve(error),
    );
    void waiting().then(() => started.cancel());
  });

  expect(await cancelled).toMatchObject({ code: status.CANCELLED });
  release?.();
  expect(await call("Echo", Buffer.from("on"))).toEqual(Buffer.from("on"));
});

test("close waits for the calls in flight, and takes no more", async () => {
  const inFlight = call("Wait", Buffer.from("slow"));
  await waiting();

  const closed = server.close();
  release?.();

  expect(await inFlight).toEqual(Buffer.from("slow"));
  await closed;
  await expect(call("Echo", Buffer.alloc(0))).rejects.toMatchObject({ code: status.UNAVAILABLE });
});

test("silent streams stay open until they are ended, and end well", async () => {
  const output = client.makeServerStreamRequest("/test.Service/Output", asIs, asIs, Buffer.alloc(0));
  const both = client.makeBidiStreamRequest("/test.Service/Both", asIs, asIs, new Metadata());
  const ends = [output, both].map((stream) => once(stream.resume(), "status"));
  await Promise.all([once(output, "metadata"), once(both, "metadata")]);

  server.endStreams();

  for (const [end] of await Promise.all(ends)) expect(end).toMatchObject({ code: status.OK });
});

test("a stream of both sides ends when the client has said all", async () => {
  const both = client.makeBidiStreamRequest("/test.Service/Both", asIs, asIs, new Metadata());
  const ended = once(both.resume(), "status");

  both.write(Buffer.from("ignored"));
  both.end();

  expect((await ended)[0]).toMatchObject({ code: status.OK });
});
