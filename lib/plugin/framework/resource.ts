import type { Diagnostics } from "./diagnostics";
import type { AttributePath } from "./diagnostics";
import type { Model } from "./model";
import type { ObjectValue } from "./value";

/** What a resource keeps with its state, as JSON, without users seeing it. */
export type PrivateState = { readonly [key: string]: unknown };

interface OperationRequest<Data> {
  readonly providerData: Data;
  /** Aborted when Terraform asks the provider to stop: end soon, keep what was made in `response.state`. */
  readonly signal: AbortSignal;
  readonly privateState: PrivateState;
}

/** What an operation leaves behind. `state` is what Terraform stores even when the operation ends in an error. */
export interface StateResponse {
  /** The new state; null when the object is gone. Set it as soon as the remote object exists. */
  state: ObjectValue | null;
  privateState: PrivateState;
  readonly diagnostics: Diagnostics;
}

export interface CreateRequest<Data, M extends Model = Model> extends OperationRequest<Data> {
  readonly config: ObjectValue;
  readonly plan: M["plan"];
}

export interface ReadRequest<Data, M extends Model = Model> extends OperationRequest<Data> {
  readonly state: M["state"];
}

export interface UpdateRequest<Data, M extends Model = Model> extends OperationRequest<Data> {
  readonly config: ObjectValue;
  readonly plan: M["plan"];
  readonly state: M["state"];
}

export interface DeleteRequest<Data, M extends Model = Model> extends OperationRequest<Data> {
  readonly state: M["state"];
}

export interface ImportRequest<Data> extends Omit<OperationRequest<Data>, "privateState"> {
  /** What the user wrote, or the argument `importedBy` of a JSON object. */
  readonly id: string;
  /** The arguments in an id that is a JSON object: what is not among them is not set. They stand in the state in any case. */
  readonly given: ObjectValue | undefined;
}

export interface ModifyPlanRequest<Data, M extends Model = Model> extends Omit<OperationRequest<Data>, "providerData"> {
  /** Undefined while the provider is not configured. */
  readonly providerData: Data | undefined;
  readonly config: ObjectValue;
  /** Null when the resource is to be created. */
  readonly state: M["state"] | null;
}

export interface ModifyPlanResponse {
  /** The planned state, to be changed in place; defaults and computed attributes are already filled in. Null on destroy. */
  plan: ObjectValue | null;
  privateState: PrivateState;
  /** Further attributes whose change replaces the resource. */
  readonly requiresReplace: AttributePath[];
  readonly diagnostics: Diagnostics;
}

/**
 * One kind of object that Terraform creates, reads, updates and deletes.
 *
 * Operations report expected failures through `response.diagnostics`; what they throw becomes an error diagnostic, too,
 * with whatever `response.state` holds kept. When `delete` ends without an error the object is gone from the state;
 * when it ends with one, `response.state` (at first the prior state) stays.
 *
 * With the {@link Model} of its schema, the operations get typed plans and states.
 */
export interface Resource<Data = unknown, M extends Model = Model> {
  readonly schema: M["schema"];
  validateConfig?(request: { config: ObjectValue }, diagnostics: Diagnostics): void | Promise<void>;
  /** Called for every plan to create, update or destroy; `response.plan` is null for a destroy. */
  modifyPlan?(request: ModifyPlanRequest<Data, M>, response: ModifyPlanResponse): void | Promise<void>;
  /** `response.state` is null at first; every planned unknown must be known in it at the end. */
  create(request: CreateRequest<Data, M>, response: StateResponse): Promise<void>;
  /** `response.state` is the prior state at first. */
  read(request: ReadRequest<Data, M>, response: StateResponse): Promise<void>;
  /** `response.state` is the prior state at first. Absent where every change replaces the resource. */
  update?(request: UpdateRequest<Data, M>, response: StateResponse): Promise<void>;
  delete(request: DeleteRequest<Data, M>, response: StateResponse): Promise<void>;
  /**
   * Fills `response.state` as far as the id alone reveals it; Terraform calls read next. Absent attributes become their
   * defaults, or null.
   */
  importState?(request: ImportRequest<Data>, response: StateResponse): Promise<void>;
  /**
   * The attribute that is the import id.
   *
   * With it, the id may also be a JSON object of arguments, of which this one is required. They are the state in which the
   * object is imported, so that a plan with the same arguments changes nothing.
   */
  readonly importedBy?: string;
  /** From an older schema version's state, as JSON, to the present one; keyed by the older version. */
  readonly upgradeState?: { readonly [version: number]: (state: { [key: string]: unknown }) => ObjectValue };
}
