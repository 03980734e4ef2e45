import type { Type, Value } from "./value";

/** Thrown by a function when one of its arguments (counted from 0) is wrong; Terraform points its user there. */
export class FunctionArgumentError extends Error {
  override readonly name = "FunctionArgumentError" as const;
  constructor(
    readonly argument: number,
    message: string,
  ) {
    super(message);
  }
}

/**
 * A pure function that configurations call as `provider::name::function(...)`.
 *
 * @example
 * const half: ProviderFunction = {
 *   summary: "Half of a number",
 *   description: "Divides a number by two.",
 *   parameters: [{ name: "number", type: "number", description: "The number." }],
 *   returns: "number",
 *   call: (number) => Number(number) / 2,
 * };
 */
export interface ProviderFunction {
  /** A few words; the description says the rest. Both are the documentation. */
  readonly summary: string;
  readonly description: string;
  readonly parameters: readonly { readonly name: string; readonly type: Type; readonly description: string }[];
  readonly returns: Type;
  /** Called with known, non-null arguments only. Equal arguments must give equal results: Terraform checks it. */
  call(...args: Value[]): Value;
}
