import { DiagnosticError } from "../diagnostics";
import type { PrivateState } from "../resource";

/** Private state as Terraform stores it; no bytes when there is nothing to keep. */
export function encodePrivateState(privateState: PrivateState): Uint8Array {
  return Object.keys(privateState).length === 0 ? new Uint8Array() : Buffer.from(JSON.stringify(privateState));
}

export function decodePrivateState(bytes: Uint8Array): PrivateState {
  if (bytes.length === 0) return {};
  const parsed = tryParse(Buffer.from(bytes).toString());
  if (typeof parsed === "object" && parsed !== null) return { ...parsed };
  throw new DiagnosticError(
    "Unable to read private state",
    "The private data that Terraform has stored with this resource is not the JSON object that this provider writes. " +
      "Was the state written by another provider, or by hand?",
  );
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
