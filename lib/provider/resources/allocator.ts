import { LEAST_CAPACITY_MB } from "../../ece";
import type { AllocatorInfo, AllocatorMetadataItem } from "../../api";
import {
  DiagnosticError,
  isObjectValue,
  validators,
  type ObjectValue,
  type Resource,
  type Value,
} from "../../plugin/framework";
import type { Ece } from "../platform/ece";
import { runnerIdAttribute } from "../hosts/runner-id";
import { unlessGone } from "../platform/unless-gone";

interface AllocatorModel extends ObjectValue {
  allocator_id: string;
  tags: { [key: string]: string } | null;
  capacity: number | null;
}

/** Tags and capacity of an allocator, changed in place; only the tags that it names are managed. */
export const allocatorResource: Resource<Ece> = {
  schema: {
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
  },

  async create({ providerData: ece, plan, signal }, response) {
    const wanted = plan as AllocatorModel;
    const allocator = await findAllocator(ece, wanted.allocator_id, signal);
    // Some changes may be made when a later one fails, so destroy must see them all.
    response.state = { ...wanted, zone: allocator.zone_id ?? null };
    await change(ece, wanted, { tags: null, capacity: null }, signal);
  },

  async read({ providerData: ece, signal }, response) {
    const state = response.state as AllocatorModel;
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

  async update({ providerData: ece, plan, state, signal }, response) {
    const [before, wanted] = [state as AllocatorModel, plan as AllocatorModel];
    // Until all is done, whatever is there in between is ours; the next refresh tells what is left of it.
    response.state = { ...wanted, tags: before.tags && { ...before.tags, ...wanted.tags } };
    await change(ece, wanted, before, signal);
    response.state = wanted;
  },

  async delete({ providerData: ece, state, signal }) {
    const { allocator_id: id, tags, capacity } = state as AllocatorModel;
    if ((await ece.client.allocators.tryFind(id, { signal })) === undefined) return;
    await change(ece, { allocator_id: id, tags: null, capacity: null }, { tags, capacity }, signal);
  },

  async importState({ providerData: ece, id, signal }, response) {
    const allocator = await findAllocator(ece, id, signal);
    response.state = {
      allocator_id: id,
      tags: tagsOf(allocator.metadata ?? []),
      capacity: allocator.settings?.capacity ?? null,
    };
  },
};

async function findAllocator(ece: Ece, id: string, signal: AbortSignal): Promise<AllocatorInfo> {
  const allocator = await ece.client.allocators.tryFind(id, { signal });
  if (allocator !== undefined) return allocator;
  throw new DiagnosticError(
    `There is no allocator ${id}`,
    "The platform knows no allocator with this id. Is the host connected, and has it the role allocator? Make this resource depend on its ece_host_roles.",
    ["allocator_id"],
  );
}

/** Makes what differs between two settings of an allocator. */
async function change(
  ece: Ece,
  wanted: Pick<AllocatorModel, "allocator_id" | "tags" | "capacity">,
  before: Pick<AllocatorModel, "tags" | "capacity">,
  signal: AbortSignal,
): Promise<void> {
  const { allocator_id: id, capacity } = wanted;
  const { allocators } = ece.client;
  const [tags, oldTags] = [wanted.tags ?? {}, before.tags ?? {}];
  for (const [key, value] of Object.entries(tags))
    if (oldTags[key] !== value) await allocators.putMetadataItem(id, key, value, { signal });

  for (const key of Object.keys(oldTags)) if (!(key in tags)) await removeTag(ece, id, key, signal);

  if (capacity !== before.capacity) await allocators.setSettings(id, capacity === null ? {} : { capacity }, { signal });
}

function removeTag(ece: Ece, id: string, key: string, signal: AbortSignal): Promise<void> {
  return unlessGone(ece.client.allocators.deleteMetadataItem(id, key, { signal }));
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
