/**
 * A Terraform value, decoded: `null`, an {@link Unknown}, a primitive, a list (Terraform's lists, sets and tuples),
 * or an object (Terraform's maps and objects).
 */
export type Value = null | boolean | number | string | Unknown | Value[] | ObjectValue;

/** A Terraform object or map; an object has every attribute of its type, absent ones as `null`. */
export interface ObjectValue {
  [attribute: string]: Value;
}

/** What is already known of a value that is not: Terraform's refinements. */
export interface Refinement {
  readonly nullness?: "null" | "not-null";
  readonly stringPrefix?: string;
  readonly numberLowerBound?: { readonly value: number; readonly inclusive: boolean };
  readonly numberUpperBound?: { readonly value: number; readonly inclusive: boolean };
  readonly lengthLowerBound?: number;
  readonly lengthUpperBound?: number;
}

/** A value that Terraform learns only at apply. */
export class Unknown {
  constructor(readonly refinement: Refinement = {}) {}
}

export const UNKNOWN = new Unknown();

export function isUnknown(value: Value): value is Unknown {
  return value instanceof Unknown;
}

/** A list, set or tuple is none, nor is an unknown value. */
export function isObjectValue(value: Value | undefined): value is ObjectValue {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Unknown);
}

/** Whether neither the value nor anything in it is unknown. */
export function isWhollyKnown(value: Value): boolean {
  if (isUnknown(value)) return false;
  if (Array.isArray(value)) return value.every(isWhollyKnown);
  return !isObjectValue(value) || Object.values(value).every(isWhollyKnown);
}

/** A copy that can be changed without changing the original; unknown values are shared, as they never change. */
export function copyValue<Copied extends Value>(value: Copied): Copied;
export function copyValue(value: Value): Value {
  if (Array.isArray(value)) return value.map((element) => copyValue(element));
  if (!isObjectValue(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, copyValue(member)]));
}
