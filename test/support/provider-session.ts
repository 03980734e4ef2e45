import {
  ProviderServer,
  isObjectValue,
  schemaType,
  type Diagnostic,
  type ObjectValue,
  type Schema,
  type Value,
} from "../../lib/plugin/framework";
import { eceProvider, type ConnectionOptions } from "../../lib/provider";
import type { Simulator } from "../../lib/simulator";
import { TestClock } from "./test-clock";
import { useEach } from "./use-each";

/** A resource as Terraform keeps it between two operations. */
export interface Stored {
  readonly state: ObjectValue | null;
  readonly privateState: Uint8Array;
}

/** What an operation left behind, and what it said. */
export interface Outcome extends Stored {
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Our provider without Terraform around it: asks for what Terraform asks for, in the same order. Nothing in it waits in
 * real time.
 */
export class ProviderSession {
  readonly clock = new TestClock();
  readonly provider: ReturnType<typeof eceProvider>;
  readonly server: ProviderServer;

  constructor(client: ConnectionOptions["client"] = {}) {
    this.provider = eceProvider({ clock: this.clock, client: { retryDelayMs: () => 0, ...client } });
    this.server = new ProviderServer(this.provider);
  }

  /** A session with a simulated platform; `config` adds to the arguments of the provider, `client` to the client's. */
  static async start(
    simulator: Simulator,
    config: ObjectValue = {},
    client: ConnectionOptions["client"] = {},
  ): Promise<ProviderSession> {
    const session = new ProviderSession(client);
    const { diagnostics } = await session.server.configureProvider({
      config: complete(session.provider.schema, {
        endpoint: simulator.endpoint,
        username: simulator.username,
        password: simulator.password,
        ca_certificate: simulator.caCertificate,
        max_retries: 0,
        ...config,
      }),
      terraformVersion: "1.11.4",
    });
    if (diagnostics.some(({ severity }) => severity === "error")) throw new Error(JSON.stringify(diagnostics));
    return session;
  }

  plan(typeName: string, config: ObjectValue, stored: Stored = NOTHING) {
    const schema = this.#schemaOf(typeName);
    const full = complete(schema, config);
    return this.server.planResourceChange({
      typeName,
      priorState: stored.state,
      config: full,
      proposedNewState: propose(schema, full, stored.state),
      privateState: stored.privateState,
    });
  }

  planDestroy(typeName: string, { state: priorState, privateState }: Stored) {
    return this.server.planResourceChange({
      typeName,
      priorState,
      config: null,
      proposedNewState: null,
      privateState,
    });
  }

  /** Plans and applies; without `stored` this creates. A replacement is not carried out, so it is an error here. */
  async apply(typeName: string, config: ObjectValue, stored: Stored = NOTHING): Promise<Outcome> {
    const { plan, privateState, requiresReplace, diagnostics } = await this.plan(typeName, config, stored);
    if (stored.state !== null && requiresReplace.length > 0)
      throw new Error(`the change replaces ${typeName}: ${JSON.stringify(requiresReplace)}`);

    if (diagnostics.some(({ severity }) => severity === "error")) return { ...stored, diagnostics };
    const priorState = stored.state;
    const full = complete(this.#schemaOf(typeName), config);
    return this.server.applyResourceChange({ typeName, priorState, config: full, plan, privateState });
  }

  read(typeName: string, { state, privateState }: Stored): Promise<Outcome> {
    if (state === null) throw new Error("there is nothing to read");
    return this.server.readResource({ typeName, state, privateState });
  }

  destroy(typeName: string, { state: priorState, privateState }: Stored): Promise<Outcome> {
    return this.server.applyResourceChange({ typeName, priorState, config: null, plan: null, privateState });
  }

  /** Imports, and reads what was imported as Terraform does next. */
  async import(typeName: string, id: string): Promise<Outcome> {
    const { imported, diagnostics } = await this.server.importResourceState({ typeName, id });
    const [stored] = imported;
    if (stored === undefined) return { ...NOTHING, diagnostics };
    const read = await this.read(typeName, stored);
    return { ...read, diagnostics: [...diagnostics, ...read.diagnostics] };
  }

  readData(typeName: string, config: ObjectValue = {}) {
    const { [typeName]: dataSource } = this.provider.dataSources;
    return this.server.readDataSource({ typeName, config: complete(found(dataSource, typeName).schema, config) });
  }

  open(typeName: string, config: ObjectValue) {
    const { [typeName]: ephemeral } = this.provider.ephemeralResources;
    return this.server.openEphemeralResource({ typeName, config: complete(found(ephemeral, typeName).schema, config) });
  }

  #schemaOf(typeName: string): Schema {
    return found(this.provider.resources[typeName], typeName).schema;
  }
}

/** Gives each test a session, which is stopped afterwards, with the platform of the test; `config` adds to the arguments of the provider. */
export function useProviderSession(simulator: () => Simulator, config: ObjectValue = {}): () => ProviderSession {
  return useEach(
    () => ProviderSession.start(simulator(), config),
    ({ server }) => server.stop(),
  );
}

const NOTHING: Stored = { state: null, privateState: new Uint8Array() };

function found<Type>(type: Type | undefined, typeName: string): Type {
  if (type === undefined) throw new Error(`the provider has no ${typeName}`);
  return type;
}

/** The configuration as Terraform sends it: what is not set is null. */
function complete(schema: Schema, config: ObjectValue): ObjectValue {
  return Object.fromEntries(
    Object.keys(schemaType(schema).object).map((name) => {
      const value = config[name] ?? null;
      const block = schema.blocks?.[name];
      return [name, block && isObjectValue(value) ? complete(block, value) : value];
    }),
  );
}

/** Terraform's proposal: the configuration, with prior values where a computed attribute is not set. */
function propose(schema: Pick<Schema, "attributes" | "blocks">, config: ObjectValue, prior: Value): ObjectValue {
  const before = isObjectValue(prior) ? prior : {};
  return Object.fromEntries(
    Object.entries(config).map(([name, value]) => {
      const block = schema.blocks?.[name];
      if (block && isObjectValue(value)) return [name, propose(block, value, before[name] ?? null)];
      const attribute = schema.attributes[name];
      const isComputed = attribute?.computed === true || attribute?.default !== undefined;
      return [name, isComputed ? (value ?? before[name] ?? null) : value];
    }),
  );
}
