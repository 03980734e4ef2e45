/**
 * What Terraform creates, updates and destroys on a platform, a file for each resource. Imports the rooms `hosts`,
 * `tokens` and `platform`, `api`, `ece`, `plugin/framework` and `plugin/log`.
 */
import type { AllocatorInfo, AllocatorMetadataItem, EceClient } from "../../api";
import { LEAST_CAPACITY_MB } from "../../ece";
import {
  DiagnosticError,
  isObjectValue,
  validators,
  type ModelOf,
  type Resource,
  type Schema,
  type Value,
} from "../../plugin/framework";
import { checkRunnerIdForm, runnerIdAttribute } from "../hosts/host-facts";
import type { Ece } from "../platform/ece";
import { ignoringNotFound } from "../platform/wait";

const UNABLE_TO_IMPORT = "Unable to import the allocator";

const SCHEMA = {
  description:
    "Tags and capacity of an allocator, changed without a reinstall. Only the tags named here are managed: others, such as those given at install, stay as they are. An import takes over all tags that the allocator has.",
  attributes: {
    allocator_id: {
      ...runnerIdAttribute,
      description: "The id of the allocator; on ECE it is that of its host.",
      required: true,
      requiresReplace: true,
    },
    tags: {
      type: { map: "string" },
      optional: true,
      validators: [tagValidator],
      description:
        "Tags of the allocator (the API calls them metadata), as instance configurations filter by them. Taking one away may make the platform move instances.",
    },
    capacity: {
      type: "number",
      optional: true,
      validators: [validators.wholeNumber({ atLeast: LEAST_CAPACITY_MB })],
      description: `Memory that the allocator offers, in MB, at least ${LEAST_CAPACITY_MB}. Without it, and after the resource is destroyed, the installer's choice holds. The allocator service must be restarted for a change to take effect.`,
    },
    zone: {
      type: "string",
      computed: true,
      useStateForUnknown: true,
      description: "The allocator's availability zone.",
    },
  },
} satisfies Schema;

type Model = ModelOf<typeof SCHEMA>;

/** Tags and capacity of an allocator, changed in place; only the tags that it names are managed. */
export const allocatorResource: Resource<Ece, Model> = {
  schema: SCHEMA,

  async create({ providerData: { client }, plan, signal }, response) {
    const allocator = await findAllocator(client, plan.allocator_id, signal);
    // Some changes may be made when a later one fails, so destroy must see them all.
    response.state = { ...plan, zone: allocator.zone_id ?? null };
    await change(client, plan, { tags: null, capacity: null }, signal);
  },

  async read({ providerData: ece, state, signal }, response) {
    if (!ece.canRefresh()) return;
    const allocator = await ece.client.allocators.tryFind(state.allocator_id, { signal });
    if (allocator === undefined) {
      response.state = null;
      return;
    }
    const present = tagsOf(allocator.metadata ?? []);
    const managed = state.tags === null ? null : pick(present, Object.keys(state.tags));
    const capacity = state.capacity === null ? null : (allocator.settings?.capacity ?? null);
    response.state = { ...state, tags: managed, capacity, zone: allocator.zone_id ?? null };
  },

  async update({ providerData: { client }, plan, state, signal }, response) {
    // Until all is done, whatever is there in between is ours; the next refresh tells what is left of it.
    response.state = { ...plan, tags: state.tags && { ...state.tags, ...plan.tags } };
    await change(client, plan, state, signal);
    response.state = plan;
  },

  async delete({ providerData: { client }, state, signal }) {
    const { allocator_id: id, tags, capacity } = state;
    if ((await client.allocators.tryFind(id, { signal })) === undefined) return;
    await change(client, { allocator_id: id, tags: null, capacity: null }, { tags, capacity }, signal);
  },

  importedBy: "allocator_id",

  async importState({ providerData: { client }, id, given, signal }, response) {
    checkRunnerIdForm(id, UNABLE_TO_IMPORT);
    const allocator = await client.allocators.tryFind(id, { signal });
    if (allocator === undefined) {
      throw new DiagnosticError(
        UNABLE_TO_IMPORT,
        `The platform at ${client.endpoint} has no allocator with the id ${id}. On ECE it is the runner id of a host that has the role allocator: \`cdktf-ece hosts\` lists them.`,
      );
    }
    const present = { tags: tagsOf(allocator.metadata ?? []), capacity: allocator.settings?.capacity ?? null };
    response.state = { allocator_id: id, ...(given === undefined && present) };
  },
};

async function findAllocator(client: EceClient, id: string, signal: AbortSignal): Promise<AllocatorInfo> {
  const allocator = await client.allocators.tryFind(id, { signal });
  if (allocator !== undefined) return allocator;
  throw new DiagnosticError(
    `There is no allocator ${id}`,
    "The platform knows no allocator with this id. Is the host connected, and has it the role allocator? Make this resource depend on its ece_host_roles.",
    ["allocator_id"],
  );
}

/** Changes what differs between two settings of an allocator. */
async function change(
  client: EceClient,
  wanted: Pick<Model["state"], "allocator_id" | "tags" | "capacity">,
  before: Pick<Model["state"], "tags" | "capacity">,
  signal: AbortSignal,
): Promise<void> {
  const { allocator_id: id, capacity } = wanted;
  const { allocators } = client;
  const [tags, oldTags] = [wanted.tags ?? {}, before.tags ?? {}];
  for (const [key, value] of Object.entries(tags))
    if (oldTags[key] !== value) await allocators.putMetadataItem(id, key, value, { signal });

  for (const key of Object.keys(oldTags))
    if (!Object.hasOwn(tags, key)) await ignoringNotFound(allocators.deleteMetadataItem(id, key, { signal }));

  if (capacity !== before.capacity) await allocators.setSettings(id, capacity === null ? {} : { capacity }, { signal });
}

function tagsOf(metadata: readonly AllocatorMetadataItem[]): { [key: string]: string } {
  return Object.fromEntries(metadata.map(({ key, value }) => [key, value]));
}

function pick(tags: { [key: string]: string }, keys: readonly string[]): { [key: string]: string } {
  return Object.fromEntries(Object.entries(tags).filter(([key]) => keys.includes(key)));
}

/** The platform refuses tags without a key or a value. */
function tagValidator(tags: Value): string | undefined {
  const isEmpty = isObjectValue(tags) && Object.entries(tags).some(([key, value]) => key === "" || value === "");
  return isEmpty ? "Every tag needs a key and a value." : undefined;
}
