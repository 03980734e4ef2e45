import type { SimulatedClock } from "./clock";

/** How an allocator goes away for a while and comes back by itself, as one that loses its network for a moment. */
export interface BlinkOptions {
  /** Number of reads of it by the API before it goes away. @default 0 */
  readonly after?: number;
  /** Number of reads that show it away. @default - as long as `seconds` says */
  readonly reads?: number;
  /** How long it is away by the platform's clock. @default - as long as `reads` says */
  readonly seconds?: number;
}

/** An allocator that goes away and comes back. Whatever needs it meanwhile fails; what is on it is as before. */
export class Blink {
  readonly #clock: SimulatedClock;
  readonly #seconds: number | undefined;
  #before: number;
  #reads: number;
  #end: Date | undefined;

  /** Throws a RangeError for what is no length of a blink. */
  constructor(clock: SimulatedClock, { after = 0, reads, seconds }: BlinkOptions) {
    if ((reads === undefined) === (seconds === undefined))
      throw new RangeError("a blink lasts a number of reads, or of seconds");
    for (const [name, value] of Object.entries({ after, reads: reads ?? 1 })) {
      if (!Number.isInteger(value) || value < 0)
        throw new RangeError(`${name} must be a whole number of at least 0, not ${String(value)}`);
    }
    if (seconds !== undefined && !(seconds > 0)) throw new RangeError(`seconds must be more than 0, not ${seconds}`);
    this.#clock = clock;
    this.#seconds = seconds;
    this.#before = after;
    this.#reads = reads ?? Infinity;
    this.#begin();
  }

  /** Whether the allocator is away now. */
  get isAway(): boolean {
    if (this.#before > 0 || this.#reads === 0) return false;
    return this.#end === undefined || this.#clock.now() < this.#end;
  }

  /** The API has shown the allocator. */
  passRead(): void {
    if (this.#before === 0) {
      this.#reads = Math.max(0, this.#reads - 1);
    } else {
      this.#before -= 1;
      this.#begin();
    }
  }

  #begin(): void {
    if (this.#before === 0 && this.#seconds !== undefined) this.#end = this.#clock.after(this.#seconds);
  }
}
