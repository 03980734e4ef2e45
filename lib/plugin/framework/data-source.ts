import type { Diagnostics } from "./diagnostics";
import type { Schema } from "./schema";
import type { ObjectValue } from "./value";

/** Something that Terraform reads and never changes. */
export interface DataSource<Data = unknown> {
  readonly schema: Schema;
  validateConfig?(request: { config: ObjectValue }, diagnostics: Diagnostics): void | Promise<void>;
  /** Sets `response.state`. */
  read(
    request: { readonly providerData: Data; readonly signal: AbortSignal; readonly config: ObjectValue },
    response: { state: ObjectValue | null; readonly diagnostics: Diagnostics },
  ): Promise<void>;
}
