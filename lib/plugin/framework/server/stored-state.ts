/*
 * What Terraform stores for a resource: its state as JSON, possibly written with an older schema, and its private state.
 */
import { DiagnosticError, formatPath, type AttributePath } from "../diagnostics";
import type { PrivateState, Resource } from "../resource";
import { schemaType } from "../schema";
import { elementType, mapEntries, type ObjectValue, type Type, type Value } from "../value";

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

type Json = { readonly [key: string]: unknown };

/**
 * Reads a value of a type from the JSON of a stored state. As Terraform itself does, it reads primitives from each
 * other where nothing is lost, and passes over attributes that the type does not have (any more).
 */
export function valueFromJson(type: Type, json: unknown, path: AttributePath = []): Value {
  if (json === undefined || json === null) return null;
  const part = (step: string | number, member: unknown) =>
    valueFromJson(elementType(type, step), member, [...path, step]);
  switch (type) {
    case "string":
      if (typeof json === "string") return json;
      if (typeof json === "number" || typeof json === "boolean") return String(json);
      break;
    case "number":
      if (typeof json === "number" && (!Number.isInteger(json) || Number.isSafeInteger(json))) return json;
      if (typeof json === "string" && json.trim() !== "" && Number.isFinite(Number(json))) return Number(json);
      break;
    case "bool":
      if (typeof json === "boolean") return json;
      if (json === "true" || json === "false") return json === "true";
      break;
    case "dynamic":
      return structure(isJsonObject(json) && "type" in json ? json.value : json);
    default:
      if ("map" in type && isJsonObject(json)) return mapEntries(json, (member, key) => part(key, member));

      if ("object" in type && isJsonObject(json)) return objectFromJson(type.object, json, path);
      if (!("map" in type) && !("object" in type) && Array.isArray(json))
        return json.map((element, index) => part(index, element));
  }
  throw new TypeError(`the stored ${formatPath(path) || "state"} does not fit its type ${JSON.stringify(type)}`);
}

/** As {@link valueFromJson}, for the attributes of an object. */
function objectFromJson(
  attributes: { readonly [name: string]: Type },
  json: Json,
  path: AttributePath = [],
): ObjectValue {
  return mapEntries(attributes, (type, name) => valueFromJson(type, json[name], [...path, name]));
}

/** The value that JSON spells when there is no type to go by. */
function structure(json: unknown): Value {
  if (Array.isArray(json)) return json.map(structure);
  if (isJsonObject(json)) return mapEntries(json, structure);
  return typeof json === "string" || typeof json === "number" || typeof json === "boolean" ? json : null;
}

function isJsonObject(json: unknown): json is Json {
  return typeof json === "object" && json !== null && !Array.isArray(json);
}

/** Private state as Terraform stores it; no bytes when there is nothing to keep. */
export function encodePrivateState(privateState: PrivateState): Uint8Array {
  return Object.keys(privateState).length === 0 ? new Uint8Array() : Buffer.from(JSON.stringify(privateState));
}

/** The reverse of {@link encodePrivateState}. */
export function decodePrivateState(bytes: Uint8Array): PrivateState {
  if (bytes.length === 0) return {};
  const parsed = tryParse(Buffer.from(bytes).toString());
  if (typeof parsed === "object" && parsed !== null) return { ...parsed };
  throw new DiagnosticError(
    "Unable to read private state",
    "The private data that Terraform has stored with this resource is not the JSON object that this provider writes. " +
      "Was the state written by another provider, or by hand?",
  );
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
