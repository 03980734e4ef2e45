import type { JoinRequest, Platform } from "../../lib/simulator";

/** A join request that succeeds, unless the test overrides parts of it. */
export function joinRequest(platform: Platform, request: Partial<JoinRequest>): JoinRequest {
  return {
    coordinatorHost: "192.168.44.10",
    rolesToken: tokenFor(platform, request.roles ?? []),
    roles: [],
    runnerId: "192.168.44.11",
    hostIp: "192.168.44.11",
    availabilityZone: "ece-zone-1",
    version: platform.version,
    ...request,
  };
}

/** Creates a persistent token. */
export function tokenFor(platform: Platform, roles: readonly string[]): string {
  return platform.tokens.mint({ persistent: true, roles }).token;
}

/** Joins a host with a token for its roles. */
export function addHost(platform: Platform, request: Partial<JoinRequest>): void {
  const result = platform.join(joinRequest(platform, { hostIp: request.runnerId, ...request }));
  if (!result.joined) throw new Error(result.message);
}

/** Joins allocators in three zones in turns, the first in the zone ece-zone-a, each with two instances; returns their ids. */
export function addAllocators(platform: Platform, count: number): string[] {
  return Array.from({ length: count }, (_, index) => {
    const runnerId = `host-${String(index).padStart(3, "0")}`;
    const availabilityZone = `ece-zone-${"abc"[index % 3]}`;
    addHost(platform, { roles: ["allocator"], runnerId, hostIp: runnerId, availabilityZone });
    platform.placeInstances(runnerId, [{ clusterId: `x-${runnerId}` }, { clusterId: `y-${runnerId}` }]);
    return runnerId;
  });
}
