import type { AllocatedInstance, AllocatorInfo } from "../../api";

/** An instance that would have to move, and where it could go. */
export interface RehearsedInstance {
  readonly name: string;
  readonly clusterId: string;
  readonly kind: string;
  readonly memoryMb: number;
  /** The allocators of its zone that have room for it as things are. */
  readonly targets: readonly string[];
  /** Why it could not move; undefined if it could. */
  obstacle?: string;
}

/** What the allocators of a zone hold together, in MB. */
export interface RehearsedZone {
  readonly zone: string;
  readonly usedMb: number;
  readonly capacityBeforeMb: number;
  readonly capacityAfterMb: number;
}

/** Looks for a place for everything on the allocators that leave together; the larger an instance, the sooner it chooses. */
export function findRoom(
  allocators: readonly AllocatorInfo[],
  leavingIds: ReadonlySet<string>,
): { readonly instances: ReadonlyMap<string, readonly RehearsedInstance[]>; readonly zones: readonly RehearsedZone[] } {
  const leaving = allocators.filter(({ allocator_id: id }) => leavingIds.has(id));
  const staying = allocators.filter((allocator) => !leaving.includes(allocator) && takesInstances(allocator));
  const free = new Map(staying.map((allocator) => [allocator, freeMb(allocator)]));

  const toMove = leaving
    .flatMap((from) =>
      (from.instances ?? []).map((instance) => ({ from, instance, memoryMb: instance.node_memory ?? 0 })),
    )
    .sort((one, other) => other.memoryMb - one.memoryMb);
  const instances = new Map<string, RehearsedInstance[]>(leaving.map(({ allocator_id: id }) => [id, []]));
  for (const { from, instance, memoryMb } of toMove) {
    const neighbours = staying.filter(({ zone_id }) => zone_id === from.zone_id);
    const targets = neighbours.filter((target) => freeMb(target) >= memoryMb);
    const [roomiest] = [...targets].sort((one, other) => (free.get(other) ?? 0) - (free.get(one) ?? 0));
    const left = (roomiest && free.get(roomiest)) ?? 0;
    const fits = roomiest !== undefined && left >= memoryMb;
    if (fits) free.set(roomiest, left - memoryMb);
    instances.get(from.allocator_id)?.push({
      ...describe(instance, memoryMb),
      targets: targets.map(({ allocator_id: id }) => id),
      ...(!fits && {
        obstacle:
          targets.length === 0
            ? `no other allocator of ${from.zone_id ?? "its zone"} has room for it`
            : `no room is left in ${from.zone_id ?? "its zone"} once the others have moved`,
      }),
    });
  }
  const zones = [...new Set(leaving.map(({ zone_id = "" }) => zone_id))].sort().map((zone) => {
    const inZone = (some: readonly AllocatorInfo[]) => some.filter(({ zone_id = "" }) => zone_id === zone);
    return {
      zone,
      usedMb: sum(inZone([...leaving, ...staying]).map(({ capacity }) => capacity.memory?.used ?? 0)),
      capacityBeforeMb: sum(inZone([...leaving, ...staying]).map(totalMb)),
      capacityAfterMb: sum(inZone(staying).map(totalMb)),
    };
  });
  return { instances, zones };
}

function takesInstances({ status }: AllocatorInfo): boolean {
  return status.connected && !status.maintenance_mode;
}

function totalMb({ capacity }: AllocatorInfo): number {
  return capacity.memory?.total ?? 0;
}

function freeMb(allocator: AllocatorInfo): number {
  return totalMb(allocator) - (allocator.capacity.memory?.used ?? 0);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

function describe(instance: AllocatedInstance, memoryMb: number) {
  const { instance_name: name, cluster_id: clusterId, cluster_type: kind } = instance;
  return { name, clusterId, kind, memoryMb };
}
