import type { Diagnostics } from "./diagnostics";
import type { Model } from "./model";
import type { ObjectValue } from "./value";

/** Something that Terraform reads and never changes. */
export interface DataSource<Data = unknown, M extends Model = Model> {
  readonly schema: M["schema"];
  validateConfig?(request: { config: ObjectValue }, diagnostics: Diagnostics): void | Promise<void>;
  /** Sets `response.state`. */
  read(
    request: { readonly providerData: Data; readonly signal: AbortSignal; readonly config: M["state"] },
    response: { state: ObjectValue | null; readonly diagnostics: Diagnostics },
  ): Promise<void>;
}
