/**
 * A Terraform value, decoded: `null`, an {@link Unknown}, a primitive, a list (Terraform's lists, sets and tuples),
 * or an object (Terraform's maps and objects).
 */
export type Value = null | boolean | number | string | Unknown | Value[] | ObjectValue;

/** A Terraform object or map; an object has every attribute of its type, absent ones as `null`. */
export interface ObjectValue {
  [attribute: string]: Value;
}

/** What is already known of a value that is not: Terraform's refinements. */
export interface Refinement {
  readonly nullness?: "null" | "not-null";
  readonly stringPrefix?: string;
  readonly numberLowerBound?: { readonly value: number; readonly inclusive: boolean };
  readonly numberUpperBound?: { readonly value: number; readonly inclusive: boolean };
  readonly lengthLowerBound?: number;
  readonly lengthUpperBound?: number;
}

/** A value that Terraform learns only at apply. */
export class Unknown {
  constructor(readonly refinement: Refinement = {}) {}
}

export const UNKNOWN = new Unknown();
