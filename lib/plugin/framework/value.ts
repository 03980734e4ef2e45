/** A Terraform type, in the shape of Terraform's own JSON type syntax made readable. */
export type Type =
  | "string"
  | "number"
  | "bool"
  | "dynamic"
  | { readonly list: Type }
  | { readonly set: Type }
  | { readonly map: Type }
  | { readonly tuple: readonly Type[] }
  | { readonly object: { readonly [attribute: string]: Type } };

/**
 * A Terraform value, decoded: `null`, an {@link Unknown}, a primitive, a list (Terraform's lists, sets and tuples),
 * or an object (Terraform's maps and objects).
 */
export type Value = null | boolean | number | string | Unknown | Value[] | ObjectValue;

/** A Terraform object or map; an object has every attribute of its type, absent ones as `null`. */
export interface ObjectValue {
  [attribute: string]: Value;
}

/** What is already known about an unknown value: Terraform's refinements. */
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

/** An unknown value about which nothing else is known. */
export const UNKNOWN = new Unknown();

/** Whether the value itself is unknown; parts of a list or an object may be unknown when this is false. */
export function isUnknown(value: Value): value is Unknown {
  return value instanceof Unknown;
}

/** A text; undefined for anything else, as for null and unknown values. */
export function tryText(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** True for objects and maps only: not for lists, sets, tuples and unknown values. */
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
  return mapEntries(value, (member) => copyValue(member));
}

/**
 * Whether two values of a type are the same to Terraform: the elements of sets have no order and no multiplicity,
 * an absent attribute is null, an unknown value equals only an unknown one, and text is the same in any Unicode form.
 */
export function equalValues(type: Type, left: Value | undefined, right: Value | undefined): boolean {
  return left === right || canonicalText(type, left) === canonicalText(type, right);
}

/** The same text for equal values and only for those. */
function canonicalText(type: Type, value: Value | undefined): string {
  if (value === undefined || value === null) return "null";
  if (isUnknown(value)) return "unknown";
  if (Array.isArray(value)) {
    const elements = value.map((element, index) => canonicalText(elementType(type, index), element));
    return typeof type === "object" && "set" in type
      ? `{${[...new Set(elements)].sort().join()}}`
      : `[${elements.join()}]`;
  }
  if (isObjectValue(value)) {
    const names = typeof type === "object" && "object" in type ? Object.keys(type.object) : Object.keys(value);
    const members = names.map(
      (name) => `${JSON.stringify(name.normalize())}:${canonicalText(elementType(type, name), value[name])}`,
    );
    return `{${members.sort().join()}}`;
  }
  return JSON.stringify(typeof value === "string" ? value.normalize() : value);
}

/** The type of what stands at an index, key or attribute name of a value; parts of a dynamic value are dynamic. */
export function elementType(type: Type, step: string | number): Type {
  if (typeof type === "string") return "dynamic";
  if ("list" in type) return type.list;
  if ("set" in type) return type.set;
  if ("map" in type) return type.map;
  if ("tuple" in type) return type.tuple[Number(step)] ?? "dynamic";
  return type.object[step] ?? "dynamic";
}

/** A new object with each entry converted, in the same order. */
export function mapEntries<From, To>(
  entries: { readonly [name: string]: From },
  convert: (value: From, name: string) => To,
): { [name: string]: To } {
  return Object.fromEntries(Object.entries(entries).map(([name, value]) => [name, convert(value, name)]));
}
