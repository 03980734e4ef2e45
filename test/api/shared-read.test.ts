import { setImmediate } from "node:timers/promises";
import { EceAbortedError } from "../../lib/api";
import { SharedRead } from "../../lib/api/shared-read";
import { createClient, failureOf, StubPlatform, stopAll } from "./stub-platform";

const REQUEST = { method: "GET", path: "/things" };

afterEach(stopAll);

it("a thousand callers of the same moment share one request", async () => {
  const stub = await StubPlatform.start(() => ({ body: { tokens: [{ token_id: "a", roles: null }] } }));
  const { enrollmentTokens } = createClient(stub.endpoint);

  const lists = await Promise.all(Array.from({ length: 1000 }, () => enrollmentTokens.list()));

  expect(lists.every(([token]) => token?.token_id === "a")).toBe(true);
  expect(stub.requests).toHaveLength(1);
});

it("who asks while a request runs gets what is read after it asked", async () => {
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

it("a failed read fails its own callers and no others", async () => {
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

it("one caller's abort leaves the others their answer", async () => {
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

it("the last caller's abort ends the read", async () => {
  const { read, reads } = controlledReads();
  const abort = new AbortController();
  const leaving = failureOf(new SharedRead(REQUEST, read).get(abort.signal));
  const running = await reads.next();

  abort.abort();

  expect(await leaving).toBeInstanceOf(EceAbortedError);
  expect(running.signal.aborted).toBe(true);
});

it("a read that everybody left before it began is never sent, and spoils no later one", async () => {
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
