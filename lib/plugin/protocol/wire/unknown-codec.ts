import { decode, encode, ExtData, type ExtensionCodecType } from "@msgpack/msgpack";
import { UNKNOWN, Unknown, type Refinement } from "../../framework";
import { decodeNumber, encodeNumber } from "./number-codec";

// https://github.com/hashicorp/terraform/blob/main/docs/plugin-protocol/object-wire-format.md
const PLAIN = 0;
const REFINED = 12;

const NULLNESS = 1;
const STRING_PREFIX = 2;
const NUMBER_LOWER = 3;
const NUMBER_UPPER = 4;
const LENGTH_LOWER = 5;
const LENGTH_UPPER = 6;

/** Unknown values as msgpack extensions: any extension read is an unknown value, and type 12 tells its refinements. */
export const unknownCodec: ExtensionCodecType<undefined> = {
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
