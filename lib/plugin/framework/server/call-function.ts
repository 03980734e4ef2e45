import { formatPath } from "../diagnostics";
import { FunctionArgumentError, type ProviderFunction } from "../provider-function";
import type { Value } from "../value";
import type { FunctionReply } from "./calls";
import { conform, type ContractViolation } from "./conformity";

/** Calls a function by name. Never throws: whatever goes wrong is the reply's error. */
export function callFunction(
  functions: { readonly [name: string]: ProviderFunction },
  name: string,
  args: readonly Value[],
): FunctionReply {
  const called = Object.hasOwn(functions, name) ? functions[name] : undefined;
  if (called === undefined) return { error: { text: `The provider has no function "${name}"` } };
  try {
    const violations: ContractViolation[] = [];
    const result = conform(called.returns, called.call(...args), "keep", violations);
    const [violation] = violations;
    if (violation === undefined) return { result };
    const subject = formatPath(violation.path) || "the result";
    return {
      error: { text: `${name}: ${subject} ${violation.text}. This is a bug in the provider, please report it` },
    };
  } catch (failure) {
    // Terraform writes a full stop behind it.
    const text = (failure instanceof Error ? failure.message : String(failure)).replace(/\.$/, "");
    return { error: failure instanceof FunctionArgumentError ? { text, argument: failure.argument } : { text } };
  }
}
