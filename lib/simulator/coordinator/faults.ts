/** What goes wrong with a call. */
export type FaultKind = "status" | "delay" | "reset-before" | "reset-after-commit" | "html";

/** A fault that tests ask for. */
export interface Fault {
  /** @default - any method */
  readonly method?: string;
  /** Prefix of the API path after `/api/v1`, without the region. */
  readonly path: string;
  /**
   * - `status`: answers with an error instead of doing the work
   * - `delay`: answers `milliseconds` later
   * - `reset-before`: drops the connection before the work
   * - `reset-after-commit`: does the work, then drops the connection
   * - `html`: answers with a page, as a proxy in front would
   */
  readonly kind: FaultKind;
  /** How many calls it befalls. @default 1 */
  readonly times?: number;
  /** @default 503 for `status`, 200 for `html` */
  readonly status?: number;
  /** Code of the error body that `status` sends. @default "simulator.fault" */
  readonly code?: string;
  /** Text of the error body that `status` sends. */
  readonly message?: string;
  /** Further reply headers of `status` and `html`, such as `Retry-After`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** How long `delay` takes by the real clock. @default 1000 */
  readonly milliseconds?: number;
}

const KINDS: readonly unknown[] = [
  "status",
  "delay",
  "reset-before",
  "reset-after-commit",
  "html",
] satisfies FaultKind[];

const FIELD_TYPES: Readonly<Record<keyof Fault, "string" | "number" | "object">> = {
  method: "string",
  path: "string",
  kind: "string",
  times: "number",
  status: "number",
  code: "string",
  message: "string",
  headers: "object",
  milliseconds: "number",
};

/** Takes what came from outside for a fault, or throws a RangeError that names what is wrong with it. */
export function parseFault(given: Readonly<Record<string, unknown>>): Fault {
  const types = new Map<string, string>(Object.entries(FIELD_TYPES));
  for (const [key, value] of Object.entries(given)) {
    if (value !== undefined && typeof value !== types.get(key))
      throw new RangeError(`a fault's ${key} is ${types.get(key) ?? "unknown"}, not ${typeof value}`);
  }
  const { path, kind, times = 1, status = 503 } = given;
  if (typeof path !== "string" || !path.startsWith("/"))
    throw new RangeError("a fault needs a path, such as /platform/infrastructure/runners");

  if (!KINDS.includes(kind)) throw new RangeError(`a fault's kind is one of ${KINDS.join(", ")}, not ${String(kind)}`);

  if (!Number.isInteger(times) || Number(times) < 1)
    throw new RangeError(`a fault befalls at least 1 call, not ${String(times)}`);

  if (!Number.isInteger(status) || Number(status) < 200 || Number(status) > 599)
    throw new RangeError(`a fault's status is from 200 to 599, not ${String(status)}`);

  return given as unknown as Fault;
}

/** The faults that wait for their calls. Those for the same call wait in the order in which they were asked for. */
export class Faults {
  #pending: { fault: Fault; times: number }[] = [];

  add(fault: Fault): void {
    this.#pending.push({ fault, times: fault.times ?? 1 });
  }

  clear(): void {
    this.#pending = [];
  }

  /** The faults that still wait. */
  pending(): Fault[] {
    return this.#pending.map(({ fault, times }) => ({ ...fault, times }));
  }

  /** The fault that befalls this call, which uses it up by one. */
  take(method: string, path: string): Fault | undefined {
    const next = this.#pending.find(
      ({ fault }) => (fault.method ?? method).toUpperCase() === method && path.startsWith(fault.path),
    );
    if (next === undefined) return undefined;

    next.times -= 1;
    this.#pending = this.#pending.filter(({ times }) => times > 0);
    return next.fault;
  }
}
