import type { AllocatorInfo } from "../../api";

/** A host that is to leave, with what is on it and where each of these could go. */
export interface Outlook {
  readonly allocator: AllocatorInfo;
  /** An allocator for each instance, in the order of these; undefined where there is no room. */
  readonly targets: readonly (string | undefined)[];
  /** Whether it can go now, with as much as finds room. */
  readonly mayGo: boolean;
}

/**
 * Where the instances of hosts that leave together could go, by the memory that is free in their zones. Changes nothing.
 *
 * Those that stay take the instances. Where none of a zone finds room among these, its first host goes to the others, which
 * stay for now. What the platform does not say of an allocator's memory counts as room.
 *
 * @param leaving the hosts that leave now
 * @param all the allocators of the platform
 * @param closed the ids of others that take nothing, since they leave, too
 */
export function lookAtRoom(
  leaving: readonly AllocatorInfo[],
  all: readonly AllocatorInfo[],
  closed: ReadonlySet<string> = new Set(),
): Outlook[] {
  const ids = new Set(leaving.map(({ allocator_id }) => allocator_id));
  const open = all.filter(
    ({ allocator_id: id, status }) => status.connected && !status.maintenance_mode && !closed.has(id),
  );
  const freeMb = new Map(open.map((allocator) => [allocator.allocator_id, freeMbOf(allocator)]));
  const place = (allocator: AllocatorInfo, isTarget: (id: string) => boolean) => {
    const targets = open.filter(({ allocator_id: id, zone_id }) => zone_id === allocator.zone_id && isTarget(id));
    return placeOn(allocator, targets, freeMb);
  };
  const inOrder = [...leaving].sort((a, b) => (a.allocator_id < b.allocator_id ? -1 : 1));
  const outlooks = inOrder.map((allocator) => {
    const targets = place(allocator, (id) => !ids.has(id));
    return { allocator, targets, mayGo: isUnderWay(allocator) || targets.some((id) => id !== undefined) };
  });
  const zonesThatMove = new Set(
    outlooks.flatMap(({ mayGo, allocator }) => (mayGo && !isUnderWay(allocator) ? [allocator.zone_id] : [])),
  );
  return outlooks.map((outlook) => {
    const { allocator } = outlook;
    if (outlook.mayGo || zonesThatMove.has(allocator.zone_id)) return outlook;
    // Those that go now take nothing.
    const going = new Set(outlooks.filter(({ mayGo }) => mayGo).map((other) => other.allocator.allocator_id));
    const targets = place(allocator, (id) => id !== allocator.allocator_id && !going.has(id));
    const mayGo = targets.some((id) => id !== undefined);
    if (mayGo) zonesThatMove.add(allocator.zone_id);
    return { allocator, targets, mayGo };
  });
}

/** One that takes nothing as it is: it goes on leaving, whatever room there is for the rest. */
function isUnderWay({ instances, status }: AllocatorInfo): boolean {
  return instances.length === 0 || status.maintenance_mode;
}

/** First fit, the largest first; takes the room that it finds. */
function placeOn(
  { instances }: AllocatorInfo,
  targets: readonly AllocatorInfo[],
  freeMb: Map<string, number>,
): (string | undefined)[] {
  const found = new Map<AllocatorInfo["instances"][number], string>();
  const largestFirst = [...instances].sort((a, b) => (b.node_memory ?? 0) - (a.node_memory ?? 0));
  for (const instance of largestFirst) {
    const { node_memory: needed = 0 } = instance;
    const target = targets.find(({ allocator_id: id }) => (freeMb.get(id) ?? 0) >= needed)?.allocator_id;
    if (target === undefined) continue;
    freeMb.set(target, (freeMb.get(target) ?? 0) - needed);
    found.set(instance, target);
  }
  return instances.map((instance) => found.get(instance));
}

/** The memory of an allocator that nothing uses; endless where the platform does not say. */
export function freeMbOf({ capacity: { memory }, instances }: AllocatorInfo): number {
  const usedMb = memory?.used ?? instances.reduce((sum, { node_memory: mb = 0 }) => sum + mb, 0);
  return memory === undefined ? Infinity : memory.total - usedMb;
}
