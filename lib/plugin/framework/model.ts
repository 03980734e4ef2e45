import type { Attribute, Schema } from "./schema";
import type { ObjectValue, Type, Unknown, Value } from "./value";

/** What values of a Terraform type look like in TypeScript. */
export type ValueOf<T extends Type> = Type extends T
  ? Value
  : T extends "string"
    ? string
    : T extends "number"
      ? number
      : T extends "bool"
        ? boolean
        : T extends { readonly list: infer Element extends Type } | { readonly set: infer Element extends Type }
          ? ValueOf<Element>[]
          : T extends { readonly map: infer Element extends Type }
            ? { [key: string]: ValueOf<Element> }
            : T extends { readonly object: infer Members extends { readonly [name: string]: Type } }
              ? { [Name in keyof Members]: ValueOf<Members[Name]> | null }
              : Value;

type Attributes = { readonly [name: string]: Attribute };

/** What an attribute holds when it has a value, null where nothing says that it always has one. */
type Holds<A extends Attribute> = A extends { readonly required: true } | { readonly alwaysSet: true }
  ? ValueOf<A["type"]>
  : A extends { readonly default: infer Default }
    ? undefined extends Default
      ? ValueOf<A["type"]> | null
      : ValueOf<A["type"]>
    : ValueOf<A["type"]> | null;

type Holding<A extends Attributes, Computed> = string extends keyof A
  ? ObjectValue
  : { [Name in keyof A]: Holds<A[Name]> | (A[Name] extends { readonly computed: true } ? Computed : never) };

type WithBlocks<S extends Schema, Computed> = Holding<S["attributes"], Computed> &
  (S["blocks"] extends infer Blocks extends NonNullable<Schema["blocks"]>
    ? { [Name in keyof Blocks]: Holding<Blocks[Name]["attributes"], Computed> | null }
    : unknown);

/** What plans and states hold, and the schema that says so. */
export interface Model {
  readonly schema: Schema;
  /** Between an import and the read that follows it, what the import left out is null, whatever the type says. */
  readonly state: ObjectValue;
  readonly plan: ObjectValue;
}

/**
 * The model that a schema describes: defaults are filled in, what may be unset may be null, and in a plan what is
 * computed may be unknown.
 *
 * Write the schema with `satisfies Schema`, so that the compiler keeps its words.
 */
export interface ModelOf<S extends Schema> {
  readonly schema: S;
  readonly state: WithBlocks<S, never>;
  readonly plan: WithBlocks<S, Unknown>;
}
