import { DiagnosticError } from "../diagnostics";
import type { Schema } from "../schema";
import { schemaType } from "../schema";
import { mapEntries, type ObjectValue } from "../value";
import { valueFromJson } from "./stored-state";

const SUMMARY = "Unable to read the import id";

/** What an import id that is a JSON object says. */
export interface GivenArguments {
  /** The argument that names the object. */
  readonly id: string;
  readonly values: ObjectValue;
}

/** The arguments in an import id that is a JSON object; undefined for any other id, which names the object itself. */
export function argumentsInImportId(schema: Schema, importedBy: string, id: string): GivenArguments | undefined {
  if (!id.trimStart().startsWith("{")) return undefined;
  const json = parse(id);
  const { object: types } = schemaType(schema);
  const allowed = Object.keys(types).filter((name) => name === importedBy || isGivable(schema, name));
  const values = mapEntries(json, (value, name) => {
    const type = allowed.includes(name) ? types[name] : undefined;
    if (type === undefined)
      throw new DiagnosticError(SUMMARY, `It has ${JSON.stringify(name)}; it can have ${allowed.join(", ")}.`);
    try {
      return valueFromJson(type, value);
    } catch {
      throw new DiagnosticError(SUMMARY, `Its ${name} does not fit the type ${JSON.stringify(type)}.`);
    }
  });
  const { [importedBy]: named } = values;
  if (typeof named === "string") return { id: named, values };
  throw new DiagnosticError(SUMMARY, `It is a JSON object of arguments without ${importedBy}: add that.`);
}

function parse(id: string): { readonly [name: string]: unknown } {
  try {
    return JSON.parse(id) as { readonly [name: string]: unknown };
  } catch {
    throw new DiagnosticError(
      SUMMARY,
      "It begins as a JSON object of arguments, and is not readable as one. In HCL, write it with jsonencode({ … }).",
    );
  }
}

/** What a configuration can say, and the id. Terraform prints import ids, so that nothing secret can be among them. */
function isGivable(schema: Schema, name: string): boolean {
  const attribute = schema.attributes[name];
  if (attribute === undefined) return true;
  const isArgument = attribute.required ?? attribute.optional ?? attribute.default !== undefined;
  return !attribute.sensitive && (isArgument || name === "id");
}
