import type { AttributePath, Diagnostic } from "./diagnostics";
import type { Provider } from "./provider";
import type { ObjectValue, Value } from "./value";

/** A reply that may carry findings beside its result. */
export interface Reply {
  readonly diagnostics: readonly Diagnostic[];
}

export interface ProviderServerOptions {
  /**
   * Takes what is worth a debug line, such as the stack of an unexpected error.
   *
   * @default - nothing is logged
   */
  readonly log?: (message: string, fields: { readonly [name: string]: unknown }) => void;
}

interface ConfigRequest {
  readonly config: ObjectValue;
}
interface TypeConfigRequest extends ConfigRequest {
  readonly typeName: string;
}
interface StateReply extends Reply {
  readonly state: ObjectValue | null;
}
interface StoredReply extends StateReply {
  readonly privateState: Uint8Array;
}
interface ChangeRequest {
  readonly typeName: string;
  readonly priorState: ObjectValue | null;
  readonly config: ObjectValue | null;
  readonly privateState: Uint8Array;
}

/**
 * Gives a {@link Provider} Terraform's semantics: one method per call of the plugin protocol, with decoded values.
 * No method rejects: what a provider throws becomes an error diagnostic.
 */
export class ProviderServer {
  constructor(
    readonly provider: Provider,
    private readonly options: ProviderServerOptions = {},
  ) {}

  async validateProviderConfig(_request: ConfigRequest): Promise<Reply> {
    throw new Error("not built yet");
  }

  async configureProvider(_request: ConfigRequest & { readonly terraformVersion: string }): Promise<Reply> {
    throw new Error("not built yet");
  }

  async validateResourceConfig(_request: TypeConfigRequest): Promise<Reply> {
    throw new Error("not built yet");
  }

  async validateDataSourceConfig(_request: TypeConfigRequest): Promise<Reply> {
    throw new Error("not built yet");
  }

  async validateEphemeralResourceConfig(_request: TypeConfigRequest): Promise<Reply> {
    throw new Error("not built yet");
  }

  /** `state` is the stored JSON, parsed. */
  async upgradeResourceState(_request: {
    readonly typeName: string;
    readonly version: number;
    readonly state: { readonly [key: string]: unknown };
  }): Promise<StateReply> {
    throw new Error("not built yet");
  }

  async readResource(_request: {
    readonly typeName: string;
    readonly state: ObjectValue;
    readonly privateState: Uint8Array;
  }): Promise<StoredReply> {
    throw new Error("not built yet");
  }

  async planResourceChange(
    _request: ChangeRequest & { readonly proposedNewState: ObjectValue | null },
  ): Promise<
    Reply & {
      readonly plan: ObjectValue | null;
      readonly privateState: Uint8Array;
      readonly requiresReplace: readonly AttributePath[];
    }
  > {
    throw new Error("not built yet");
  }

  async applyResourceChange(_request: ChangeRequest & { readonly plan: ObjectValue | null }): Promise<StoredReply> {
    throw new Error("not built yet");
  }

  async importResourceState(_request: { readonly typeName: string; readonly id: string }): Promise<
    Reply & {
      readonly imported: readonly {
        readonly typeName: string;
        readonly state: ObjectValue;
        readonly privateState: Uint8Array;
      }[];
    }
  > {
    throw new Error("not built yet");
  }

  /** Always an error: no type of this framework takes over another type's state. */
  async moveResourceState(_request: {
    readonly sourceTypeName: string;
    readonly targetTypeName: string;
  }): Promise<StoredReply> {
    throw new Error("not built yet");
  }

  async readDataSource(_request: TypeConfigRequest): Promise<StateReply> {
    throw new Error("not built yet");
  }

  async openEphemeralResource(
    _request: TypeConfigRequest,
  ): Promise<Reply & { readonly result: ObjectValue | null; readonly privateState: Uint8Array }> {
    throw new Error("not built yet");
  }

  async closeEphemeralResource(_request: {
    readonly typeName: string;
    readonly privateState: Uint8Array;
  }): Promise<Reply> {
    throw new Error("not built yet");
  }

  async callFunction(_request: {
    readonly name: string;
    readonly arguments: readonly Value[];
  }): Promise<{ readonly result?: Value; readonly error?: { readonly text: string; readonly argument?: number } }> {
    throw new Error("not built yet");
  }

  /** Aborts the signal of everything in flight. */
  stop(): void {
    throw new Error("not built yet");
  }
}
