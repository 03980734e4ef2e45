import type { Validator } from "./schema";
import { isObjectValue, type Value } from "./value";

// The units of Go's time.ParseDuration.
const UNIT_MS = { ns: 1e-6, us: 1e-3, µs: 1e-3, μs: 1e-3, ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const;
const TERM = /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g;

/*
 * Checks for attributes, to be named in their schema. Each says what is allowed and what it got.
 */

/** The value is one of these. */
export function oneOf(allowed: readonly (string | number)[]): Validator {
  return (value) =>
    allowed.some((one) => one === value) ? undefined : `Must be one of ${list(allowed)}; got ${JSON.stringify(value)}.`;
}

/** Each element of a list, set or map is one of these. */
export function eachOneOf(allowed: readonly (string | number)[]): Validator {
  return (value) => {
    const invalid = elementsOf(value).filter((element) => !allowed.some((one) => one === element));
    return invalid.length > 0 ? `May hold only ${list(allowed)}; got ${list(invalid)}.` : undefined;
  };
}

/** The string holds more than white space; the list, set or map has elements. */
export function notEmpty(): Validator {
  return (value) => {
    const isEmpty = typeof value === "string" ? value.trim() === "" : elementsOf(value).length === 0;
    return isEmpty ? `Must not be empty; got ${JSON.stringify(value)}.` : undefined;
  };
}

/** A whole number within bounds, both included. */
export function wholeNumber(bounds: { readonly atLeast: number; readonly atMost?: number }): Validator {
  const { atLeast, atMost = Infinity } = bounds;
  const range = atMost === Infinity ? `of at least ${atLeast}` : `from ${atLeast} to ${atMost}`;
  return (value) =>
    Number.isInteger(value) && Number(value) >= atLeast && Number(value) <= atMost
      ? undefined
      : `Must be a whole number ${range}; got ${JSON.stringify(value)}.`;
}

/** A duration above zero, as Go writes it. */
export function duration(): Validator {
  return (value) =>
    typeof value === "string" && (tryParseDurationMs(value) ?? 0) > 0
      ? undefined
      : `Must be a duration above zero such as "90s", "20m" or "1h30m"; got ${JSON.stringify(value)}.`;
}

/** The milliseconds of a duration as Go and Terraform write it (`90s`, `1h30m`, `1.5h`); undefined if it is none. */
export function tryParseDurationMs(text: string): number | undefined {
  if (text === "" || text.replaceAll(TERM, "") !== "") return undefined;
  return [...text.matchAll(TERM)].reduce(
    (total, [, amount, unit]) => total + Number(amount) * UNIT_MS[unit as keyof typeof UNIT_MS],
    0,
  );
}

function elementsOf(value: Value): Value[] {
  if (Array.isArray(value)) return value;
  return isObjectValue(value) ? Object.values(value) : [];
}

function list(values: readonly Value[]): string {
  return values.map((value) => JSON.stringify(value)).join(", ");
}
