import { formatPath, type AttributePath } from "../diagnostics";
import { elementType } from "../equality";
import type { Type } from "../schema";
import type { ObjectValue, Value } from "../value";

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
      if (typeof json === "number") return json;
      if (typeof json === "string" && json.trim() !== "" && Number.isFinite(Number(json))) return Number(json);
      break;
    case "bool":
      if (typeof json === "boolean") return json;
      if (json === "true" || json === "false") return json === "true";
      break;
    case "dynamic":
      return structure(isJsonObject(json) && "type" in json ? json.value : json);
    default:
      if ("map" in type && isJsonObject(json))
        return Object.fromEntries(Object.entries(json).map(([key, member]) => [key, part(key, member)]));

      if ("object" in type && isJsonObject(json)) return objectFromJson(type.object, json, path);
      if (!("map" in type) && !("object" in type) && Array.isArray(json))
        return json.map((element, index) => part(index, element));
  }
  throw new TypeError(`the stored ${formatPath(path) || "state"} does not fit its type ${JSON.stringify(type)}`);
}

/** As {@link valueFromJson}, for the attributes of an object. */
export function objectFromJson(
  attributes: { readonly [name: string]: Type },
  json: Json,
  path: AttributePath = [],
): ObjectValue {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, type]) => [name, valueFromJson(type, json[name], [...path, name])]),
  );
}

/** The value that JSON spells when there is no type to go by. */
function structure(json: unknown): Value {
  if (Array.isArray(json)) return json.map(structure);
  if (isJsonObject(json))
    return Object.fromEntries(Object.entries(json).map(([key, member]) => [key, structure(member)]));

  return typeof json === "string" || typeof json === "number" || typeof json === "boolean" ? json : null;
}

function isJsonObject(json: unknown): json is Json {
  return typeof json === "object" && json !== null && !Array.isArray(json);
}
