import type { CallReply } from "./server/calls";
import { conform } from "./server/conformity";
import { formatPath } from "./diagnostics";
import type { Fault } from "./server/fault";
import type { Type } from "./schema";
import type { Value } from "./value";

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

/** Calls a function by name; whatever goes wrong is the reply's error. */
export function callFunction(
  functions: { readonly [name: string]: ProviderFunction },
  name: string,
  args: readonly Value[],
): CallReply {
  const called = Object.hasOwn(functions, name) ? functions[name] : undefined;
  if (called === undefined) return { error: { text: `The provider has no function "${name}".` } };
  try {
    const faults: Fault[] = [];
    const result = conform(called.returns, called.call(...args), "keep", faults);
    const [fault] = faults;
    if (fault === undefined) return { result };
    const subject = formatPath(fault.path) || "the result";
    return { error: { text: `${name}: ${subject} ${fault.text}. This is a bug in the provider, please report it.` } };
  } catch (failure) {
    const text = failure instanceof Error ? failure.message : String(failure);
    return { error: failure instanceof FunctionArgumentError ? { text, argument: failure.argument } : { text } };
  }
}
