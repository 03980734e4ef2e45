import { setTimeout as delay } from "node:timers/promises";
import { EceApiError, EceConnectionError, EceTimeoutError, EceUnexpectedReplyError } from "../api";

const FIRST_INTERVAL_MS = 500;
const LONGEST_INTERVAL_MS = 10_000;

/** How a wait ended: with what was waited for, or at its timeout with the platform out of reach for `lastError`. */
export type WaitOutcome<T> =
  { readonly found: T } | { readonly found: undefined; readonly lastError: Error | undefined };

/**
 * Asks `probe` again and again until it gives a value or `timeoutMs` is over.
 *
 * A platform that is away meanwhile is no reason to stop: joining hosts outlast coordinator restarts. Refusals
 * (401, 403, 404, …) are thrown at once, and so is the end of `signal`.
 */
export async function waitFor<T>(
  options: { readonly timeoutMs: number; readonly signal: AbortSignal },
  probe: () => Promise<T | undefined>,
): Promise<WaitOutcome<T>> {
  const deadline = performance.now() + options.timeoutMs;
  let interval = FIRST_INTERVAL_MS;
  for (;;) {
    let lastError: Error | undefined;
    try {
      const found = await probe();
      if (found !== undefined) return { found };
    } catch (error) {
      options.signal.throwIfAborted();
      if (!isPassing(error)) throw error;
      lastError = error;
    }
    const remaining = deadline - performance.now();
    if (remaining <= 0) return { found: undefined, lastError };
    await delay(Math.min(interval, remaining), undefined, { signal: options.signal });
    interval = Math.min(interval * 1.5, LONGEST_INTERVAL_MS);
  }
}

/** True of faults that a platform under restart shows. */
function isPassing(error: unknown): error is Error {
  if (error instanceof EceApiError) return error.status >= 500 || error.status === 429;
  if (error instanceof EceConnectionError) return error.reason !== "certificate";
  return error instanceof EceTimeoutError || error instanceof EceUnexpectedReplyError;
}
