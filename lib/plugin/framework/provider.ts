import type { Diagnostic, Diagnostics } from "./diagnostics";
import type { DataSource } from "./data-source";
import type { EphemeralResource } from "./ephemeral-resource";
import type { ProviderFunction } from "./provider-function";
import type { Resource } from "./resource";
import type { Schema } from "./schema";
import type { ObjectValue } from "./value";

export interface ConfigureRequest {
  /** May hold unknown values while Terraform plans. */
  readonly config: ObjectValue;
  readonly terraformVersion: string;
  readonly signal: AbortSignal;
}

/**
 * A Terraform provider: a table of contents of its types.
 *
 * `configure` makes what every type gets as `request.provider`; before Terraform has configured the provider
 * (validation), that is undefined.
 */
export interface Provider<Data = unknown> {
  /** The type name without prefix rules: `ece` serves `ece_host`. */
  readonly name: string;
  readonly version: string;
  readonly schema: Schema;
  validateConfig?(request: { config: ObjectValue }, diagnostics: Diagnostics): void | Promise<void>;
  configure(request: ConfigureRequest, diagnostics: Diagnostics): Promise<Data | undefined>;
  /** The detail of a diagnostic for an error that operations may throw, such as the API's refusal; undefined for a bug. */
  explainError?(error: unknown): string | undefined;
  /** What came to light since it was asked last, whatever the operation was about; asked after every operation. */
  takeWarnings?(data: Data): Iterable<Diagnostic>;
  readonly resources: { readonly [typeName: string]: Resource<Data> };
  readonly dataSources: { readonly [typeName: string]: DataSource<Data> };
  readonly ephemeralResources: { readonly [typeName: string]: EphemeralResource<Data> };
  readonly functions: { readonly [name: string]: ProviderFunction };
}
