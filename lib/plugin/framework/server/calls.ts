import type { AttributePath, Diagnostic } from "../diagnostics";
import type { ObjectValue, Value } from "../value";

/*
 * What the methods of ProviderServer take and give, with decoded values. A *call* is what Terraform asks; a *request*
 * (resource.ts) is what provider code gets of it.
 */

/** The answer to every call about the provider or a type. */
export interface Reply {
  readonly diagnostics: readonly Diagnostic[];
}

/** A call with a configuration as the user wrote it: what is not set is null, and there are no defaults yet. */
export interface ConfigCall {
  readonly config: ObjectValue;
}

export interface ConfigureCall extends ConfigCall {
  readonly terraformVersion: string;
}

export interface TypeConfigCall extends ConfigCall {
  readonly typeName: string;
}

export interface StateReply extends Reply {
  readonly state: ObjectValue | null;
}

/** A state and the private state that Terraform stores with it. */
export interface StoredReply extends StateReply {
  readonly privateState: Uint8Array;
}

/** A state as it is stored, to be brought to the present schema version. */
export interface UpgradeCall {
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

interface ChangeCall {
  readonly typeName: string;
  /** Null on create. */
  readonly priorState: ObjectValue | null;
  /** Null on destroy. */
  readonly config: ObjectValue | null;
  readonly privateState: Uint8Array;
}

export interface PlanCall extends ChangeCall {
  /** Terraform's own merge of configuration and prior state; null on destroy. */
  readonly proposedNewState: ObjectValue | null;
}

export interface PlanReply extends Reply {
  /** Null on destroy. */
  readonly plan: ObjectValue | null;
  /** Comes back with the call that applies the plan. */
  readonly privateState: Uint8Array;
  /** Terraform replaces the resource if any of these differs between prior state and plan. */
  readonly requiresReplace: readonly AttributePath[];
}

export interface ApplyCall extends ChangeCall {
  /** Null on destroy. */
  readonly plan: ObjectValue | null;
}

export interface ImportCall {
  readonly typeName: string;
  /** What the user wrote after the address in `terraform import`, or as `id` of an import block. */
  readonly id: string;
}

export interface ImportReply extends Reply {
  /** Empty after an error. */
  readonly imported: readonly {
    readonly typeName: string;
    readonly state: ObjectValue;
    readonly privateState: Uint8Array;
  }[];
}

/** A state that a `moved` block takes from a resource of one type to one of another. */
export interface MoveCall {
  readonly sourceTypeName: string;
  readonly targetTypeName: string;
}

export interface OpenReply extends Reply {
  readonly result: ObjectValue | null;
  /** Comes back with the call that closes the ephemeral resource. */
  readonly privateState: Uint8Array;
}

export interface CloseCall {
  readonly typeName: string;
  readonly privateState: Uint8Array;
}

export interface FunctionCall {
  readonly name: string;
  readonly arguments: readonly Value[];
}

/** A result or an error; functions have no diagnostics. */
export interface FunctionReply {
  readonly result?: Value;
  /** `argument` counts from 0. */
  readonly error?: { readonly text: string; readonly argument?: number };
}
