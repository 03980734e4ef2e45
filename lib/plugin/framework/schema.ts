import type { AttributePath } from "./diagnostics";
import { mapEntries, type Type, type Value } from "./value";

/**
 * A check that needs nothing but the value; it is called with wholly known, non-null values only. Returns what is wrong,
 * in sentences for the user, or undefined.
 */
export type Validator = (value: Value, path: AttributePath) => string | undefined;

/** One argument or result of a type. It is `required`, `optional` or `computed`, or `optional` and `computed`. */
export interface Attribute {
  readonly type: Type;
  /** Shown by `terraform providers schema`; it is the documentation, in Markdown. */
  readonly description: string;
  /**
   * What each attribute means of the objects that a computed attribute holds: alone, or in a list, set or map. Terraform then
   * shows them as nested attributes.
   */
  readonly members?: { readonly [name: string]: string };
  readonly required?: true;
  readonly optional?: true;
  /** The provider decides on the value; with `optional`, only where the user does not. */
  readonly computed?: true;
  /** A computed attribute that is never null in a state, such as an id. For the compiler only: see `ModelOf`. */
  readonly alwaysSet?: true;
  /** Terraform hides the value in its output. It is in the state all the same. */
  readonly sensitive?: true;
  /** Whoever sets it gets a warning with the description, which should say what to use instead. */
  readonly deprecated?: true;
  /** The value where the attribute is not set; it makes an attribute optional and, as Terraform sees it, computed. */
  readonly default?: Value;
  /** A change of this attribute replaces the resource. */
  readonly requiresReplace?: true;
  /** On update, a computed attribute keeps its prior value in the plan instead of becoming unknown. */
  readonly useStateForUnknown?: true;
  /** All of them are applied, so that users see everything that is wrong at once. */
  readonly validators?: readonly Validator[];
}

/** A nested block that may stand once, such as `timeouts`; its value is an object, or null where it is absent. */
export interface Block {
  readonly description: string;
  readonly attributes: { readonly [name: string]: Attribute };
}

/**
 * The arguments and results of a provider or one of its types.
 *
 * @example
 * const SCHEMA = {
 *   description: "A box.",
 *   attributes: {
 *     id: { type: "string", description: "Given by the store.", computed: true, useStateForUnknown: true },
 *     name: { type: "string", description: "Its name.", required: true, requiresReplace: true },
 *     size: { type: "number", description: "Its size.", default: 1, validators: [wholeNumber({ atLeast: 1 })] },
 *   },
 *   blocks: { timeouts: timeoutsBlock({ create: "10m" }) },
 * } satisfies Schema;
 */
export interface Schema {
  /** Raised when stored state needs upgrading. @default 0 */
  readonly version?: number;
  /** Shown by `terraform providers schema`; it is the documentation, in Markdown. */
  readonly description: string;
  readonly attributes: { readonly [name: string]: Attribute };
  readonly blocks?: { readonly [name: string]: Block };
}

/** The object type that a schema describes; a block is an attribute of it. */
export function schemaType(schema: Schema): { readonly object: { readonly [name: string]: Type } } {
  const object: { [name: string]: Type } = attributeTypes(schema.attributes);
  for (const [name, block] of Object.entries(schema.blocks ?? {}))
    object[name] = { object: attributeTypes(block.attributes) };

  return { object };
}

function attributeTypes(attributes: { readonly [name: string]: Attribute }): { [name: string]: Type } {
  return mapEntries(attributes, ({ type }) => type);
}
