import type { AttributePath, Diagnostic } from "../diagnostics";
import type { ObjectValue, Value } from "../value";

/** A reply that may carry findings beside its result. */
export interface Reply {
  readonly diagnostics: readonly Diagnostic[];
}

export interface ConfigRequest {
  readonly config: ObjectValue;
}

export interface TypeConfigRequest extends ConfigRequest {
  readonly typeName: string;
}

export interface StateReply extends Reply {
  readonly state: ObjectValue | null;
}

export interface StoredReply extends StateReply {
  readonly privateState: Uint8Array;
}

export interface UpgradeRequest {
  readonly typeName: string;
  /** The schema version that wrote the state. */
  readonly version: number;
  /** The stored JSON, parsed. */
  readonly state: { readonly [key: string]: unknown };
}

export interface ReadCall {
  readonly typeName: string;
  readonly state: ObjectValue;
  readonly privateState: Uint8Array;
}

interface ChangeRequest {
  readonly typeName: string;
  /** Null on create. */
  readonly priorState: ObjectValue | null;
  /** Null on destroy. */
  readonly config: ObjectValue | null;
  readonly privateState: Uint8Array;
}

export interface PlanRequest extends ChangeRequest {
  /** Terraform's own merge of configuration and prior state; null on destroy. */
  readonly proposedNewState: ObjectValue | null;
}

export interface PlanReply extends Reply {
  readonly plan: ObjectValue | null;
  readonly privateState: Uint8Array;
  readonly requiresReplace: readonly AttributePath[];
}

export interface ApplyRequest extends ChangeRequest {
  /** Null on destroy. */
  readonly plan: ObjectValue | null;
}

export interface ImportReply extends Reply {
  readonly imported: readonly {
    readonly typeName: string;
    readonly state: ObjectValue;
    readonly privateState: Uint8Array;
  }[];
}

export interface OpenReply extends Reply {
  readonly result: ObjectValue | null;
  readonly privateState: Uint8Array;
}

export interface CallReply {
  readonly result?: Value;
  /** `argument` counts from 0. */
  readonly error?: { readonly text: string; readonly argument?: number };
}
