import type { Diagnostics } from "./diagnostics";
import type { Model } from "./model";
import type { PrivateState } from "./resource";
import type { ObjectValue } from "./value";

/** Something that lives only while a Terraform command runs, and stands in no state and no plan. */
export interface EphemeralResource<Data = unknown, M extends Model = Model> {
  readonly schema: M["schema"];
  validateConfig?(request: { config: ObjectValue }, diagnostics: Diagnostics): void | Promise<void>;
  /** Sets `response.result`. Runs in plan and in apply. */
  open(
    request: { readonly providerData: Data; readonly signal: AbortSignal; readonly config: M["state"] },
    response: { result: ObjectValue | null; privateState: PrivateState; readonly diagnostics: Diagnostics },
  ): Promise<void>;
  close?(
    request: { readonly providerData: Data; readonly signal: AbortSignal; readonly privateState: PrivateState },
    diagnostics: Diagnostics,
  ): Promise<void>;
}
