import { decode, encode, ExtData, type ExtensionCodecType } from "@msgpack/msgpack";
import {
  DiagnosticError,
  elementType,
  formatPath,
  isObjectValue,
  mapEntries,
  UNKNOWN,
  Unknown,
  type AttributePath,
  type ObjectValue,
  type Refinement,
  type Type,
  type Value,
} from "../../framework";
import { decodeType, encodeType, typeFromJson } from "./schema-codec";
import type { MessageOf, dynamicValue } from "./tfplugin6";

/** A value on the wire: msgpack or, where that is empty, JSON. */
export type DynamicValue = MessageOf<typeof dynamicValue>;

const UNREADABLE = "Unable to read a value";

/** A value of the given type from its msgpack or, failing that, its JSON; an absent value is null. */
export function decodeValue(wire: Partial<DynamicValue> | null, type: Type): Value {
  if (wire?.msgpack?.length) return read(unpack(wire.msgpack), type, []);
  return wire?.json?.length ? read(JSON.parse(Buffer.from(wire.json).toString("utf8")), type, []) : null;
}

/** Its errors have no path: what it refuses is a key of a map, or no msgpack. */
function unpack(bytes: Uint8Array): unknown {
  try {
    return decode(bytes, { extensionCodec: UNKNOWN_CODEC, useBigInt64: true });
  } catch (error) {
    throw new DiagnosticError(UNREADABLE, `A value in it cannot be read: ${(error as Error).message}.`);
  }
}

/** Like {@link decodeValue}, for a value that is an object or null. */
export function decodeObject(wire: DynamicValue | null, type: Type): ObjectValue | null {
  const value = decodeValue(wire, type);
  if (value === null || isObjectValue(value)) return value;
  throw new Error("expected an object");
}

/** A value of the given type as msgpack: equal values give equal bytes, and an attribute that is not set is null. */
export function encodeValue(value: Value, type: Type): { readonly msgpack: Uint8Array } {
  return { msgpack: encode(write(value, type, []), { extensionCodec: UNKNOWN_CODEC }) };
}

/** The value that msgpack's or JSON's decoder gave, checked against its type. */
function read(wire: unknown, type: Type, path: AttributePath): Value {
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
    const names = sorted<unknown>("object" in type ? type.object : entries);
    return mapEntries(names, (_, name) => read(entries[name], elementType(type, name), [...path, name]));
  }
  return elementsOf(wire, type, path).map((element, index) =>
    read(element, elementType(type, index), [...path, index]),
  );
}

/** The value as msgpack's encoder takes it. */
function write(value: Value | undefined, type: Type, path: AttributePath): unknown {
  if (value === null || value === undefined) return null;
  if (value instanceof Unknown) return value;
  if (type === "dynamic") return writeDynamic(value, path);
  if (type === "number") return at(path, () => encodeNumber(typeof value === "number" ? value : NaN));
  if (type === "string" || type === "bool") {
    // Terraform compares text in this form of Unicode.
    if (type === "string" && typeof value === "string") return value.normalize();
    if (type === "bool" && typeof value === "boolean") return value;
    throw mismatch(path, `a ${type}`);
  }
  if ("object" in type || "map" in type) {
    const entries = entriesOf(value, path) as ObjectValue;
    if ("map" in type) return normalizedMap(entries, type.map, path);
    const names = sorted<unknown>(type.object);
    const extra = Object.keys(entries).find((name) => !Object.hasOwn(names, name));
    if (extra !== undefined) throw new Error(`${describe([...path, extra])} is not in the schema`);
    return mapEntries(names, (_, name) => write(entries[name], elementType(type, name), [...path, name]));
  }
  return elementsOf(value, type, path).map((element, index) =>
    write(element as Value, elementType(type, index), [...path, index]),
  );
}

function normalizedMap(entries: ObjectValue, type: Type, path: AttributePath): { [key: string]: unknown } {
  const normalized = Object.entries(entries).map(([key, value]) => [
    key.normalize(),
    write(value, type, [...path, key]),
  ]);
  return sorted(Object.fromEntries(normalized) as { [key: string]: unknown });
}

/** A value whose type travels with it: `[type, value]` in msgpack, `{ type, value }` in JSON. */
function readDynamic(wire: unknown, path: AttributePath): Value {
  if (Array.isArray(wire)) {
    const [type, value] = wire as [Uint8Array | string, unknown];
    return read(value, decodeType(Buffer.from(type)), path);
  }
  const { type, value } = entriesOf(wire, path);
  return read(value, typeFromJson(type), path);
}

function writeDynamic(value: Exclude<Value, null | Unknown>, path: AttributePath): unknown {
  const type = typeOf(value);
  return [Uint8Array.from(encodeType(type)), write(value, type, path)];
}

/** The type of a value that has none: arrays become tuples, and maps objects, as they do in the Terraform language. */
function typeOf(value: Value): Type {
  if (typeof value === "string") return "string";
  if (typeof value === "number") return "number";
  if (typeof value === "boolean") return "bool";
  if (value === null || value instanceof Unknown) return "dynamic";
  return Array.isArray(value) ? { tuple: value.map(typeOf) } : { object: mapEntries(sorted(value), typeOf) };
}

/** The entries in the order of their names, so that equal values have equal bytes. */
function sorted<Entry>(entries: { readonly [name: string]: Entry }): { [name: string]: Entry } {
  return Object.fromEntries(Object.entries(entries).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function entriesOf(value: unknown, path: AttributePath): { readonly [name: string]: unknown } {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as { [name: string]: unknown };
  throw mismatch(path, "an object");
}

function elementsOf(value: unknown, type: Type, path: AttributePath): readonly unknown[] {
  if (!Array.isArray(value)) throw mismatch(path, "a list");
  if (typeof type === "object" && "tuple" in type && value.length > type.tuple.length)
    throw mismatch(path, `a tuple of ${type.tuple.length}`);

  return value;
}

/** Runs a conversion; its error says where it happened. */
function at<T>(path: AttributePath, convert: () => T): T {
  try {
    return convert();
  } catch (error) {
    throw new DiagnosticError(UNREADABLE, `${describe(path)}: ${(error as Error).message}`, path);
  }
}

// Errors name the place and never the value, which may be a secret.
function mismatch(path: AttributePath, expected: string): DiagnosticError {
  return new DiagnosticError(UNREADABLE, `${describe(path)}: expected ${expected}`, path);
}

function describe(path: AttributePath): string {
  return formatPath(path) || "the value";
}

/**
 * A number as Terraform sends it: an integer, a float, or a decimal string where neither is exact.
 *
 * Terraform's numbers have 512 bits and the framework's 53. One that would change on the way is refused, because to
 * Terraform a changed number is a bug of the provider.
 */
export function decodeNumber(wire: unknown): number {
  if (typeof wire === "number") return wire;
  if (typeof wire !== "bigint" && typeof wire !== "string") throw new Error("expected a number");
  const value = Number(wire);
  if (Number.isNaN(value)) throw new Error("expected a number");
  if (significantDigits(String(wire)) !== significantDigits(String(value)))
    throw new Error("the number has more digits than this provider can keep; use one of at most 15 digits");

  return value;
}

/**
 * Fractions go as decimal strings: as a float, 0.1 would reach Terraform as 0.1000000000000000055…, which is not the 0.1
 * that the configuration says.
 */
export function encodeNumber(value: number): number | string {
  if (Number.isNaN(value)) throw new Error("expected a number, got NaN");
  return Number.isSafeInteger(value) || !Number.isFinite(value) ? value : String(value);
}

/** Its digits without sign, point, exponent and outer zeros: the same for equal numbers in any notation. */
function significantDigits(decimal: string): string {
  return decimal
    .replace(/e.*$/i, "")
    .replace(/[-+.]/g, "")
    .replace(/^0+|0+$/g, "");
}

// Unknown values: https://github.com/hashicorp/terraform/blob/main/docs/plugin-protocol/object-wire-format.md
const PLAIN = 0;
const REFINED = 12;

const NULLNESS = 1;
const STRING_PREFIX = 2;
const NUMBER_LOWER = 3;
const NUMBER_UPPER = 4;
const LENGTH_LOWER = 5;
const LENGTH_UPPER = 6;

/** Unknown values are msgpack extensions: any extension read is an unknown value; type 12 carries its refinements. */
const UNKNOWN_CODEC: ExtensionCodecType<undefined> = {
  tryToEncode: (value) => (value instanceof Unknown ? toExtension(value.refinement) : null),
  decode: (payload, type) => (type === REFINED && payload.length > 1 ? new Unknown(fromPayload(payload)) : UNKNOWN),
};

function toExtension(refinement: Refinement): ExtData {
  const entries = toEntries(refinement);
  if (entries.length === 0) return new ExtData(PLAIN, Uint8Array.of(0));
  // The keys are integers, which the msgpack library cannot write from an object.
  const pairs = entries.flatMap(([key, value]) => [Uint8Array.of(key), encode(value)]);
  return new ExtData(REFINED, Buffer.concat([Uint8Array.of(0x80 | entries.length), ...pairs]));
}

/** Only what is known; an unknown value about which nothing is known has no entries. */
function toEntries(refinement: Refinement): [key: number, value: unknown][] {
  const { nullness, stringPrefix, numberLowerBound, numberUpperBound, lengthLowerBound, lengthUpperBound } = refinement;
  const entries: [number, unknown][] = [
    [NULLNESS, nullness && nullness === "null"],
    [STRING_PREFIX, stringPrefix],
    [NUMBER_LOWER, numberLowerBound && [encodeNumber(numberLowerBound.value), numberLowerBound.inclusive]],
    [NUMBER_UPPER, numberUpperBound && [encodeNumber(numberUpperBound.value), numberUpperBound.inclusive]],
    [LENGTH_LOWER, lengthLowerBound],
    [LENGTH_UPPER, lengthUpperBound],
  ];
  return entries.filter(([, value]) => value !== undefined);
}

function fromPayload(payload: Uint8Array): Refinement {
  const entries = decode(payload, { useBigInt64: true }) as { readonly [key: number]: unknown };
  const nullness = entries[NULLNESS];
  const stringPrefix = entries[STRING_PREFIX];
  return {
    ...(typeof nullness === "boolean" && { nullness: nullness ? ("null" as const) : ("not-null" as const) }),
    ...(typeof stringPrefix === "string" && { stringPrefix }),
    ...(NUMBER_LOWER in entries && { numberLowerBound: toBound(entries[NUMBER_LOWER]) }),
    ...(NUMBER_UPPER in entries && { numberUpperBound: toBound(entries[NUMBER_UPPER]) }),
    ...(LENGTH_LOWER in entries && { lengthLowerBound: decodeNumber(entries[LENGTH_LOWER]) }),
    ...(LENGTH_UPPER in entries && { lengthUpperBound: decodeNumber(entries[LENGTH_UPPER]) }),
  };
}

function toBound(wire: unknown): { readonly value: number; readonly inclusive: boolean } {
  const [value, inclusive] = wire as [unknown, boolean];
  return { value: decodeNumber(value), inclusive };
}
