const KINDS = [
  "status",
  "status-after-commit",
  "delay",
  "delay-after-commit",
  "reset-before",
  "reset-after-commit",
  "html",
  "empty",
  "truncated",
  "plain-text",
  "drip",
  "stale",
  "partial-list",
  "leave",
] as const;

/** The kind of failure of a call. */
export type FaultKind = (typeof KINDS)[number];

/** A failure that a test injects. */
export interface Fault {
  /** @default - any method */
  readonly method?: string;
  /** Prefix of the API path after `/api/v1`, without the region. */
  readonly path: string;
  /** The place of the coordinator that fails, 1 for the first. @default - each that is called */
  readonly coordinator?: number;
  /**
   * - `status`: answers with an error instead of carrying out the call
   * - `status-after-commit`: carries out the call, then answers with an error
   * - `delay`: answers `milliseconds` later
   * - `delay-after-commit`: carries out the call, and answers `milliseconds` later
   * - `reset-before`: drops the connection instead of carrying out the call
   * - `reset-after-commit`: carries out the call, then drops the connection
   * - `html`: answers with an HTML page instead of carrying out the call, as a proxy in front of ECE would
   * - `empty`: answers without a body instead of carrying out the call
   * - `truncated`: carries out the call, and sends the first half of the reply
   * - `plain-text`: carries out the call, and says that the reply is plain text
   * - `drip`: carries out the call, and sends a byte of the reply every `milliseconds`
   * - `stale`: answers as the same GET was answered first, as a cache would; other calls are carried out
   * - `partial-list`: carries out the call, and leaves the second half of each list out of the reply
   * - `leave`: carries out the call, then the coordinator goes away until `startCoordinator()`
   */
  readonly kind: FaultKind;
  /** Number of calls that pass before. @default 0 */
  readonly after?: number;
  /** Number of calls affected. @default 1 */
  readonly times?: number;
  /** @default 503 for `status` and `status-after-commit`, 200 for `html` and `empty` */
  readonly status?: number;
  /** Code of the error body that `status` and `status-after-commit` send. @default "simulator.fault" */
  readonly code?: string;
  /** Message of the error body that `status` and `status-after-commit` send. @default - names the status */
  readonly message?: string;
  /** Additional headers that `status`, `status-after-commit` and `html` send, such as `Retry-After`. @default - none */
  readonly headers?: Readonly<Record<string, string>>;
  /** How long `delay`, `delay-after-commit` and, for each byte, `drip` wait, by the real clock. @default 1000 */
  readonly milliseconds?: number;
}

const FIELD_TYPES: Readonly<Record<keyof Fault, "string" | "number" | "object">> = {
  method: "string",
  path: "string",
  coordinator: "number",
  kind: "string",
  after: "number",
  times: "number",
  status: "number",
  code: "string",
  message: "string",
  headers: "object",
  milliseconds: "number",
};

/** Checks that a JSON object describes a fault; throws a RangeError that says what is wrong with it. */
export function parseFault(given: Readonly<Record<string, unknown>>): Fault {
  const types = new Map<string, string>(Object.entries(FIELD_TYPES));
  for (const [key, value] of Object.entries(given)) {
    if (value !== undefined && typeof value !== types.get(key))
      throw new RangeError(`a fault's ${key} is ${types.get(key) ?? "unknown"}, not ${typeof value}`);
  }
  const { path, kind, after = 0, times = 1, status = 503 } = given;
  if (typeof path !== "string" || !path.startsWith("/"))
    throw new RangeError("a fault needs a path, such as /platform/infrastructure/runners");

  if (!KINDS.some((known) => known === kind))
    throw new RangeError(`a fault's kind is one of ${KINDS.join(", ")}, not ${String(kind)}`);

  if (!Number.isInteger(after) || Number(after) < 0)
    throw new RangeError(`after must be a whole number; got ${String(after)}`);

  if (!Number.isInteger(times) || Number(times) < 1)
    throw new RangeError(`times must be a whole number of at least 1; got ${String(times)}`);

  if (!Number.isInteger(status) || Number(status) < 200 || Number(status) > 599)
    throw new RangeError(`a fault's status is from 200 to 599, not ${String(status)}`);

  return given as unknown as Fault;
}

/** The injected faults. Those that match the same call apply to one call each, in the order of their addition. */
export class Faults {
  #pending: { fault: Fault; after: number; times: number }[] = [];

  add(fault: Fault): void {
    this.#pending.push({ fault, after: fault.after ?? 0, times: fault.times ?? 1 });
  }

  clear(): void {
    this.#pending = [];
  }

  /** The faults that still have calls to affect, with the number of these. */
  pending(): Fault[] {
    return this.#pending.map(({ fault, times }) => ({ ...fault, times }));
  }

  /** Returns the next fault for this call and decrements its count. */
  take(method: string, path: string, coordinator = 1): Fault | undefined {
    const matching = this.#pending.filter(
      ({ fault }) =>
        (fault.method ?? method).toUpperCase() === method &&
        path.startsWith(fault.path) &&
        (fault.coordinator ?? coordinator) === coordinator,
    );
    const next = matching.find(({ after }) => after === 0);
    for (const waiting of matching) waiting.after = Math.max(0, waiting.after - 1);
    if (next === undefined) return undefined;

    next.times -= 1;
    this.#pending = this.#pending.filter(({ times }) => times > 0);
    return next.fault;
  }
}
