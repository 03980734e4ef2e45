import { setImmediate } from "node:timers/promises";
import { EceAbortedError, type RequestIdentity } from "./errors";

interface Batch<T> {
  readonly result: Promise<T>;
  readonly cancel: AbortController;
  waiting: number;
}

/**
 * Answers many callers of the same read with few requests: those who ask before a request is sent share it, those who
 * ask while it runs share the next one.
 *
 * So every caller gets what was read after it asked, which is what one who has just written something relies on.
 */
export class SharedRead<T> {
  #collecting: Batch<T> | undefined;
  #running: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly request: RequestIdentity,
    private readonly read: (signal: AbortSignal) => Promise<T>,
  ) {}

  /** Waits for the next read. `signal` ends only this caller's wait; the read itself ends with its last caller. */
  async get(signal: AbortSignal | undefined): Promise<T> {
    if (signal?.aborted) throw new EceAbortedError(this.request);
    const batch = (this.#collecting ??= this.#open());
    batch.waiting++;
    try {
      return await untilAborted(batch.result, signal, this.request);
    } finally {
      if (--batch.waiting === 0) this.#drop(batch);
    }
  }

  #open(): Batch<T> {
    const cancel = new AbortController();
    const result = this.#running
      .then(() => setImmediate())
      .then(() => {
        cancel.signal.throwIfAborted();
        this.#collecting = undefined;
        return this.read(cancel.signal);
      });
    this.#running = result.catch(() => undefined);
    return { result, cancel, waiting: 0 };
  }

  #drop(batch: Batch<T>): void {
    if (this.#collecting === batch) this.#collecting = undefined;
    batch.cancel.abort();
  }
}

/** The outcome of `promise`, or an {@link EceAbortedError} for `request` as soon as the signal aborts. */
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
