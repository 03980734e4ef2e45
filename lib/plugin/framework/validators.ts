import { tryParseDurationMs } from "./duration";
import type { Validator } from "./schema";
import { isObjectValue, type Value } from "./value";

/** The value is one of these. */
export function oneOf(...allowed: readonly (string | number)[]): Validator {
  return (value) =>
    allowed.some((one) => one === value) ? undefined : `Must be one of ${list(allowed)}; got ${list([value])}.`;
}

/** Each element of a list, set or map is one of these. */
export function eachOneOf(...allowed: readonly (string | number)[]): Validator {
  return (value) => {
    const strangers = elementsOf(value).filter((element) => !allowed.some((one) => one === element));
    return strangers.length > 0 ? `May hold only ${list(allowed)}; got ${list(strangers)}.` : undefined;
  };
}

/** The string holds more than white space. */
export const notEmpty: Validator = (value) =>
  typeof value === "string" && value.trim() === "" ? `Must not be empty; got ${list([value])}.` : undefined;

/** The set (list, map) holds at least one element. */
export const setNotEmpty: Validator = (value) =>
  elementsOf(value).length === 0 ? "Must hold at least one element; got none." : undefined;

/** A whole number within these bounds, both included. */
export function integerBetween(min: number, max: number): Validator {
  return (value) =>
    Number.isInteger(value) && Number(value) >= min && Number(value) <= max
      ? undefined
      : `Must be a whole number from ${min} to ${max}; got ${list([value])}.`;
}

/** A time span above zero, as Go writes it. */
export const duration: Validator = (value) =>
  typeof value === "string" && (tryParseDurationMs(value) ?? 0) > 0
    ? undefined
    : `Must be a duration above zero such as "90s", "20m" or "1h30m"; got ${list([value])}.`;

function elementsOf(value: Value): Value[] {
  if (Array.isArray(value)) return value;
  return isObjectValue(value) ? Object.values(value) : [];
}

function list(values: readonly Value[]): string {
  return values.map((value) => JSON.stringify(value)).join(", ");
}
