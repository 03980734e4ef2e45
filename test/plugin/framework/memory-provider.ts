import {
  ProviderServer,
  isObjectValue,
  type ObjectValue,
  type Provider,
  type Resource,
  type Schema,
  type Value,
} from "../../../lib/plugin/framework";

/** A resource that has one attribute of each kind that plans treat differently. */
const boxSchema: Schema = {
  version: 2,
  description: "A box.",
  attributes: {
    id: { type: "string", description: "Given by the store.", computed: true, useStateForUnknown: true },
    name: { type: "string", description: "Its name.", required: true, requiresReplace: true },
    size: { type: "number", description: "Its size.", optional: true, default: 1 },
    colour: { type: "string", description: "Chosen by the store if not set.", optional: true, computed: true },
    tags: { type: { set: "string" }, description: "Its tags.", optional: true },
    secret: { type: "string", description: "A secret.", optional: true, sensitive: true },
    revision: { type: "number", description: "Counts changes.", computed: true },
  },
  blocks: {
    lid: {
      description: "Its lid.",
      attributes: {
        locked: { type: "bool", description: "Is it locked?", optional: true, computed: true, default: false },
        material: { type: "string", description: "What it is made of.", required: true, requiresReplace: true },
        key: { type: "string", description: "Made by the store.", computed: true, useStateForUnknown: true },
      },
    },
  },
};

/** A configuration, plan or state of a box: what is not given is null. */
export function box(attributes: ObjectValue = {}): ObjectValue {
  return {
    ...{ id: null, name: "crate", size: null, colour: null, tags: null, secret: null, revision: null, lid: null },
    ...attributes,
  };
}

/** The state of a box that was created from an empty configuration. */
export function storedBox(attributes: ObjectValue = {}): ObjectValue {
  return box({ id: "box-1", size: 1, colour: "brown", revision: 1, ...attributes });
}

/** Keeps boxes in memory. */
export function boxResource(overrides: Partial<Resource<string>> = {}): Resource<string> {
  const known = (plan: ObjectValue, revision: number): ObjectValue => ({
    ...plan,
    id: "box-1",
    colour: typeof plan.colour === "string" ? plan.colour : "brown",
    revision,
  });
  return {
    schema: boxSchema,
    async create({ plan }, response) {
      response.state = known(plan, 1);
    },
    async read() {},
    async update({ plan, state }, response) {
      response.state = known(plan, Number(state.revision) + 1);
    },
    async delete() {},
    ...overrides,
  };
}

export function memoryProvider(overrides: Partial<Provider<string>> = {}): Provider<string> {
  return {
    name: "memory",
    version: "1.2.3",
    schema: {
      description: "Keeps things in memory.",
      attributes: { place: { type: "string", description: "Where.", optional: true, default: "attic" } },
    },
    async configure({ config }) {
      return config.place as string;
    },
    resources: { memory_box: boxResource() },
    dataSources: {},
    ephemeralResources: {},
    functions: {},
    ...overrides,
  };
}

/** A configured server whose `memory_box` is the given resource. */
export async function boxServer(overrides: Partial<Resource<string>> = {}): Promise<ProviderServer> {
  const server = new ProviderServer(memoryProvider({ resources: { memory_box: boxResource(overrides) } }));
  await server.configureProvider({ config: { place: null }, terraformVersion: "1.11.4" });
  return server;
}

/** Terraform's proposal: the configuration, with prior values where a computed attribute is not set. */
function proposal(priorState: ObjectValue | null, config: ObjectValue): ObjectValue {
  const merge = (prior: Value | undefined, set: ObjectValue, names: readonly string[]) => ({
    ...set,
    ...Object.fromEntries(
      names.map((name) => [name, set[name] ?? (isObjectValue(prior) ? prior[name] : null) ?? null]),
    ),
  });
  const proposed = merge(priorState ?? undefined, config, ["id", "size", "colour", "revision"]);
  return isObjectValue(config.lid)
    ? { ...proposed, lid: merge(priorState?.lid, config.lid, ["locked", "key"]) }
    : proposed;
}

export function planOf(server: ProviderServer, priorState: ObjectValue | null, config: ObjectValue) {
  return server.planResourceChange({
    typeName: "memory_box",
    priorState,
    config,
    proposedNewState: proposal(priorState, config),
    privateState: new Uint8Array(),
  });
}
