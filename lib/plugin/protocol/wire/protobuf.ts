import { BinaryReader, BinaryWriter, WireType } from "@bufbuild/protobuf/wire";

/** One field of a message: its published number, its wire type, and how its value is read and written. */
export interface FieldSpec<Value> {
  readonly number: number;
  readonly wireType: WireType;
  /** Makes what gathers the value from each occurrence of the field; without any, the value is the default. */
  gather(): { readonly value: Value; read(reader: BinaryReader): void };
  write(writer: BinaryWriter, value: Partially<Value>): void;
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

/** A message of the protocol, described by its fields. Fields that are not described are skipped when read. */
export class MessageType<T extends object> {
  readonly #fields: readonly (readonly [name: string, field: FieldSpec<unknown>])[];

  constructor(fields: Fields) {
    this.#fields = Object.entries(fields);
  }

  /** A field that is not set, or undefined, is not written; an explicit zero is. */
  encode(message: Partially<T>): Buffer {
    const { buffer, byteOffset, byteLength } = this.write(new BinaryWriter(), message).finish();
    return Buffer.from(buffer, byteOffset, byteLength);
  }

  /** Absent fields have their default: empty, zero, false, or null for a message. Throws what the bytes lack. */
  decode(bytes: Uint8Array): T {
    return this.read(new BinaryReader(bytes), bytes.length);
  }

  /** @internal */
  write(writer: BinaryWriter, message: Partially<T>): BinaryWriter {
    const values = message as { readonly [name: string]: unknown };
    for (const [name, field] of this.#fields) {
      const value = values[name];
      if (value !== undefined && value !== null) field.write(writer, value);
    }
    return writer;
  }

  /** @internal */
  read(reader: BinaryReader, length: number): T {
    const gatherings = this.#fields.map(([name, field]) => ({ name, field, gathering: field.gather() }));
    const end = reader.pos + length;
    while (reader.pos < end) {
      const [number, wireType] = reader.tag();
      const found = gatherings.find(({ field }) => field.number === number && field.wireType === wireType);
      if (found) found.gathering.read(reader);
      else reader.skip(wireType, number);
    }
    if (reader.pos > end) throw new RangeError("a message ends within one of its fields");

    return Object.fromEntries(gatherings.map(({ name, gathering }) => [name, gathering.value])) as T;
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
  return single(number, WireType.LengthDelimited, "", {
    read: (reader) => reader.string(true),
    write: (writer, value) => writer.string(value),
  });
}

/** A map of strings. */
export function strings(number: number): FieldSpec<{ readonly [key: string]: string }> {
  return map(number, string(2));
}

/** Bytes as they are; absent, they are empty. */
export function bytes(number: number): FieldSpec<Uint8Array> {
  return single<Uint8Array>(number, WireType.LengthDelimited, new Uint8Array(), {
    read: (reader) => reader.bytes(),
    write: (writer, value) => writer.bytes(value),
  });
}

/** A truth value. */
export function bool(number: number): FieldSpec<boolean> {
  return single<boolean>(number, WireType.Varint, false, {
    read: (reader) => reader.bool(),
    write: (writer, value) => writer.bool(value),
  });
}

/** A signed integer or an enumeration; beyond 2^53 it is not exact. */
export function int64(number: number): FieldSpec<number> {
  return single<number>(number, WireType.Varint, 0, {
    read: (reader) => Number(reader.int64()),
    write: (writer, value) => writer.int64(value),
  });
}

/** A message within the message; absent, it is null. */
export function one<T extends object>(number: number, of: MessageType<T>): FieldSpec<T | null> {
  return within<T | null>(number, of, null);
}

/** A list of messages. */
export function many<T extends object>(number: number, of: MessageType<T>): FieldSpec<readonly T[]> {
  const element = one(number, of);
  return {
    ...element,
    gather() {
      const value: T[] = [];
      return { value, read: (reader) => value.push(of.read(reader, reader.uint32())) };
    },
    write: (writer, messages) => messages.forEach((message) => element.write(writer, message)),
  };
}

/** A map of messages. */
export function byName<T extends object>(
  number: number,
  of: MessageType<T>,
): FieldSpec<{ readonly [name: string]: T }> {
  return map(number, within(2, of, of.decode(new Uint8Array())));
}

/** A field of which the last occurrence counts. */
function single<Value>(
  number: number,
  wireType: WireType,
  absent: Value,
  codec: {
    read(reader: BinaryReader): Value;
    write(writer: BinaryWriter, value: Partially<Value>): void;
  },
): FieldSpec<Value> {
  return {
    number,
    wireType,
    gather() {
      const gathered = { value: absent, read: (reader: BinaryReader) => void (gathered.value = codec.read(reader)) };
      return gathered;
    },
    write: (writer, value) => codec.write(writer.tag(number, wireType), value),
  };
}

function within<T extends object | null>(number: number, of: MessageType<NonNullable<T>>, absent: T): FieldSpec<T> {
  return single<T>(number, WireType.LengthDelimited, absent, {
    read: (reader) => of.read(reader, reader.uint32()),
    write: (writer, value) => of.write(writer.fork(), value as Partially<NonNullable<T>>).join(),
  });
}

/** A map is a list of entries with a key and a value, which has the number 2; of two with the same key the last counts. */
function map<Value>(number: number, value: FieldSpec<Value>): FieldSpec<{ readonly [name: string]: Value }> {
  const entry: MessageType<{ readonly key: string; readonly value: Value }> = message({ key: string(1), value });
  const entries = many(number, entry);
  return {
    ...entries,
    gather() {
      const gathered = entries.gather();
      return {
        // Object.fromEntries keeps a key like "__proto__".
        get value() {
          return Object.fromEntries(gathered.value.map((found) => [found.key, found.value]));
        },
        read: (reader) => gathered.read(reader),
      };
    },
    write: (writer, values) => {
      for (const [key, written] of Object.entries(values)) entries.write(writer, [{ key, value: written }]);
    },
  };
}
