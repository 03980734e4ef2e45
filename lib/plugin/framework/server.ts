import type { Diagnostic } from "./diagnostics";
import type { AttributePath } from "./diagnostics";
import type { Provider } from "./provider";
import type { ObjectValue, Value } from "./value";

/** A reply that may carry findings beside its result. */
export interface Reply {
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Gives a {@link Provider} Terraform's semantics: one method per call of the plugin protocol, with decoded values.
 * No method rejects: what a provider throws becomes an error diagnostic.
 */
export class ProviderServer {
  constructor(readonly provider: Provider) {}

  validateProviderConfig(request: { config: ObjectValue }): Promise<Reply> {
    throw new Error("not built yet");
  }
}
export type _Contract = {
  configureProvider(request: { config: ObjectValue; terraformVersion: string }): Promise<Reply>;
  validateResourceConfig(request: { typeName: string; config: ObjectValue }): Promise<Reply>;
  validateDataSourceConfig(request: { typeName: string; config: ObjectValue }): Promise<Reply>;
  validateEphemeralResourceConfig(request: { typeName: string; config: ObjectValue }): Promise<Reply>;
  /** `state` is the stored JSON, parsed. */
  upgradeResourceState(request: {
    typeName: string;
    version: number;
    state: { [key: string]: unknown };
  }): Promise<Reply & { state: ObjectValue | null }>;
  readResource(request: {
    typeName: string;
    state: ObjectValue;
    privateState: Uint8Array;
  }): Promise<Reply & { state: ObjectValue | null; privateState: Uint8Array }>;
  planResourceChange(request: {
    typeName: string;
    priorState: ObjectValue | null;
    proposedNewState: ObjectValue | null;
    config: ObjectValue | null;
    privateState: Uint8Array;
  }): Promise<Reply & { plan: ObjectValue | null; privateState: Uint8Array; requiresReplace: readonly AttributePath[] }>;
  applyResourceChange(request: {
    typeName: string;
    priorState: ObjectValue | null;
    plan: ObjectValue | null;
    config: ObjectValue | null;
    privateState: Uint8Array;
  }): Promise<Reply & { state: ObjectValue | null; privateState: Uint8Array }>;
  importResourceState(request: {
    typeName: string;
    id: string;
  }): Promise<Reply & { imported: readonly { typeName: string; state: ObjectValue; privateState: Uint8Array }[] }>;
  readDataSource(request: { typeName: string; config: ObjectValue }): Promise<Reply & { state: ObjectValue | null }>;
  openEphemeralResource(request: {
    typeName: string;
    config: ObjectValue;
  }): Promise<Reply & { result: ObjectValue | null; privateState: Uint8Array }>;
  closeEphemeralResource(request: { typeName: string; privateState: Uint8Array }): Promise<Reply>;
  callFunction(request: {
    name: string;
    arguments: readonly Value[];
  }): Promise<{ result?: Value; error?: { text: string; argument?: number } }>;
  /** Aborts the signal of everything in flight. */
  stop(): void;
};
