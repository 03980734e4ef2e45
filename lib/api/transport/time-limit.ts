/** A time limit: its signal aborts when the time is over, unless the limit was ended before. */
export interface TimeLimit {
  readonly signal: AbortSignal;
  end(): void;
}

/** How time limits are started; tests pass their own, and so wait for none. */
export type StartTimeLimit = (durationMs: number) => TimeLimit;

export function startTimeLimit(durationMs: number): TimeLimit {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), durationMs);
  return { signal: controller.signal, end: () => clearTimeout(timer) };
}
