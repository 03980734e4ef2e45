/**
 * The simulator's time: real time plus whatever tests have moved it ahead.
 *
 * It runs with the real clock so that the expiry in a roles token means to a client what it means to the platform.
 */
export class SimulatedClock {
  #aheadMs = 0;

  /** The platform's present moment. */
  now(): Date {
    return new Date(Date.now() + this.#aheadMs);
  }

  /** The moment `seconds` after {@link now}. */
  after(seconds: number): Date {
    return new Date(this.now().getTime() + seconds * 1000);
  }

  /** Moves the platform's time ahead; it never goes back, as the tokens that it made could come alive again. */
  advance(seconds: number): void {
    if (!Number.isFinite(seconds) || seconds < 0)
      throw new RangeError(`the clock advances by a number of seconds of at least 0, not by ${seconds}`);

    this.#aheadMs += seconds * 1000;
  }
}
