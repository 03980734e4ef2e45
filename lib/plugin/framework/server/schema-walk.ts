import type { AttributePath } from "../diagnostics";
import type { Attribute, Schema } from "../schema";
import { copyValue, isObjectValue, isUnknown, type ObjectValue, type Value } from "../value";

/** An attribute of a schema and where it stands: at the top, or in a block. */
export interface AttributeSite {
  readonly path: AttributePath;
  readonly attribute: Attribute;
}

/** Every attribute of a schema with its path, those of blocks included. */
export function attributeSites(schema: Schema): AttributeSite[] {
  const sites = ([name, attribute]: [string, Attribute], parents: AttributePath) => ({
    path: [...parents, name],
    attribute,
  });
  return [
    ...Object.entries(schema.attributes).map((entry) => sites(entry, [])),
    ...Object.entries(schema.blocks ?? {}).flatMap(([name, block]) =>
      Object.entries(block.attributes).map((entry) => sites(entry, [name])),
    ),
  ];
}

/** The value at a path: null below what is null, and unknown below what is unknown. */
export function valueAt(root: Value, path: AttributePath): Value {
  let value = root;
  for (const step of path) {
    if (isUnknown(value)) return value;
    value = isObjectValue(value) ? (value[step] ?? null) : null;
  }
  return value;
}

/** Whether the object has the block that the attribute belongs to. */
export function hasSite(object: ObjectValue, { path }: AttributeSite): boolean {
  return isObjectValue(valueAt(object, path.slice(0, -1)));
}

/** A new object with each attribute replaced; blocks that are null or unknown stay so. */
export function mapAttributes(
  schema: Schema,
  object: ObjectValue,
  replace: (site: AttributeSite, value: Value) => Value,
): ObjectValue {
  const result: ObjectValue = {};
  for (const name of Object.keys(schema.blocks ?? {})) {
    const block = object[name] ?? null;
    result[name] = isObjectValue(block) ? { ...block } : block;
  }
  for (const site of attributeSites(schema)) {
    const parent = valueAt(result, site.path.slice(0, -1));
    if (!isObjectValue(parent)) continue;
    parent[String(site.path.at(-1))] = replace(site, valueAt(object, site.path));
  }
  return result;
}

/** `target` with the schema's defaults where `config` sets nothing. */
export function withDefaults(schema: Schema, config: ObjectValue, target: ObjectValue = config): ObjectValue {
  return mapAttributes(schema, target, ({ attribute, path }, value) =>
    attribute.default !== undefined && valueAt(config, path) === null ? copyValue(attribute.default) : copyValue(value),
  );
}
