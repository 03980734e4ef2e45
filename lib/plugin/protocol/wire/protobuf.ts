import { Field, MapField, Root, Type } from "protobufjs/light";

declare const valueType: unique symbol;

/** One field of a message: its published number, its wire type, and (for the compiler only) the type of its value. */
export interface FieldSpec<Value> {
  readonly number: number;
  readonly type: string;
  readonly rule?: "repeated" | "map";
  readonly [valueType]?: Value;
}

/** The fields of a message by name; names are ours to choose, as only numbers are on the wire. */
type Fields = { readonly [name: string]: FieldSpec<unknown> };
type Holding<F extends Fields> = { readonly [Name in keyof F]: F[Name] extends FieldSpec<infer Value> ? Value : never };

/** A message to be written: any field may be left out, and is then read as its default. */
export type Partially<T> = T extends Uint8Array
  ? T
  : T extends readonly (infer Element)[]
    ? readonly Partially<Element>[]
    : T extends object
      ? { readonly [Name in keyof T]?: Partially<T[Name]> }
      : T;

const root = new Root();

/** A message of the protocol, described by its fields. Unknown fields are skipped when read. */
export class MessageType<T extends object> {
  /** @internal */
  readonly reflected: Type;

  constructor(fields: Fields) {
    this.reflected = new Type(`Message${root.nestedArray.length}`);
    for (const [name, { number, type, rule }] of Object.entries(fields)) {
      this.reflected.add(
        rule === "map" ? new MapField(name, number, "string", type) : new Field(name, number, type, rule),
      );
    }
    root.add(this.reflected);
  }

  /** A field that is not set, or undefined, is not written; an explicit zero is. */
  encode(message: Partially<T>): Buffer {
    return Buffer.from(this.reflected.encode(message as { [name: string]: unknown }).finish());
  }

  /** Absent fields have their default: empty, zero, false, or null for a message. */
  decode(bytes: Uint8Array): T {
    return this.reflected.toObject(this.reflected.decode(bytes), { defaults: true, longs: Number }) as T;
  }
}

/**
 * Describes a message. The type of its content follows from its fields.
 *
 * @example message({ typeName: string(1), config: one(2, dynamicValue) })
 */
export function message<F extends Fields>(fields: F): MessageType<Holding<F>> {
  return new MessageType(fields);
}

/** Text. */
export function string(number: number): FieldSpec<string> {
  return { number, type: "string" };
}

/** A map of strings. */
export function strings(number: number): FieldSpec<{ readonly [key: string]: string }> {
  return { number, type: "string", rule: "map" };
}

/** Bytes as they are; absent, they are empty. */
export function bytes(number: number): FieldSpec<Uint8Array> {
  return { number, type: "bytes" };
}

/** A truth value. */
export function bool(number: number): FieldSpec<boolean> {
  return { number, type: "bool" };
}

/** A signed integer or an enumeration; beyond 2^53 it is not exact. */
export function int64(number: number): FieldSpec<number> {
  return { number, type: "int64" };
}

/** A message within the message. */
export function one<T extends object>(number: number, of: MessageType<T>): FieldSpec<T | null> {
  return { number, type: of.reflected.name };
}

/** A list of messages. */
export function many<T extends object>(number: number, of: MessageType<T>): FieldSpec<readonly T[]> {
  return { number, type: of.reflected.name, rule: "repeated" };
}

/** A map of messages. */
export function byName<T extends object>(
  number: number,
  of: MessageType<T>,
): FieldSpec<{ readonly [name: string]: T }> {
  return { number, type: of.reflected.name, rule: "map" };
}
