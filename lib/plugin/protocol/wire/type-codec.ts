import type { Type } from "../../framework";

type TypeJson = string | readonly [string, unknown];

/** A type in the JSON that Terraform uses for type constraints: `"string"`, `["list","string"]`, `["object",{…}]`. */
export function encodeType(type: Type): Buffer {
  return Buffer.from(JSON.stringify(toJson(type)));
}

/** The reverse of {@link encodeType}. */
export function decodeType(bytes: Uint8Array): Type {
  return typeFromJson(JSON.parse(Buffer.from(bytes).toString("utf8")));
}

function toJson(type: Type): TypeJson {
  if (typeof type === "string") return type;
  if ("list" in type) return ["list", toJson(type.list)];
  if ("set" in type) return ["set", toJson(type.set)];
  if ("map" in type) return ["map", toJson(type.map)];
  if ("tuple" in type) return ["tuple", type.tuple.map(toJson)];
  return ["object", Object.fromEntries(Object.entries(type.object).map(([name, inner]) => [name, toJson(inner)]))];
}

/** A type from its parsed JSON. */
export function typeFromJson(json: unknown): Type {
  if (json === "string" || json === "number" || json === "bool" || json === "dynamic") return json;
  if (Array.isArray(json)) {
    const [kind, inner] = json as unknown[];
    if (kind === "list") return { list: typeFromJson(inner) };
    if (kind === "set") return { set: typeFromJson(inner) };
    if (kind === "map") return { map: typeFromJson(inner) };
    if (kind === "tuple" && Array.isArray(inner)) return { tuple: inner.map(typeFromJson) };
    if (kind === "object" && typeof inner === "object" && inner !== null)
      return { object: Object.fromEntries(Object.entries(inner).map(([name, type]) => [name, typeFromJson(type)])) };
  }
  throw new Error(`not a Terraform type: ${JSON.stringify(json)}`);
}
