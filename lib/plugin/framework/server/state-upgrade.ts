import { DiagnosticError } from "../diagnostics";
import type { Resource } from "../resource";
import { schemaType } from "../schema-type";
import { objectFromJson } from "./state-json";
import type { ObjectValue } from "../value";

/** The stored JSON of a resource, possibly of an older version of its schema, as a state of the present one. */
export function upgradeState(
  typeName: string,
  resource: Resource,
  version: number,
  state: { readonly [key: string]: unknown },
): ObjectValue {
  const present = resource.schema.version ?? 0;
  if (version > present) {
    throw new DiagnosticError(
      `Unable to use the state of ${typeName}`,
      `It was written by a newer version of this provider (its schema version is ${version}, this provider knows ` +
        `${present}): use that version of the provider or a later one.`,
    );
  }
  const upgrade = version === present ? undefined : resource.upgradeState?.[version];
  if (version < present && upgrade === undefined) {
    throw new DiagnosticError(
      `Unable to use the state of ${typeName}`,
      `It was written with schema version ${version}, which this provider cannot bring to version ${present}. ` +
        "This is a bug in the provider, please report it.",
    );
  }
  return upgrade ? upgrade({ ...state }) : objectFromJson(schemaType(resource.schema).object, state);
}
