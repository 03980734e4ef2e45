import { schemaType, type AttributePath, type Diagnostic, type ObjectValue, type Schema } from "../../framework";
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

/** The codec for the objects that a schema describes. */
export function objectCodec(schema: Schema): ObjectCodec {
  const type = schemaType(schema);
  return {
    decode: (wire) => decodeObject(wire, type),
    decodeExisting: (wire) => {
      const object = decodeObject(wire, type);
      if (object === null) throw new Error("Terraform sent no object where there must be one");
      return object;
    },
    encode: (value) => encodeValue(value, type),
    diagnostics: (list) => encodeDiagnostics(list, type),
    paths: (list) => list.map((path) => encodePath(path, type)),
  };
}
