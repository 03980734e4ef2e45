import type { Diagnostics } from "./diagnostics";
import type { PrivateState } from "./resource";
import type { Schema } from "./schema";
import type { ObjectValue } from "./value";

/** Something that lives only while a Terraform command runs, and stands in no state and no plan. */
export interface EphemeralResource<Data = unknown> {
  readonly schema: Schema;
  validateConfig?(request: { config: ObjectValue }, diagnostics: Diagnostics): void | Promise<void>;
  /** Sets `response.result`. Runs in plan and in apply. */
  open(
    request: { readonly providerData: Data; readonly signal: AbortSignal; readonly config: ObjectValue },
    response: { result: ObjectValue | null; privateState: PrivateState; readonly diagnostics: Diagnostics },
  ): Promise<void>;
  close?(
    request: { readonly providerData: Data; readonly signal: AbortSignal; readonly privateState: PrivateState },
    diagnostics: Diagnostics,
  ): Promise<void>;
}
