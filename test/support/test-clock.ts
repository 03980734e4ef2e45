import { setImmediate as nextTurn } from "node:timers/promises";
import type { Clock } from "../../lib/provider";

/** A clock that moves only when somebody sleeps, by as much as they want to sleep, so that no time is lost. */
export class TestClock implements Clock {
  #now = 0;
  #held: { readonly sleeps: () => void; readonly end: Promise<void>; readonly release: () => void } | undefined;

  now(): number {
    return this.#now;
  }

  async sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
    const aborted = new Promise<never>((_, reject) => {
      const abort = () => reject(new DOMException("The operation was aborted", "AbortError"));
      if (signal.aborted) abort();
      signal.addEventListener("abort", abort, { once: true });
    });
    this.#held?.sleeps();
    await Promise.race([this.#held?.end ?? nextTurn(), aborted]);
    this.#now += milliseconds;
  }

  /** Resolves as soon as somebody sleeps, who then sleeps until {@link release}. */
  holdAtSleep(): Promise<void> {
    return new Promise((sleeps) => {
      let release = (): void => undefined;
      const end = new Promise<void>((resolve) => (release = resolve));
      this.#held = { sleeps, end, release };
    });
  }

  /** The same, for the first sleep at which something is so. */
  async holdAtSleepWhen(condition: () => boolean): Promise<void> {
    for (;;) {
      await this.holdAtSleep();
      if (condition()) return;
      this.release();
    }
  }

  release(): void {
    this.#held?.release();
    this.#held = undefined;
  }
}
