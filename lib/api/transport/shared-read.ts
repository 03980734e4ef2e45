import { setImmediate } from "node:timers/promises";
import { EceAbortedError, type RequestIdentity } from "../errors/errors";

interface Batch<T> {
  readonly result: Promise<T>;
  readonly cancel: AbortController;
  readonly openedAt: number;
  /** The named callers that it has served. */
  readonly readers: Set<string>;
  waiting: number;
  isSettled: boolean;
}

/** Long enough for Terraform to refresh thousands of resources from one list. */
const LONGEST_USE_MS = 30_000;

/**
 * Answers many calls of the same read with few requests. Calls made before a request is sent share it; calls made while
 * it runs share the next one.
 *
 * So every caller gets what was read after its call, and sees what it has just written. Callers with a name need less:
 * they may get what was read for others a moment ago, but never the same twice.
 */
export class SharedRead<T> {
  #collecting: Batch<T> | undefined;
  #kept: Batch<T> | undefined;
  #running: Promise<unknown> = Promise.resolve();

  readonly #request: RequestIdentity;
  readonly #read: (signal: AbortSignal) => Promise<T>;
  readonly #now: () => number;

  constructor(request: RequestIdentity, read: (signal: AbortSignal) => Promise<T>, now = () => performance.now()) {
    this.#request = request;
    this.#read = read;
    this.#now = now;
  }

  /**
   * Waits for the next read; a `reader` may get an earlier one that it has not had. `signal` ends only this caller's
   * wait; the read is aborted when its last caller has left.
   */
  async get(signal: AbortSignal | undefined, reader?: string): Promise<T> {
    if (signal?.aborted) throw new EceAbortedError(this.#request);
    const batch = reader === undefined ? this.#next() : this.#batchFor(reader);
    batch.waiting++;
    try {
      return await untilAborted(batch.result, signal, this.#request);
    } finally {
      if (--batch.waiting === 0 && !batch.isSettled) this.#abandon(batch);
    }
  }

  /** Makes named callers wait for a new read, because something was changed. */
  forget(): void {
    this.#kept = undefined;
  }

  #batchFor(reader: string): Batch<T> {
    const kept = this.#kept;
    const serves = kept && !kept.readers.has(reader) && this.#now() - kept.openedAt < LONGEST_USE_MS;
    const batch = serves ? kept : (this.#kept = this.#next());
    batch.readers.add(reader);
    return batch;
  }

  #next(): Batch<T> {
    return (this.#collecting ??= this.#open());
  }

  #open(): Batch<T> {
    const cancel = new AbortController();
    const result = this.#running
      .then(() => setImmediate())
      .then(() => {
        cancel.signal.throwIfAborted();
        this.#collecting = undefined;
        return this.#read(cancel.signal);
      });
    const batch = {
      result,
      cancel,
      openedAt: this.#now(),
      readers: new Set<string>(),
      waiting: 0,
      isSettled: false,
    };
    this.#running = result.then(
      () => void (batch.isSettled = true),
      () => {
        batch.isSettled = true;
        this.#drop(batch);
      },
    );
    return batch;
  }

  #abandon(batch: Batch<T>): void {
    this.#drop(batch);
    batch.cancel.abort();
  }

  #drop(batch: Batch<T>): void {
    if (this.#collecting === batch) this.#collecting = undefined;
    if (this.#kept === batch) this.#kept = undefined;
  }
}

/** The outcome of `promise`, or an {@link EceAbortedError} about `request` as soon as the signal aborts. */
export async function untilAborted<T>(
  promise: Promise<T>,
  signal: AbortSignal | undefined,
  request: RequestIdentity,
): Promise<T> {
  if (!signal) return promise;
  return new Promise<T>((resolve, reject) => {
    const abort = (): void => reject(new EceAbortedError(request));
    if (signal.aborted) return abort();
    signal.addEventListener("abort", abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
