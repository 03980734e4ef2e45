import { decode, encode } from "@msgpack/msgpack";
import { isObjectValue, Unknown, type ObjectValue, type Type, type Value } from "../../framework";
import { decodeNumber, encodeNumber } from "./number-codec";
import type { MessageOf, dynamicValue } from "./tfplugin6";
import { decodeType, encodeType, typeFromJson } from "./type-codec";
import { unknownCodec } from "./unknown-codec";

type DynamicValue = MessageOf<typeof dynamicValue>;
type Path = readonly (string | number)[];

/** A value of the given type from its msgpack or, failing that, its JSON; an absent value is null. */
export function decodeValue(wire: Partial<DynamicValue> | null, type: Type): Value {
  if (wire?.msgpack?.length)
    return read(decode(wire.msgpack, { extensionCodec: unknownCodec, useBigInt64: true }), type, []);

  return wire?.json?.length ? read(JSON.parse(Buffer.from(wire.json).toString("utf8")), type, []) : null;
}

/** Like {@link decodeValue}, for a value that is an object or null. */
export function decodeObject(wire: DynamicValue | null, type: Type): ObjectValue | null {
  const value = decodeValue(wire, type);
  if (value === null || isObjectValue(value)) return value;
  throw new Error("expected an object");
}

/** A value of the given type as msgpack: equal values give equal bytes, and an attribute that is not set is null. */
export function encodeValue(value: Value, type: Type): { readonly msgpack: Uint8Array } {
  return { msgpack: encode(write(value, type, []), { extensionCodec: unknownCodec }) };
}

function read(wire: unknown, type: Type, path: Path): Value {
  if (wire === null || wire === undefined) return null;
  if (wire instanceof Unknown) return wire;
  if (type === "dynamic") return readDynamic(wire, path);
  if (type === "number") return at(path, () => decodeNumber(wire));
  if (type === "string" || type === "bool") {
    if (typeof wire === (type === "bool" ? "boolean" : "string")) return wire as string | boolean;
    throw mismatch(path, `a ${type}`);
  }
  if ("object" in type || "map" in type) {
    const entries = entriesOf(wire, path);
    const types = "object" in type ? type.object : mapTypes(entries, type.map);
    return mapEntries(types, (inner, name) => read(entries[name], inner, [...path, name]));
  }
  return elementsOf(wire, path).map((element, index) =>
    read(element, elementType(type, index, path), [...path, index]),
  );
}

function write(value: Value | undefined, type: Type, path: Path): unknown {
  if (value === null || value === undefined) return null;
  if (value instanceof Unknown) return value;
  if (type === "dynamic") return writeDynamic(value, path);
  if (type === "number") return at(path, () => encodeNumber(typeof value === "number" ? value : NaN));
  if (type === "string" || type === "bool") {
    if (typeof value === (type === "bool" ? "boolean" : "string")) return value;
    throw mismatch(path, `a ${type}`);
  }
  if ("object" in type || "map" in type) {
    const entries = entriesOf(value, path) as ObjectValue;
    const types = "object" in type ? type.object : mapTypes(entries, type.map);
    const stranger = Object.keys(entries).find((name) => !Object.hasOwn(types, name));
    if (stranger !== undefined) throw new Error(`${describe([...path, stranger])} is not in the schema`);
    return mapEntries(types, (inner, name) => write(entries[name], inner, [...path, name]));
  }
  return elementsOf(value, path).map((element, index) =>
    write(element as Value, elementType(type, index, path), [...path, index]),
  );
}

/** A value whose type travels with it: `[type, value]` in msgpack, `{ type, value }` in JSON. */
function readDynamic(wire: unknown, path: Path): Value {
  if (Array.isArray(wire)) {
    const [type, value] = wire as [Uint8Array | string, unknown];
    return read(value, decodeType(Buffer.from(type)), path);
  }
  const { type, value } = entriesOf(wire, path);
  return read(value, typeFromJson(type), path);
}

function writeDynamic(value: Exclude<Value, null | Unknown>, path: Path): unknown {
  const type = typeOf(value);
  return [Uint8Array.from(encodeType(type)), write(value, type, path)];
}

/** The type of a value that has none: arrays become tuples, and maps objects, as they do in the Terraform language. */
function typeOf(value: Value): Type {
  if (typeof value === "string") return "string";
  if (typeof value === "number") return "number";
  if (typeof value === "boolean") return "bool";
  if (value === null || value instanceof Unknown) return "dynamic";
  return Array.isArray(value) ? { tuple: value.map(typeOf) } : { object: mapEntries(value, typeOf) };
}

function mapTypes(entries: { readonly [key: string]: unknown }, element: Type): { readonly [key: string]: Type } {
  return mapEntries(entries, () => element);
}

/** In the order of the names, so that equal values have equal bytes. */
function mapEntries<From, To>(
  entries: { readonly [name: string]: From },
  convert: (value: From, name: string) => To,
): { [name: string]: To } {
  const sorted = Object.entries(entries).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(sorted.map(([name, value]) => [name, convert(value, name)]));
}

function elementType(type: Exclude<Type, string | { object: unknown } | { map: unknown }>, index: number, path: Path) {
  if ("list" in type) return type.list;
  if ("set" in type) return type.set;
  const inner = type.tuple[index];
  if (inner === undefined) throw mismatch(path, `a tuple of ${type.tuple.length}`);
  return inner;
}

function entriesOf(value: unknown, path: Path): { readonly [name: string]: unknown } {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as { [name: string]: unknown };
  throw mismatch(path, "an object");
}

function elementsOf(value: unknown, path: Path): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw mismatch(path, "a list");
}

function at<T>(path: Path, convert: () => T): T {
  try {
    return convert();
  } catch (error) {
    throw new Error(`${describe(path)}: ${(error as Error).message}`, { cause: error });
  }
}

// Errors name the place and never the value, which may be a secret.
function mismatch(path: Path, expected: string): Error {
  return new Error(`${describe(path)}: expected ${expected}`);
}

function describe(path: Path): string {
  return path.length === 0 ? "the value" : path.join(".");
}
