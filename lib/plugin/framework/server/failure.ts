import { DiagnosticError, type Diagnostic } from "../diagnostics";

/**
 * Turns whatever provider code threw into a diagnostic. A {@link DiagnosticError} and what the provider can explain are
 * expected; anything else is a bug, unless Terraform has asked to stop. Stacks are left out: users have no use for them.
 */
export function failureDiagnostic(
  failure: unknown,
  summary: string,
  { isStopping, explanation }: { readonly isStopping: boolean; readonly explanation: string | undefined },
): Diagnostic {
  if (failure instanceof DiagnosticError)
    return { severity: "error", summary: failure.summary, detail: failure.detail, path: failure.path };

  if (explanation !== undefined && !isStopping) return { severity: "error", summary, detail: explanation };
  const what = failure instanceof Error ? `${failure.name}: ${failure.message}` : String(failure);
  const detail = isStopping
    ? `Terraform was interrupted, so this was given up (${what}).`
    : `Unexpected error: ${what}\n\nThis is a bug in the provider, please report it.`;
  return { severity: "error", summary, detail };
}
