import type { Diagnostics } from "./diagnostics";
import type { Model } from "./model";
import type { ObjectValue } from "./value";

/** Something that Terraform reads and never changes. `Data` is what the provider's `configure` returns. */
export interface DataSource<Data = unknown, M extends Model = Model> {
  readonly schema: M["schema"];
  /** Checks beyond the schema's, without network; values may be unknown. */
  validateConfig?(request: { config: ObjectValue }, diagnostics: Diagnostics): void | Promise<void>;
  /** Sets `response.state`; to find nothing is an error, not null. */
  read(
    request: { readonly providerData: Data; readonly signal: AbortSignal; readonly config: M["state"] },
    response: { state: ObjectValue | null; readonly diagnostics: Diagnostics },
  ): Promise<void>;
}
