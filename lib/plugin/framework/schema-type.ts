import type { Attribute, Schema, Type } from "./schema";

/** The object type that a schema describes, its blocks among its attributes. */
export function schemaType(schema: Schema): { readonly object: { readonly [name: string]: Type } } {
  const object: { [name: string]: Type } = attributeTypes(schema.attributes);
  for (const [name, block] of Object.entries(schema.blocks ?? {}))
    object[name] = { object: attributeTypes(block.attributes) };

  return { object };
}

function attributeTypes(attributes: { readonly [name: string]: Attribute }): { [name: string]: Type } {
  return Object.fromEntries(Object.entries(attributes).map(([name, attribute]) => [name, attribute.type]));
}
