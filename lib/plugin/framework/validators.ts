import { tryParseDurationMs } from "./duration";
import type { Validator } from "./schema";
import { isObjectValue, type Value } from "./value";

/** The value is one of these. */
export function oneOf(...allowed: readonly (string | number)[]): Validator {
  return (value) => (allowed.some((one) => one === value) ? undefined : mustBe(oneOfText(allowed), value));
}

/** Each element of a list, set or map is one of these. */
export function eachOneOf(...allowed: readonly (string | number)[]): Validator {
  return (value) => {
    const strangers = elements(value).filter((element) => !allowed.some((one) => one === element));
    return strangers.length > 0 ? `each element ${mustBe(oneOfText(allowed), ...strangers)}` : undefined;
  };
}

/** The string holds more than white space. */
export const notEmpty: Validator = (value) =>
  typeof value === "string" && value.trim() === "" ? mustBe("a text that is not empty", value) : undefined;

/** The set (list, map) holds at least one element. */
export const setNotEmpty: Validator = (value) =>
  elements(value).length === 0 ? "must have at least one element, but has none" : undefined;

/** A whole number within these bounds, both included. */
export function integerBetween(min: number, max: number): Validator {
  return (value) =>
    Number.isInteger(value) && Number(value) >= min && Number(value) <= max
      ? undefined
      : mustBe(`a whole number from ${min} to ${max}`, value);
}

/** A time span that is longer than nothing, as Go writes it. */
export const duration: Validator = (value) =>
  typeof value === "string" && (tryParseDurationMs(value) ?? 0) > 0
    ? undefined
    : mustBe('a duration above zero such as "90s", "20m" or "1h30m"', value);

function elements(value: Value): Value[] {
  if (Array.isArray(value)) return value;
  return isObjectValue(value) ? Object.values(value) : [];
}

function oneOfText(allowed: readonly (string | number)[]): string {
  return `one of ${allowed.map((one) => JSON.stringify(one)).join(", ")}`;
}

function mustBe(expected: string, ...got: readonly Value[]): string {
  return `must be ${expected}, but got ${got.map((value) => JSON.stringify(value)).join(", ")}`;
}
