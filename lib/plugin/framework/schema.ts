import type { AttributePath } from "./diagnostics";
import { mapEntries, type Type, type Value } from "./value";

/**
 * A check that needs nothing but the value; it is called with wholly known, non-null values only. Returns the fault as
 * sentences for the user, or undefined.
 */
export type Validator = (value: Value, path: AttributePath) => string | undefined;

export interface Attribute {
  readonly type: Type;
  /** Shown by `terraform providers schema`; it is the documentation. */
  readonly description: string;
  readonly required?: true;
  readonly optional?: true;
  readonly computed?: true;
  /** A computed attribute that is never null in a state, such as an id. For the compiler only: see `ModelOf`. */
  readonly alwaysSet?: true;
  readonly sensitive?: true;
  readonly deprecated?: true;
  /** Taken where the attribute is not set; it makes an attribute optional and, as Terraform sees it, computed. */
  readonly default?: Value;
  /** A change of this attribute replaces the resource. */
  readonly requiresReplace?: true;
  /** On update, a computed attribute keeps its prior value in the plan instead of becoming unknown. */
  readonly useStateForUnknown?: true;
  readonly validators?: readonly Validator[];
}

/** A nested block that may stand once, such as `timeouts`; absent it is null. */
export interface Block {
  readonly description: string;
  readonly attributes: { readonly [name: string]: Attribute };
}

export interface Schema {
  /** Raised when stored state needs upgrading. @default 0 */
  readonly version?: number;
  readonly description: string;
  readonly attributes: { readonly [name: string]: Attribute };
  readonly blocks?: { readonly [name: string]: Block };
}

/** The object type that a schema describes, its blocks among its attributes. */
export function schemaType(schema: Schema): { readonly object: { readonly [name: string]: Type } } {
  const object: { [name: string]: Type } = attributeTypes(schema.attributes);
  for (const [name, block] of Object.entries(schema.blocks ?? {}))
    object[name] = { object: attributeTypes(block.attributes) };

  return { object };
}

function attributeTypes(attributes: { readonly [name: string]: Attribute }): { [name: string]: Type } {
  return mapEntries(attributes, ({ type }) => type);
}
