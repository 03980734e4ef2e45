import type { Schema } from "../schema";
import { mapAttributes, valueAt } from "./schema-walk";
import { copyValue, type ObjectValue } from "../value";

/** `target` with the schema's defaults where `config` sets nothing. */
export function withDefaults(schema: Schema, config: ObjectValue, target: ObjectValue = config): ObjectValue {
  return mapAttributes(schema, target, ({ attribute, path }, value) =>
    attribute.default !== undefined && valueAt(config, path) === null ? copyValue(attribute.default) : copyValue(value),
  );
}
