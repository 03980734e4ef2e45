import type { Type } from "./schema";
import { isObjectValue, isUnknown, type Value } from "./value";

/**
 * Whether Terraform holds two values of a type to be the same: the elements of sets have no order and no multiplicity,
 * an absent attribute is null, and an unknown value equals only an unknown one.
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
      (name) => `${JSON.stringify(name)}:${canonicalText(elementType(type, name), value[name])}`,
    );
    return `{${members.sort().join()}}`;
  }
  return JSON.stringify(value);
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
