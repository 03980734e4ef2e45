import type { AttributePath, Diagnostic, Type } from "../../framework";
import type { Partially } from "./protobuf";
import { Severity, type attributePath, type diagnostic, type MessageOf } from "./tfplugin6";

export type DiagnosticMessage = Partially<MessageOf<typeof diagnostic>>;
export type PathMessage = Partially<MessageOf<typeof attributePath>>;
type Step = NonNullable<PathMessage["steps"]>[number];

/** Diagnostics as Terraform reads them. Their paths start from an object of `type`, which decides what each step is. */
export function encodeDiagnostics(diagnostics: readonly Diagnostic[], type: Type): DiagnosticMessage[] {
  return diagnostics.map(({ severity, summary, detail, path }) => ({
    severity: severity === "error" ? Severity.ERROR : Severity.WARNING,
    summary,
    detail,
    attribute: path && encodePath(path, type),
  }));
}

/** A path as far as Terraform can follow it: elements of sets have no address, so a path into one stops at the set. */
export function encodePath(path: AttributePath, type: Type): PathMessage {
  const steps: Step[] = [];
  let here: Type | undefined = type;
  for (const key of path) {
    const next: { readonly step: Step; readonly type: Type | undefined } | undefined = stepInto(here, key);
    if (!next) break;
    steps.push(next.step);
    here = next.type;
  }
  return { steps };
}

/** One step and what it leads to; undefined where Terraform cannot follow. */
function stepInto(type: Type | undefined, key: string | number) {
  if (type === undefined || typeof type === "string") return undefined;
  if (typeof key === "number") {
    const step = { elementKeyInt: key };
    if ("list" in type) return { step, type: type.list };
    return "tuple" in type ? { step, type: type.tuple[key] } : undefined;
  }
  if ("map" in type) return { step: { elementKeyString: key }, type: type.map };
  return "object" in type && Object.hasOwn(type.object, key)
    ? { step: { attributeName: key }, type: type.object[key] }
    : undefined;
}
