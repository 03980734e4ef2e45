import type { Fault } from "./fault";
import { formatPath, type AttributePath, type Diagnostics } from "../diagnostics";
import { elementType } from "../equality";
import { planBreaches } from "./plan-consistency";
import type { Schema, Type } from "../schema";
import { schemaType } from "../schema-type";
import { isObjectValue, isUnknown, type ObjectValue, type Value } from "../value";

/** What becomes of unknown values: they may stay, they are faults, or they silently become null. */
type UnknownPolicy = "keep" | "fault" | "drop";

/**
 * Makes a value that surely fits its type: absent attributes become null, and so does what does not fit, each with a
 * fault.
 */
export function conform(
  type: Type,
  value: Value | undefined,
  unknowns: UnknownPolicy,
  faults: Fault[],
  path: AttributePath = [],
): Value {
  if (value === undefined || value === null) return null;
  if (isUnknown(value)) {
    if (unknowns === "keep") return value;
    if (unknowns === "fault") faults.push({ path, text: "is still unknown" });
    return null;
  }
  if (!hasKind(type, value)) {
    faults.push({ path, text: `must be ${kindOf(type)}, but is ${Array.isArray(value) ? "a list" : typeof value}` });
    return null;
  }
  const isSet = typeof type === "object" && "set" in type;
  const part = (step: string | number, member: Value | undefined) =>
    conform(elementType(type, step), member, unknowns, faults, isSet ? path : [...path, step]);
  if (Array.isArray(value)) return value.map((element, index) => part(index, element));
  if (!isObjectValue(value)) return value;
  if (typeof type === "object" && "object" in type) {
    for (const name of Object.keys(value).filter((name) => !Object.hasOwn(type.object, name)))
      faults.push({ path, text: `has no attribute "${name}" in its schema` });

    return Object.fromEntries(Object.keys(type.object).map((name) => [name, part(name, value[name])]));
  }
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, part(key, member)]));
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
  const faults: Fault[] = [];
  const conforming = conform(type, state, failed ? "drop" : "fault", faults);
  if (!failed && faults.length === 0 && plan !== null) faults.push(...planBreaches(type, plan, conforming));
  reportFaults(faults, diagnostics);
  return isObjectValue(conforming) ? conforming : null;
}

export function conformingPlan(schema: Schema, plan: ObjectValue | null, diagnostics: Diagnostics): ObjectValue | null {
  const faults: Fault[] = [];
  const conforming = conform(schemaType(schema), plan, "keep", faults);
  reportFaults(faults, diagnostics);
  return isObjectValue(conforming) ? conforming : null;
}

/** An object of the schema's type with nothing set. */
export function nullObject(schema: Schema): ObjectValue {
  return Object.fromEntries(Object.keys(schemaType(schema).object).map((name) => [name, null]));
}

/** Values are left out of the text, as they may be secret. */
function reportFaults(faults: readonly Fault[], diagnostics: Diagnostics): void {
  for (const { path, text } of faults) {
    const subject = path.length > 0 ? `The attribute ${formatPath(path)}` : "The object";
    diagnostics.addError(
      "Invalid result of the provider",
      `${subject} ${text}. This is a bug in the provider, please report it.`,
      path.length > 0 ? path : undefined,
    );
  }
}
