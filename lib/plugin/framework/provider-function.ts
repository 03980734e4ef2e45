import type { Type, Value } from "./value";

/** Thrown by a function for a fault of one of its arguments (counted from 0). */
export class FunctionArgumentError extends Error {
  override readonly name = "FunctionArgumentError" as const;
  constructor(
    readonly argument: number,
    message: string,
  ) {
    super(message);
  }
}

/** A pure function that configurations call as `provider::name::function(...)`. */
export interface ProviderFunction {
  readonly summary: string;
  readonly description: string;
  readonly parameters: readonly { readonly name: string; readonly type: Type; readonly description: string }[];
  readonly returns: Type;
  /** Called with known, non-null arguments only. */
  call(...args: Value[]): Value;
}
