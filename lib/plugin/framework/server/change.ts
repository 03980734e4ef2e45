import { DiagnosticError } from "../diagnostics";
import type { CreateRequest, Resource, StateResponse } from "../resource";
import type { ObjectValue } from "../value";

/** A change of one resource, with what its operation needs. */
export type ResourceChange =
  | { readonly operation: "create"; readonly config: ObjectValue; readonly plan: ObjectValue }
  | {
      readonly operation: "update";
      readonly config: ObjectValue;
      readonly plan: ObjectValue;
      readonly state: ObjectValue;
    }
  | { readonly operation: "delete"; readonly state: ObjectValue };

/** The change that Terraform means by what it leaves null; undefined if there was nothing and shall be nothing. */
export function resourceChange(
  state: ObjectValue | null,
  plan: ObjectValue | null,
  config: ObjectValue | null,
): ResourceChange | undefined {
  if (plan === null) return state === null ? undefined : { operation: "delete", state };
  const wanted = { plan, config: config ?? {} };
  return state === null ? { operation: "create", ...wanted } : { operation: "update", ...wanted, state };
}

/** Carries out a change. The outcome is in `response`, even if this throws. */
export async function applyChange(
  typeName: string,
  resource: Resource,
  change: ResourceChange,
  context: Omit<CreateRequest<unknown>, "config" | "plan">,
  response: StateResponse,
): Promise<void> {
  switch (change.operation) {
    case "create":
      return resource.create({ ...context, config: change.config, plan: change.plan }, response);
    case "update":
      if (resource.update) {
        const { config, plan, state } = change;
        return resource.update({ ...context, config, plan, state }, response);
      }
      throw new DiagnosticError(
        `Unable to update ${typeName}`,
        "This type has no update in place; every change should have been planned as a replacement. " +
          "This is a bug in the provider, please report it.",
      );
    case "delete":
      await resource.delete({ ...context, state: change.state }, response);
      if (!response.diagnostics.hasErrors) response.state = null;
  }
}
