import type { AttributePath } from "../diagnostics";
import { elementType, equalValues } from "../equality";
import type { Fault } from "./fault";
import type { Type } from "../schema";
import { isObjectValue, isUnknown, isWhollyKnown, type Refinement, type Value } from "../value";

/** Where a known result breaks the promise of the plan: Terraform has shown it to the user and passed it on. */
export function planBreaches(type: Type, planned: Value, actual: Value, path: AttributePath = []): Fault[] {
  if (isUnknown(planned)) {
    return meetsRefinement(planned.refinement, actual)
      ? []
      : [{ path, text: "is not what the plan already told about it" }];
  }
  const fault = [{ path, text: "is not what was planned" }];
  if (isWhollyKnown(planned)) {
    if (equalValues(type, planned, actual)) return [];
    if (!isObjectValue(planned) || !isObjectValue(actual)) return fault;
  }
  if (Array.isArray(planned) && Array.isArray(actual)) {
    if (typeof type === "object" && "set" in type) return couldBecome(type.set, planned, actual) ? [] : fault;
    if (planned.length !== actual.length) return fault;
    return planned.flatMap((element, index) =>
      planBreaches(elementType(type, index), element, actual[index] ?? null, [...path, index]),
    );
  }
  if (isObjectValue(planned) && isObjectValue(actual)) {
    return [...new Set([...Object.keys(planned), ...Object.keys(actual)])].flatMap((name) =>
      planBreaches(elementType(type, name), planned[name] ?? null, actual[name] ?? null, [...path, name]),
    );
  }
  return fault;
}

/** Whether a set with unknown elements can have become the actual one: each of its unknowns may be any other element. */
function couldBecome(type: Type, planned: readonly Value[], actual: readonly Value[]): boolean {
  return (
    actual.length <= planned.length &&
    planned.filter(isWhollyKnown).every((element) => actual.some((other) => equalValues(type, element, other)))
  );
}

function meetsRefinement(refinement: Refinement, actual: Value): boolean {
  const { nullness, stringPrefix, numberLowerBound: lower, numberUpperBound: upper } = refinement;
  if (actual === null) return nullness !== "not-null";
  if (nullness === "null") return false;
  if (typeof actual === "string") return actual.startsWith(stringPrefix ?? "");
  if (typeof actual === "number") {
    if (lower && (lower.inclusive ? actual < lower.value : actual <= lower.value)) return false;
    return !(upper && (upper.inclusive ? actual > upper.value : actual >= upper.value));
  }
  if (typeof actual === "boolean" || isUnknown(actual)) return true;
  const length = Array.isArray(actual) ? actual.length : Object.keys(actual).length;
  return length >= (refinement.lengthLowerBound ?? 0) && length <= (refinement.lengthUpperBound ?? Infinity);
}
