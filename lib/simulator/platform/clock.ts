/**
 * The simulator's time: real time plus the seconds that tests have added.
 *
 * It follows the real clock so that a client, too, can tell from its own clock when a roles token expires.
 */
export class SimulatedClock {
  #aheadMs = 0;

  /** The platform's current time. */
  now(): Date {
    return new Date(Date.now() + this.#aheadMs);
  }

  /** The time `seconds` after {@link now}. */
  after(seconds: number): Date {
    return new Date(this.now().getTime() + seconds * 1000);
  }

  /** Moves the platform's time ahead. It cannot go back: expired tokens would become valid again. */
  advance(seconds: number): void {
    if (!Number.isFinite(seconds) || seconds < 0)
      throw new RangeError(`the clock advances by a number of seconds of at least 0, not by ${seconds}`);

    this.#aheadMs += seconds * 1000;
  }
}
