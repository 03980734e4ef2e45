import { formatPath, type AttributePath, type Diagnostics } from "../diagnostics";
import { schemaType, type Schema } from "../schema";
import {
  elementType,
  equalValues,
  isObjectValue,
  isUnknown,
  isWhollyKnown,
  mapEntries,
  type ObjectValue,
  type Refinement,
  type Type,
  type Value,
} from "../value";

/** A way in which provider code broke its contract with Terraform; the text continues a sentence about the path. */
export interface ContractViolation {
  readonly path: AttributePath;
  readonly text: string;
}

/** What becomes of unknown values: they stay, they are a violation, or they become null without a word. */
type UnknownPolicy = "keep" | "reject" | "drop";

/**
 * Makes a value that is sure to fit its type: absent attributes become null, and so does what does not fit, which adds a
 * violation each time.
 */
export function conform(
  type: Type,
  value: Value | undefined,
  unknowns: UnknownPolicy,
  violations: ContractViolation[],
  path: AttributePath = [],
): Value {
  if (value === undefined || value === null) return null;
  if (isUnknown(value)) {
    if (unknowns === "keep") return value;
    if (unknowns === "reject") violations.push({ path, text: "is still unknown" });
    return null;
  }
  if (!hasKind(type, value)) {
    violations.push({
      path,
      text: `must be ${kindOf(type)}, but is ${Array.isArray(value) ? "a list" : typeof value}`,
    });
    return null;
  }
  const isSet = typeof type === "object" && "set" in type;
  const part = (step: string | number, member: Value | undefined) =>
    conform(elementType(type, step), member, unknowns, violations, isSet ? path : [...path, step]);
  if (Array.isArray(value)) return value.map((element, index) => part(index, element));
  if (!isObjectValue(value)) return value;
  if (typeof type === "object" && "object" in type) {
    for (const name of Object.keys(value).filter((name) => !Object.hasOwn(type.object, name)))
      violations.push({ path, text: `has no attribute "${name}" in its schema` });

    return mapEntries(type.object, (_, name) => part(name, value[name]));
  }
  return mapEntries(value, (member, key) => part(key, member));
}

function hasKind(type: Type, value: Value): boolean {
  switch (type) {
    case "dynamic":
      return true;
    case "string":
      return typeof value === "string";
    case "bool":
      return typeof value === "boolean";
    case "number":
      return typeof value === "number" && Number.isFinite(value);
    default:
      if ("tuple" in type) return Array.isArray(value) && value.length === type.tuple.length;
      return "list" in type || "set" in type ? Array.isArray(value) : isObjectValue(value);
  }
}

function kindOf(type: Type): string {
  if (typeof type === "string") return `a ${type}`;
  if ("tuple" in type) return `a tuple of ${type.tuple.length}`;
  return "object" in type ? "an object" : `a ${String(Object.keys(type)[0])}`;
}

/**
 * The state that Terraform can store of what an operation left behind. After a success everything must be known and as
 * planned; after a failure what never became known is null.
 */
export function conformingState(
  schema: Schema,
  state: ObjectValue | null,
  diagnostics: Diagnostics,
  plan: ObjectValue | null = null,
): ObjectValue | null {
  const type = schemaType(schema);
  const failed = diagnostics.hasErrors;
  const violations: ContractViolation[] = [];
  const conforming = conform(type, state, failed ? "drop" : "reject", violations);
  if (!failed && violations.length === 0 && plan !== null) violations.push(...inconsistencies(type, plan, conforming));
  reportViolations(violations, diagnostics);
  return isObjectValue(conforming) ? conforming : null;
}

/** The plan that Terraform can take of what an operation planned; unknown values may stay. */
export function conformingPlan(schema: Schema, plan: ObjectValue | null, diagnostics: Diagnostics): ObjectValue | null {
  const violations: ContractViolation[] = [];
  const conforming = conform(schemaType(schema), plan, "keep", violations);
  reportViolations(violations, diagnostics);
  return isObjectValue(conforming) ? conforming : null;
}

/** An object of the schema's type with nothing set. */
export function nullObject(schema: Schema): ObjectValue {
  return mapEntries(schemaType(schema).object, () => null);
}

/** Values are left out of the text, as they may be secret. */
function reportViolations(violations: readonly ContractViolation[], diagnostics: Diagnostics): void {
  for (const { path, text } of violations) {
    const subject = path.length > 0 ? `The attribute ${formatPath(path)}` : "The object";
    diagnostics.addError(
      "Invalid result of the provider",
      `${subject} ${text}. This is a bug in the provider, please report it.`,
      path.length > 0 ? path : undefined,
    );
  }
}

/**
 * Where a result differs from its plan. A planned value is a promise: Terraform has shown it to the user, and other
 * resources were planned with it. Only what was unknown in the plan may become anything.
 */
export function inconsistencies(
  type: Type,
  planned: Value,
  actual: Value,
  path: AttributePath = [],
): ContractViolation[] {
  if (isUnknown(planned)) {
    return meetsRefinement(planned.refinement, actual)
      ? []
      : [{ path, text: "is not what the plan already told about it" }];
  }
  const violation = [{ path, text: "is not what was planned" }];
  if (isWhollyKnown(planned)) {
    if (equalValues(type, planned, actual)) return [];
    if (!isObjectValue(planned) || !isObjectValue(actual)) return violation;
  }
  if (Array.isArray(planned) && Array.isArray(actual)) {
    if (typeof type === "object" && "set" in type) return mayResolveTo(type.set, planned, actual) ? [] : violation;
    if (planned.length !== actual.length) return violation;
    return planned.flatMap((element, index) =>
      inconsistencies(elementType(type, index), element, actual[index] ?? null, [...path, index]),
    );
  }
  if (isObjectValue(planned) && isObjectValue(actual)) {
    return [...new Set([...Object.keys(planned), ...Object.keys(actual)])].flatMap((name) =>
      inconsistencies(elementType(type, name), planned[name] ?? null, actual[name] ?? null, [...path, name]),
    );
  }
  return violation;
}

/** Whether a set with unknown elements may become the actual one: each unknown may turn out as any element. */
function mayResolveTo(type: Type, planned: readonly Value[], actual: readonly Value[]): boolean {
  return (
    actual.length <= planned.length &&
    planned.filter(isWhollyKnown).every((element) => actual.some((other) => equalValues(type, element, other)))
  );
}

/** Whether the actual value is what the plan said about the unknown one. */
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
