import type { Diagnostics } from "./diagnostics";
import type { Model } from "./model";
import type { PrivateState } from "./resource";
import type { ObjectValue } from "./value";

/** Something that lives only while a Terraform command runs, and stands in no state and no plan. */
export interface EphemeralResource<Data = unknown, M extends Model = Model> {
  readonly schema: M["schema"];
  /** Checks beyond the schema's, without network; values may be unknown. */
  validateConfig?(request: { config: ObjectValue }, diagnostics: Diagnostics): void | Promise<void>;
  /** Sets `response.result`. Called in every plan and every apply, so what it makes must be cheap or be closed. */
  open(
    request: { readonly providerData: Data; readonly signal: AbortSignal; readonly config: M["state"] },
    response: { result: ObjectValue | null; privateState: PrivateState; readonly diagnostics: Diagnostics },
  ): Promise<void>;
  /** Takes back what `open` made, with the private state that it set. Absent where there is nothing to take back. */
  close?(
    request: { readonly providerData: Data; readonly signal: AbortSignal; readonly privateState: PrivateState },
    diagnostics: Diagnostics,
  ): Promise<void>;
}
