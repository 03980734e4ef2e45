import { setImmediate } from "node:timers/promises";
import { EceAbortedError } from "../../../lib/api";
import { SharedRead } from "../../../lib/api/transport/shared-read";
import { createClient, failureOf, StubPlatform, stopAll } from "../stub-platform";

const REQUEST = { method: "GET", path: "/things" };

afterEach(stopAll);

test("a thousand callers of the same moment share one request", async () => {
  const stub = await StubPlatform.start(() => ({ body: { tokens: [{ token_id: "a", roles: null }] } }));
  const { enrollmentTokens } = createClient(stub.endpoint);

  const lists = await Promise.all(Array.from({ length: 1000 }, () => enrollmentTokens.list()));

  expect(lists.every(([token]) => token?.token_id === "a")).toBe(true);
  expect(stub.requests).toHaveLength(1);
});

test("a caller who asks while a request runs gets the next one", async () => {
  const { read, reads } = controlledReads();
  const shared = new SharedRead(REQUEST, read);
  const first = shared.get(undefined);
  const running = await reads.next();
  const second = shared.get(undefined);
  const third = shared.get(undefined);
  await setImmediate();
  await setImmediate();
  expect(reads.count).toBe(1);

  running.resolve("before");
  const next = await reads.next();
  next.resolve("after");

  expect(await Promise.all([first, second, third])).toEqual(["before", "after", "after"]);
  expect(reads.count).toBe(2);
});

test("a failed read fails its own callers and no others", async () => {
  const { read, reads } = controlledReads();
  const shared = new SharedRead(REQUEST, read);
  const first = failureOf(shared.get(undefined));
  const running = await reads.next();
  const second = shared.get(undefined);

  running.reject(new Error("away"));
  (await reads.next()).resolve("back");

  expect(await first).toEqual(new Error("away"));
  expect(await second).toBe("back");
});

test("one caller's abort leaves the others their answer", async () => {
  const { read, reads } = controlledReads();
  const shared = new SharedRead(REQUEST, read);
  const abort = new AbortController();
  const leaving = failureOf(shared.get(abort.signal));
  const staying = shared.get(new AbortController().signal);
  const running = await reads.next();

  abort.abort();
  expect(await leaving).toEqual(new EceAbortedError(REQUEST));
  expect(running.signal.aborted).toBe(false);
  running.resolve("still here");

  expect(await staying).toBe("still here");
});

test("the last caller's abort ends the read", async () => {
  const { read, reads } = controlledReads();
  const abort = new AbortController();
  const leaving = failureOf(new SharedRead(REQUEST, read).get(abort.signal));
  const running = await reads.next();

  abort.abort();

  expect(await leaving).toBeInstanceOf(EceAbortedError);
  expect(running.signal.aborted).toBe(true);
});

test("a read whose callers all left before it began is never sent, and the next one is not affected", async () => {
  const { read, reads } = controlledReads();
  const shared = new SharedRead(REQUEST, read);
  const abort = new AbortController();
  const leaving = failureOf(shared.get(abort.signal));
  abort.abort();
  await leaving;

  const staying = shared.get(undefined);
  (await reads.next()).resolve("fresh");

  expect(await staying).toBe("fresh");
  expect(reads.count).toBe(1);
});

describe("named readers", () => {
  test("share one recent list, even if they ask in small groups", async () => {
    const stub = await StubPlatform.start(() => ({ body: { tokens: [], runners: [] } }));
    const { enrollmentTokens, runners } = createClient(stub.endpoint);

    for (let round = 0; round < 20; round++) {
      const readers = Array.from({ length: 10 }, (_, index) => `${round}/${index}`);
      await Promise.all(readers.flatMap((reader) => [enrollmentTokens.list({ reader }), runners.list({ reader })]));
    }

    expect(stub.requests).toHaveLength(2);
  });

  test("get a new list when they ask again, as callers without a name always do", async () => {
    const shared = countingReads();

    const answers = [await shared.get("a"), await shared.get("b"), await shared.get(), await shared.get("a")];

    expect(answers).toEqual([1, 1, 2, 3]);
    expect(await shared.get("b")).toBe(3);
  });

  test("get a new list when the last one is half a minute old", async () => {
    const shared = countingReads();
    await shared.get("a");

    shared.clock.now += 29_999;
    expect(await shared.get("b")).toBe(1);
    shared.clock.now += 1;

    expect(await shared.get("c")).toBe(2);
  });

  test("get a new list after a change, even if the last one was still being read", async () => {
    const { read, reads } = controlledReads();
    const shared = new SharedRead(REQUEST, read);
    const first = shared.get(undefined, "a");
    const running = await reads.next();

    shared.forget();
    const second = shared.get(undefined, "b");
    running.resolve("before");
    (await reads.next()).resolve("after");

    expect(await Promise.all([first, second])).toEqual(["before", "after"]);
  });

  test("get a new list if the last one failed or was given up", async () => {
    const { read, reads } = controlledReads();
    const shared = new SharedRead(REQUEST, read);
    const failing = failureOf(shared.get(undefined, "a"));
    (await reads.next()).reject(new Error("away"));
    await failing;
    const abort = new AbortController();
    const leaving = failureOf(shared.get(abort.signal, "b"));
    const givenUp = await reads.next();
    abort.abort();
    await leaving;

    const staying = shared.get(undefined, "c");
    givenUp.reject(new Error("aborted"));
    (await reads.next()).resolve("back");

    expect(await staying).toBe("back");
  });

  test.each([
    ["a token was made", "POST"],
    ["a token was revoked", "DELETE"],
  ])("see that %s", async (_case, method) => {
    const stub = await StubPlatform.start(() => ({ body: { tokens: [], token: "t" } }));
    const { enrollmentTokens } = createClient(stub.endpoint);
    await enrollmentTokens.list({ reader: "a" });

    if (method === "POST") await enrollmentTokens.create({ roles: [], persistent: true });
    else await enrollmentTokens.delete("id");
    await enrollmentTokens.list({ reader: "b" });

    expect(stub.requests.map((request) => request.method)).toEqual(["GET", method, "GET"]);
  });

  test.each([
    ["roles were changed", "PUT"],
    ["a host was deleted", "DELETE"],
  ])("see that %s", async (_case, method) => {
    const stub = await StubPlatform.start(() => ({ body: { runners: [] } }));
    const { runners } = createClient(stub.endpoint);
    await runners.list({ reader: "a" });

    if (method === "PUT") await runners.setRoles("host", []);
    else await runners.delete("host");
    await runners.list({ reader: "b" });

    expect(stub.requests.map((request) => request.method)).toEqual(["GET", method, "GET"]);
  });
});

/** Reads that give their number, and the clock by which they age. */
function countingReads() {
  const clock = { now: 0 };
  let count = 0;
  const shared = new SharedRead(
    REQUEST,
    async () => ++count,
    () => clock.now,
  );
  return { clock, get: (reader?: string) => shared.get(undefined, reader) };
}

interface PendingRead {
  readonly signal: AbortSignal;
  resolve(value: string): void;
  reject(error: Error): void;
}

/** A read whose every call waits until the test settles it. */
function controlledReads() {
  const begun: PendingRead[] = [];
  const waiting: ((read: PendingRead) => void)[] = [];
  const reads = {
    count: 0,
    next: async (): Promise<PendingRead> => begun.shift() ?? new Promise((resolve) => waiting.push(resolve)),
  };
  const read = (signal: AbortSignal): Promise<string> =>
    new Promise((resolve, reject) => {
      reads.count++;
      const pending = { signal, resolve, reject };
      const waiter = waiting.shift();
      if (waiter) waiter(pending);
      else begun.push(pending);
    });
  return { read, reads };
}
