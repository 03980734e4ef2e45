import { mapEntries, type Attribute, type ProviderFunction, type Schema, type Type } from "../../framework";
import {
  NestingMode,
  ObjectNesting,
  StringKind,
  type functionDefinition,
  type MessageOf,
  type schema,
} from "./tfplugin6";
import type { Partially } from "./protobuf";

type TypeJson = string | readonly [string, unknown];

/**
 * A schema as Terraform reads it. An attribute with a default is optional and computed, because Terraform knows no
 * defaults: to it, the provider computes the value.
 */
export function encodeSchema({ version, description, attributes, blocks = {} }: Schema) {
  return {
    version,
    block: {
      version,
      ...markdown(description),
      attributes: encodeAttributes(attributes),
      blockTypes: Object.entries(blocks).map(([typeName, block]) => ({
        typeName,
        nesting: NestingMode.SINGLE,
        block: { ...markdown(block.description), attributes: encodeAttributes(block.attributes) },
      })),
    },
  } satisfies Partially<MessageOf<typeof schema>>;
}

/** A function's signature as Terraform reads it. */
export function encodeFunction({ parameters, returns, summary, description }: ProviderFunction) {
  return {
    parameters: parameters.map(({ name, type, description }) => ({
      name,
      type: encodeType(type),
      ...markdown(description),
    })),
    return: { type: encodeType(returns) },
    summary,
    ...markdown(description),
  } satisfies Partially<MessageOf<typeof functionDefinition>>;
}

function encodeAttributes(attributes: { readonly [name: string]: Attribute }) {
  return Object.entries(attributes).map(([name, attribute]) => ({
    name,
    ...encodeAttributeType(attribute),
    ...markdown(attribute.description),
    required: attribute.required,
    optional: attribute.optional ?? (attribute.default !== undefined ? true : undefined),
    computed: attribute.computed ?? (attribute.default !== undefined ? true : undefined),
    sensitive: attribute.sensitive,
    deprecated: attribute.deprecated,
  }));
}

/** The type alone or, where its objects have descriptions, as nested attributes. */
function encodeAttributeType({ type, members }: Attribute) {
  if (members === undefined) return { type: encodeType(type) };
  const { nesting, object } = nestingOf(type);
  const attributes = Object.entries(object).map(([name, member]) => ({
    name,
    type: encodeType(member),
    ...markdown(members[name] ?? ""),
    computed: true,
  }));
  return { nestedType: { attributes, nesting } };
}

function nestingOf(type: Type): { readonly nesting: number; readonly object: { readonly [name: string]: Type } } {
  if (typeof type === "object") {
    if ("object" in type) return { nesting: ObjectNesting.SINGLE, object: type.object };
    if ("list" in type) return { nesting: ObjectNesting.LIST, object: nestingOf(type.list).object };
    if ("set" in type) return { nesting: ObjectNesting.SET, object: nestingOf(type.set).object };
    if ("map" in type) return { nesting: ObjectNesting.MAP, object: nestingOf(type.map).object };
  }
  throw new Error(`the type ${JSON.stringify(type)} has no objects whose members could be described`);
}

function markdown(description: string) {
  return { description, descriptionKind: StringKind.MARKDOWN };
}

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
  return ["object", mapEntries(type.object, toJson)];
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
      return { object: mapEntries({ ...inner }, typeFromJson) };
  }
  throw new Error(`not a Terraform type: ${JSON.stringify(json)}`);
}
