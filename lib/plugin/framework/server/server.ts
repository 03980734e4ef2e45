/*
 * What Terraform expects of every provider, done once: validation by schema, plans, conformity of results, state upgrades.
 * This folder imports the vocabulary beside it and nothing else; only the index of `framework` imports this folder.
 */
import { setMaxListeners } from "node:events";
import type {
  ApplyCall,
  CloseCall,
  ConfigCall,
  ConfigureCall,
  FunctionCall,
  FunctionReply,
  ImportCall,
  ImportReply,
  MoveCall,
  OpenReply,
  PlanCall,
  PlanReply,
  ReadCall,
  Reply,
  StateReply,
  StoredReply,
  TypeConfigCall,
  UpgradeCall,
} from "./calls";
import { callFunction } from "./call-function";
import { validateAgainstSchema } from "./config-validation";
import { conformingPlan, conformingState, nullObject } from "./conformity";
import type { DataSource } from "../data-source";
import { DiagnosticError, Diagnostics, type AttributePath } from "../diagnostics";
import type { EphemeralResource } from "../ephemeral-resource";
import { failureDiagnostic } from "./failure";
import { argumentsInImportId } from "./import-id";
import { distinctPaths, pathsRequiringReplace, planState } from "./plan";
import type { Provider } from "../provider";
import type { ModifyPlanResponse, PrivateState, Resource, StateResponse } from "../resource";
import { applyChange, resourceChange } from "./change";
import type { Schema } from "../schema";
import { withDefaults } from "./schema-walk";
import { decodePrivateState, encodePrivateState, upgradeState } from "./stored-state";
import { copyValue, type ObjectValue } from "../value";

export interface ProviderServerOptions {
  /**
   * Called with what is worth a line at debug level, such as the stack of an unexpected error.
   *
   * @default - nothing is logged
   */
  readonly log?: (message: string, fields: { readonly [name: string]: unknown }) => void;
}

/** What can be validated: the provider itself, or a type of any kind. */
interface Validated {
  readonly schema: Schema;
  validateConfig?(request: { config: ObjectValue }, diagnostics: Diagnostics): void | Promise<void>;
}

/**
 * Gives a {@link Provider} Terraform's semantics: one method per call of the plugin protocol, with decoded values.
 * No method rejects: what a provider throws becomes an error diagnostic.
 */
export class ProviderServer {
  /** Of what is in flight; another one takes its place at each stop. */
  #stopping = stopController();
  #configured: { readonly providerData: unknown } | undefined;

  readonly #options: ProviderServerOptions;

  constructor(
    readonly provider: Provider,
    options: ProviderServerOptions = {},
  ) {
    this.#options = options;
  }

  /** Like every validation, this sees what the user wrote, without defaults. */
  validateProviderConfig({ config }: ConfigCall): Promise<Reply> {
    return this.#validate(`provider ${this.provider.name}`, () => this.provider, config);
  }

  /** Only a configuration without errors makes later operations possible. */
  async configureProvider(call: ConfigureCall): Promise<Reply> {
    const diagnostics = new Diagnostics();
    await this.#attempt(`Unable to configure provider ${this.provider.name}`, diagnostics, async () => {
      const config = withDefaults(this.provider.schema, call.config);
      const { signal } = this.#stopping;
      const providerData = await this.provider.configure({ ...call, config, signal }, diagnostics);
      if (!diagnostics.hasErrors) this.#configured = { providerData };
    });
    return { diagnostics: [...diagnostics] };
  }

  validateResourceConfig({ typeName, config }: TypeConfigCall): Promise<Reply> {
    return this.#validate(typeName, () => this.#resource(typeName), config);
  }

  validateDataSourceConfig({ typeName, config }: TypeConfigCall): Promise<Reply> {
    return this.#validate(typeName, () => this.#dataSource(typeName), config);
  }

  validateEphemeralResourceConfig({ typeName, config }: TypeConfigCall): Promise<Reply> {
    return this.#validate(typeName, () => this.#ephemeralResource(typeName), config);
  }

  /** Terraform calls this before any other use of a stored state, even if the schema version is the same. */
  async upgradeResourceState({ typeName, version, state }: UpgradeCall): Promise<StateReply> {
    const diagnostics = new Diagnostics();
    let upgraded: ObjectValue | null = null;
    await this.#attempt(`Unable to use the state of ${typeName}`, diagnostics, () => {
      const resource = this.#resource(typeName);
      upgraded = conformingState(resource.schema, upgradeState(typeName, resource, version, state), diagnostics);
    });
    return { diagnostics: [...diagnostics], state: diagnostics.hasErrors ? null : upgraded };
  }

  /** After an error the state stays as it was, whatever the resource left in its response. */
  async readResource({ typeName, state, privateState }: ReadCall): Promise<StoredReply> {
    const response = stateResponse(copyValue(state));
    await this.#attempt(`Unable to read ${typeName}`, response.diagnostics, async () => {
      const resource = this.#resource(typeName);
      response.privateState = decodePrivateState(privateState);
      await resource.read({ ...this.#context(), privateState: response.privateState, state }, response);
      response.state = conformingState(resource.schema, response.state, response.diagnostics);
    });
    const diagnostics = [...response.diagnostics];
    if (response.diagnostics.hasErrors) return { diagnostics, state, privateState };
    return { diagnostics, state: response.state, privateState: encodePrivateState(response.privateState) };
  }

  /** Needs no provider data: the provider's own arguments may still be unknown when Terraform plans. */
  async planResourceChange(call: PlanCall): Promise<PlanReply> {
    const { typeName, priorState, proposedNewState } = call;
    const diagnostics = new Diagnostics();
    const requiresReplace: AttributePath[] = [];
    const response: ModifyPlanResponse = { plan: proposedNewState, privateState: {}, requiresReplace, diagnostics };
    let privateState = call.privateState;
    await this.#attempt(`Unable to plan ${typeName}`, diagnostics, async () => {
      const resource = this.#resource(typeName);
      const { schema } = resource;
      const config = call.config ?? nullObject(schema);
      response.privateState = decodePrivateState(privateState);
      if (proposedNewState !== null) response.plan = planState(schema, { priorState, proposedNewState, config });
      const context = { signal: this.#stopping.signal, providerData: this.#configured?.providerData };
      const { privateState: prior } = response;
      await resource.modifyPlan?.({ ...context, privateState: prior, config, state: priorState }, response);
      response.plan = conformingPlan(schema, response.plan, diagnostics);
      if (priorState !== null && response.plan !== null)
        requiresReplace.push(...pathsRequiringReplace(schema, priorState, response.plan));

      privateState = encodePrivateState(response.privateState);
    });
    const { plan } = response;
    return { diagnostics: [...diagnostics], plan, privateState, requiresReplace: distinctPaths(requiresReplace) };
  }

  /** After an error the state is what the operation left behind, so that nothing that it made is lost. */
  async applyResourceChange(call: ApplyCall): Promise<StoredReply> {
    const { typeName, priorState, plan } = call;
    // The result is compared with the plan that came, whatever the operation does to its own.
    const change = resourceChange(priorState, plan && copyValue(plan), call.config);
    if (!change) return { diagnostics: [], state: null, privateState: new Uint8Array() };
    const summary = `Unable to ${change.operation} ${typeName}`;
    const response = stateResponse(priorState && copyValue(priorState));
    const { diagnostics } = response;
    let privateState = call.privateState;
    await this.#attempt(summary, diagnostics, async () => {
      const resource = this.#resource(typeName);
      response.privateState = decodePrivateState(privateState);
      const context = { ...this.#context(), privateState: response.privateState };
      // An attempt of its own, so that what the operation left in its response is still checked and kept if it throws.
      await this.#attempt(summary, diagnostics, () => applyChange(typeName, resource, change, context, response));
      response.state = conformingState(resource.schema, response.state, diagnostics, plan);
      privateState = encodePrivateState(response.privateState);
    });
    return { diagnostics: [...diagnostics], state: response.state, privateState };
  }

  async importResourceState({ typeName, id }: ImportCall): Promise<ImportReply> {
    const response = stateResponse(null);
    const { diagnostics } = response;
    const summary = `Unable to import ${typeName}`;
    await this.#attempt(summary, diagnostics, async () => {
      const resource = this.#resource(typeName);
      if (!resource.importState) throw new DiagnosticError(summary, `${typeName} does not support import.`);
      const { importedBy } = resource;
      const given = importedBy === undefined ? undefined : argumentsInImportId(resource.schema, importedBy, id);
      await resource.importState({ ...this.#context(), id: given?.id ?? id, given: given?.values }, response);
      const imported = response.state && { ...response.state, ...given?.values };
      const conforming = conformingState(resource.schema, imported, diagnostics);
      response.state = conforming && withDefaults(resource.schema, conforming);
      if (response.state === null && !diagnostics.hasErrors)
        throw new DiagnosticError(summary, `There is no ${typeName} with the id "${id}".`);
    });
    const { state } = response;
    const privateState = encodePrivateState(response.privateState);
    const imported = state === null || diagnostics.hasErrors ? [] : [{ typeName, state, privateState }];
    return { diagnostics: [...diagnostics], imported };
  }

  /** Always an error: no type of this framework takes over another type's state. */
  async moveResourceState({ sourceTypeName, targetTypeName }: MoveCall): Promise<StoredReply> {
    const diagnostics = new Diagnostics();
    diagnostics.addError(
      `Unable to move ${sourceTypeName} to ${targetTypeName}`,
      `${targetTypeName} cannot take over the state of another type. Remove the moved block; import the ` +
        "object under its new address, and forget the old one with a removed block.",
    );
    return { diagnostics: [...diagnostics], state: null, privateState: new Uint8Array() };
  }

  /** Gives no state after an error: nothing is lost, as Terraform reads again. */
  async readDataSource({ typeName, config }: TypeConfigCall): Promise<StateReply> {
    const diagnostics = new Diagnostics();
    const response = { state: null as ObjectValue | null, diagnostics };
    await this.#attempt(`Unable to read ${typeName}`, diagnostics, async () => {
      const dataSource = this.#dataSource(typeName);
      const request = { ...this.#context(), config: withDefaults(dataSource.schema, config) };
      await dataSource.read(request, response);
      response.state = conformingState(dataSource.schema, response.state, diagnostics);
      if (response.state === null && !diagnostics.hasErrors) throw new Error("the data source gave no result");
    });
    return { diagnostics: [...diagnostics], state: diagnostics.hasErrors ? null : response.state };
  }

  async openEphemeralResource({ typeName, config }: TypeConfigCall): Promise<OpenReply> {
    const diagnostics = new Diagnostics();
    const response = { result: null as ObjectValue | null, privateState: {} as PrivateState, diagnostics };
    await this.#attempt(`Unable to open ${typeName}`, diagnostics, async () => {
      const ephemeral = this.#ephemeralResource(typeName);
      const request = { ...this.#context(), config: withDefaults(ephemeral.schema, config) };
      await ephemeral.open(request, response);
      response.result = conformingState(ephemeral.schema, response.result, diagnostics);
      if (response.result === null && !diagnostics.hasErrors) throw new Error("the ephemeral resource gave no result");
    });
    const { result, privateState } = response;
    return { diagnostics: [...diagnostics], result, privateState: encodePrivateState(privateState) };
  }

  async closeEphemeralResource(call: CloseCall): Promise<Reply> {
    const { typeName } = call;
    const diagnostics = new Diagnostics();
    await this.#attempt(`Unable to close ${typeName}`, diagnostics, async () => {
      const privateState = decodePrivateState(call.privateState);
      await this.#ephemeralResource(typeName).close?.({ ...this.#context(), privateState }, diagnostics);
    });
    return { diagnostics: [...diagnostics] };
  }

  async callFunction({ name, arguments: args }: FunctionCall): Promise<FunctionReply> {
    return callFunction(this.provider.functions, name, args);
  }

  /** Aborts the signal of everything in flight; what Terraform asks later, as of a provider it attaches to again, goes on. */
  stop(): void {
    const stopping = this.#stopping;
    this.#stopping = stopController();
    stopping.abort();
  }

  async #validate(subject: string, find: () => Validated, config: ObjectValue): Promise<Reply> {
    const diagnostics = new Diagnostics();
    await this.#attempt(`Unable to validate ${subject}`, diagnostics, async () => {
      const validated = find();
      validateAgainstSchema(validated.schema, config, diagnostics);
      await validated.validateConfig?.({ config }, diagnostics);
    });
    return { diagnostics: [...diagnostics] };
  }

  /**
   * Runs provider code; turns exceptions into diagnostics and appends pending warnings. Nothing else catches.
   */
  async #attempt(summary: string, diagnostics: Diagnostics, work: () => void | Promise<void>): Promise<void> {
    const { signal } = this.#stopping;
    try {
      await work();
    } catch (failure) {
      const explanation = this.provider.explainError?.(failure);
      diagnostics.add(failureDiagnostic(failure, summary, { isStopping: signal.aborted, explanation }));
      this.#options.log?.(summary, { stack: failure instanceof Error ? failure.stack : undefined });
    }
    if (this.#configured) diagnostics.append(this.provider.takeWarnings?.(this.#configured.providerData) ?? []);
  }

  /** What every operation gets. */
  #context(): { readonly providerData: unknown; readonly signal: AbortSignal } {
    if (this.#configured) return { ...this.#configured, signal: this.#stopping.signal };
    throw new DiagnosticError(
      `Provider ${this.provider.name} is not configured`,
      "Terraform asked for work before the provider had a valid configuration. Correct the provider's other errors " +
        "first; if there are none, this is a bug in Terraform or in the provider, please report it.",
    );
  }

  #resource(typeName: string): Resource {
    return this.#find(this.provider.resources, "resource", typeName);
  }

  #dataSource(typeName: string): DataSource {
    return this.#find(this.provider.dataSources, "data source", typeName);
  }

  #ephemeralResource(typeName: string): EphemeralResource {
    return this.#find(this.provider.ephemeralResources, "ephemeral resource", typeName);
  }

  #find<Type>(types: { readonly [typeName: string]: Type }, kind: string, typeName: string): Type {
    const found = Object.hasOwn(types, typeName) ? types[typeName] : undefined;
    if (found !== undefined) return found;
    const { name, version } = this.provider;
    throw new DiagnosticError(
      `Unknown ${kind} ${typeName}`,
      `Version ${version} of the provider ${name} has no ${kind} type "${typeName}". ` +
        "Is it misspelt, or is another version of the provider needed?",
    );
  }
}

function stopController(): AbortController {
  const controller = new AbortController();
  // Each request in flight adds a listener; -parallelism decides how many.
  setMaxListeners(Infinity, controller.signal);
  return controller;
}

function stateResponse(state: ObjectValue | null): StateResponse {
  return { state, privateState: {}, diagnostics: new Diagnostics() };
}
