/**
 * Terraform's provider concepts in TypeScript: schema, values, plan, diagnostics, resources, and the server that gives
 * them Terraform's semantics. Knows neither ECE nor gRPC and imports no other layer; `plugin/protocol` puts a
 * {@link ProviderServer} on the wire, `provider` fills it with types.
 *
 * The files beside this one are the vocabulary in which a provider is written. They never import `server/`.
 */
export { DiagnosticError, Diagnostics, formatPath, type AttributePath, type Diagnostic } from "./diagnostics";
export {
  UNKNOWN,
  Unknown,
  elementType,
  equalValues,
  isObjectValue,
  isUnknown,
  isWhollyKnown,
  mapEntries,
  tryText,
  type ObjectValue,
  type Refinement,
  type Type,
  type Value,
} from "./value";
export { schemaType, type Attribute, type Block, type Schema, type Validator } from "./schema";
export type { Model, ModelOf } from "./model";
export * as validators from "./validators";
export { tryParseDurationMs } from "./validators";
export { readTimeout, timeoutsBlock, type TimeoutsBlock } from "./timeouts";
export type { ConfigureRequest, Provider } from "./provider";
export type {
  CreateRequest,
  DeleteRequest,
  ImportRequest,
  ModifyPlanRequest,
  ModifyPlanResponse,
  PrivateState,
  ReadRequest,
  Resource,
  StateResponse,
  UpdateRequest,
} from "./resource";
export type { DataSource } from "./data-source";
export type { EphemeralResource } from "./ephemeral-resource";
export { FunctionArgumentError, type ProviderFunction } from "./provider-function";
export { ProviderServer, type ProviderServerOptions } from "./server/server";
export type { Reply } from "./server/calls";
