import {
  DiagnosticError,
  schemaType,
  type AttributePath,
  type Diagnostic,
  type ObjectValue,
  type Schema,
  type Type,
} from "../../framework";
import { encodeDiagnostics, encodePath, type DiagnosticMessage, type PathMessage } from "./diagnostic-codec";
import { decodeObject, encodeValue, type DynamicValue } from "./value-codec";

/** Translates what calls about one type carry: its objects, and the diagnostics and paths that point into them. */
export interface ObjectCodec {
  readonly decode: (wire: DynamicValue | null) => ObjectValue | null;
  /** Like `decode`, where the protocol promises an object. */
  readonly decodeExisting: (wire: DynamicValue | null) => ObjectValue;
  readonly encode: (value: ObjectValue | null) => { readonly msgpack: Uint8Array };
  readonly diagnostics: (list: readonly Diagnostic[]) => DiagnosticMessage[];
  readonly paths: (list: readonly AttributePath[]) => PathMessage[];
}

/** A call that is answered by diagnostics alone, since what it carries cannot be read. */
export class UnreadableCall extends Error {
  override readonly name = "UnreadableCall" as const;
  readonly diagnostics: DiagnosticMessage[];

  /** The error's path starts from an object of the type. */
  constructor(error: DiagnosticError, type: Type = "dynamic") {
    super(error.message);
    const { summary, detail, path } = error;
    this.diagnostics = encodeDiagnostics([{ severity: "error", summary, detail, path }], type);
  }
}

function readable(wire: DynamicValue | null, type: Type): ObjectValue | null {
  try {
    return decodeObject(wire, type);
  } catch (error) {
    throw error instanceof DiagnosticError ? new UnreadableCall(error, type) : error;
  }
}

/** The codec for the objects that a schema describes. */
export function objectCodec(schema: Schema): ObjectCodec {
  const type = schemaType(schema);
  return {
    decode: (wire) => readable(wire, type),
    decodeExisting: (wire) => {
      const object = readable(wire, type);
      if (object === null) throw new Error("Terraform sent no object where there must be one");
      return object;
    },
    encode: (value) => encodeValue(value, type),
    diagnostics: (list) => encodeDiagnostics(list, type),
    paths: (list) => list.map((path) => encodePath(path, type)),
  };
}
