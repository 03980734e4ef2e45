import { setTimeout as delay } from "node:timers/promises";
import { EceApiError, EceConnectionError, EceTimeoutError, EceUnexpectedReplyError } from "../../api";

const FIRST_INTERVAL_MS = 500;
const LONGEST_INTERVAL_MS = 10_000;

/** How long a plan may wait for what it would like to know, but need not. */
const LONGEST_LOOK_MS = 10_000;

/** Where waits take their time from. */
export interface Clock {
  /** Milliseconds since some moment in the past. */
  now(): number;
  /** Rejects when the signal is aborted. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
}

export const SYSTEM_CLOCK: Clock = {
  now: () => performance.now(),
  sleep: (milliseconds, signal) => delay(milliseconds, undefined, { signal }),
};

/** The end of an operation's time, which all of its waits share. */
export class Deadline {
  readonly clock: Clock;
  readonly #end: number;
  readonly #totalMs: number;

  constructor(totalMs: number, clock: Clock) {
    this.clock = clock;
    this.#totalMs = totalMs;
    this.#end = clock.now() + totalMs;
  }

  get remainingMs(): number {
    return Math.max(0, this.#end - this.clock.now());
  }

  /** A deadline for the first step of several: at most this long, and no more than half of the time that is left. */
  atMost(longestMs: number): Deadline {
    return new Deadline(Math.min(longestMs, this.remainingMs / 2), this.clock);
  }

  /** For messages: how long the operation had, as `90 s`. */
  get text(): string {
    return `${Math.round(this.#totalMs / 1000)} s`;
  }
}

/** What every wait heeds. */
export interface WaitOptions {
  readonly deadline: Deadline;
  readonly signal: AbortSignal;
}

/** How a wait ended: with what was waited for, or in time out, with `lastError` if the platform was away then. */
export type WaitOutcome<T> =
  { readonly found: T } | { readonly found: undefined; readonly lastError: Error | undefined };

/**
 * Asks `probe` again and again, and at least once, until it gives a value or the deadline has come.
 *
 * A platform that is away meanwhile is no reason to stop: joining hosts outlast coordinator restarts. Refusals
 * (401, 403, 404, …) are thrown at once, and so is the end of `signal`.
 */
export async function waitFor<T>(
  { deadline, signal }: WaitOptions,
  probe: () => Promise<T | undefined>,
): Promise<WaitOutcome<T>> {
  let interval = FIRST_INTERVAL_MS;
  for (;;) {
    let lastError: Error | undefined;
    try {
      const found = await probe();
      if (found !== undefined) return { found };
    } catch (error) {
      signal.throwIfAborted();
      if (!isPassing(error)) throw error;
      lastError = error;
    }
    const { remainingMs } = deadline;
    if (remainingMs === 0) return { found: undefined, lastError };
    await deadline.clock.sleep(Math.min(interval, remainingMs), signal);
    interval = Math.min(interval * 1.5, LONGEST_INTERVAL_MS);
  }
}

/** What a plan would like to know and need not: undefined where that fails or takes long. Throws at the end of `signal`. */
export async function tryBriefly<T>(
  signal: AbortSignal,
  look: (patience: AbortSignal) => Promise<T>,
): Promise<T | undefined> {
  const patience = AbortSignal.any([signal, AbortSignal.timeout(LONGEST_LOOK_MS)]);
  const seen = await look(patience).catch(() => undefined);
  signal.throwIfAborted();
  return seen;
}

/** Waits for a deletion; what the platform no longer knows is deleted, and false is given. */
export async function ignoringNotFound(deletion: Promise<unknown>): Promise<boolean> {
  try {
    await deletion;
    return true;
  } catch (error) {
    if (!(error instanceof EceApiError && error.isNotFound)) throw error;
    return false;
  }
}

/** True of errors that a platform shows while it restarts. */
function isPassing(error: unknown): error is Error {
  if (error instanceof EceApiError) return error.status >= 500 || error.status === 429;
  if (error instanceof EceConnectionError) return error.reason !== "certificate";
  return error instanceof EceTimeoutError || error instanceof EceUnexpectedReplyError;
}
