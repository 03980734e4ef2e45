import type { AllocatedInstance, AllocatorInfo } from "../../api";
import { freeMbOf, lookAtRoom } from "../hosts/room";

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

/** Where everything on the allocators that leave together could go, as a drain would look for it. */
export function findRoom(
  allocators: readonly AllocatorInfo[],
  leavingIds: ReadonlySet<string>,
): { readonly instances: ReadonlyMap<string, readonly RehearsedInstance[]>; readonly zones: readonly RehearsedZone[] } {
  const leaving = allocators.filter(({ allocator_id: id }) => leavingIds.has(id));
  const staying = allocators.filter((allocator) => !leaving.includes(allocator) && takesInstances(allocator));
  const instances = new Map(
    lookAtRoom(leaving, allocators).map(({ allocator: from, targets: chosen }) => [
      from.allocator_id,
      from.instances.map((instance, index) => {
        const { node_memory: memoryMb = 0 } = instance;
        const able = staying.filter((target) => target.zone_id === from.zone_id && freeMbOf(target) >= memoryMb);
        const targets = new Set([...able.map(({ allocator_id: id }) => id), ...(chosen[index] ? [chosen[index]] : [])]);
        return {
          ...describe(instance, memoryMb),
          targets: [...targets],
          ...(chosen[index] === undefined && { obstacle: noRoomIn(from, able.length > 0) }),
        };
      }),
    ]),
  );
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

function noRoomIn({ zone_id: zone = "its zone" }: AllocatorInfo, isTakenByOthers: boolean): string {
  return isTakenByOthers
    ? `no room is left in ${zone} once the others have moved`
    : `no other allocator of ${zone} has room for it`;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

function describe(instance: AllocatedInstance, memoryMb: number) {
  const { instance_name: name, cluster_id: clusterId, cluster_type: kind } = instance;
  return { name, clusterId, kind, memoryMb };
}
