import type { EceClient } from "../../api";
import { describeHost, tryFindAllocatorIn, userRolesOf } from "./host-facts";

/** A host at a glance. */
export interface HostOverview {
  readonly runnerId: string;
  readonly roles: readonly string[];
  readonly zone: string | null;
  readonly version: string | null;
  readonly connected: boolean;
  readonly healthy: boolean;
  /** What it is as an allocator; undefined for a host that is none. */
  readonly allocator?: AllocatorOverview;
}

/** An allocator at a glance. */
export interface AllocatorOverview {
  readonly maintenanceMode: boolean;
  readonly instances: number;
  /** How many instances are on their way to another allocator. */
  readonly moving: number;
  readonly usedMb: number;
  readonly capacityMb: number;
}

/** The hosts that the platform knows, sorted by runner id. */
export async function readHosts(client: EceClient): Promise<HostOverview[]> {
  const [runners, allocators] = await Promise.all([client.runners.list(), client.allocators.list()]);
  return runners
    .map((runner): HostOverview => {
      const { zone, version, connected, healthy } = describeHost(runner);
      const allocator = tryFindAllocatorIn(allocators, runner);
      return {
        runnerId: runner.runner_id,
        roles: userRolesOf(runner).sort(),
        zone,
        version,
        connected,
        healthy,
        ...(allocator && {
          allocator: {
            maintenanceMode: allocator.status.maintenance_mode,
            instances: allocator.instances.length,
            moving: allocator.instances.filter(({ moving }) => moving === true).length,
            usedMb: allocator.capacity.memory?.used ?? 0,
            capacityMb: allocator.capacity.memory?.total ?? 0,
          },
        }),
      };
    })
    .sort((a, b) => a.runnerId.localeCompare(b.runnerId, "en", { numeric: true }));
}
