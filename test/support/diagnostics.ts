import type { Reply } from "../../lib/plugin/framework";

/** The errors of an operation as one text, empty if it went well. */
export function errorsOf({ diagnostics }: Reply): string {
  return diagnostics
    .filter(({ severity }) => severity === "error")
    .map(({ summary, detail }) => `${summary}\n${detail}`)
    .join("\n\n");
}
