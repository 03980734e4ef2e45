import type { Diagnostic, Diagnostics } from "./diagnostics";
import type { DataSource } from "./data-source";
import type { EphemeralResource } from "./ephemeral-resource";
import type { ProviderFunction } from "./provider-function";
import type { Resource } from "./resource";
import type { Schema } from "./schema";
import type { ObjectValue } from "./value";

/** What `configure` gets. */
export interface ConfigureRequest {
  /** With the schema's defaults. May hold unknown values while Terraform plans. */
  readonly config: ObjectValue;
  readonly terraformVersion: string;
  /** Aborted when Terraform asks the provider to stop. */
  readonly signal: AbortSignal;
}

/**
 * A Terraform provider: a table of contents of its types.
 *
 * What `configure` returns, every operation of a type gets as `request.providerData`. Only `modifyPlan` may run before
 * that; it then gets undefined.
 */
export interface Provider<Data = unknown> {
  /** The prefix of all its types: `ece` serves `ece_host`. */
  readonly name: string;
  readonly version: string;
  /** The arguments of the `provider` block. */
  readonly schema: Schema;
  /** Checks beyond the schema's, without network; values may be unknown. */
  validateConfig?(request: { config: ObjectValue }, diagnostics: Diagnostics): void | Promise<void>;
  /** Makes the data for operations. After an error in `diagnostics` the provider counts as not configured. */
  configure(request: ConfigureRequest, diagnostics: Diagnostics): Promise<Data | undefined>;
  /** The detail of a diagnostic for an expected error of an operation, such as one of the API; undefined for a bug. */
  explainError?(error: unknown): string | undefined;
  /** Returns and clears pending warnings. Called after every operation. */
  takeWarnings?(data: Data): Iterable<Diagnostic>;
  readonly resources: { readonly [typeName: string]: Resource<Data> };
  readonly dataSources: { readonly [typeName: string]: DataSource<Data> };
  readonly ephemeralResources: { readonly [typeName: string]: EphemeralResource<Data> };
  readonly functions: { readonly [name: string]: ProviderFunction };
}
