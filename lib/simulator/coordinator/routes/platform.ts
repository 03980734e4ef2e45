import { createHash } from "node:crypto";
import { type Allocator, ApiError, type Platform, REGION } from "../../platform";
import { ok, route, type Route } from "../http";
import { proxyId, showConstructors, showEnsemble, withRole } from "./services";

/** The platform as a whole. */
export function platformRoutes(platform: Platform): Route[] {
  return [
    route("GET", "/platform", () =>
      ok({
        version: platform.version,
        services: showServices(platform),
        phone_home_enabled: false,
        eula_accepted: true,
        regions: [showRegion(platform)],
        unreachable_regions: [],
      }),
    ),
    route("GET", "/platform/configuration/security/deployment", () => ok(showSecurityDeployment(platform))),
    route("GET", "/platform/configuration/networking/deployment_domain_name", () => {
      const { deploymentDomain: value } = platform;
      if (value === undefined)
        throw new ApiError(404, "networking.cname.not_found", "There is no configured Deployment Domain Name");

      return ok({ value });
    }),
  ];
}

function showSecurityDeployment({ securityDeployment, version }: Platform): unknown {
  if (securityDeployment === undefined)
    throw new ApiError(404, "security_deployment.not_found", "The security deployment cannot be found");

  return {
    cluster_id: securityDeployment.clusterId,
    deployment_id: securityDeployment.deploymentId,
    name: "security",
    version,
    status: "started",
    has_pending_plan: false,
    is_healthy: true,
    is_enabled: true,
  };
}

function showServices({ runners, version }: Platform): unknown {
  const hash = createHash("sha256").update(version).digest("hex");
  return [
    { type: "runner", image: runners.list().map(({ runnerId }) => ({ id: runnerId, tag: version, version, hash })) },
  ];
}

function showRegion(platform: Platform): unknown {
  const { allocators } = platform;
  const runners = platform.runners.list();
  const connected = runners.filter((runner) => runner.connected);
  const connectedAllocators = allocators.list().filter((allocator) => allocators.isConnected(allocator));
  const proxies = withRole(platform, "proxy");
  const zones = [...new Set(allocators.list().map(({ availabilityZone }) => availabilityZone))];
  return {
    region_id: REGION,
    zookeeper_states: {
      states: platform.ensemble.look(),
    },
    allocators: {
      healthy: connectedAllocators.length === allocators.list().length,
      zone_summaries: zones.map((zone) => showZone(platform, zone)),
    },
    runners: {
      healthy: connected.length === runners.length,
      total_runners: runners.length,
      healthy_runners: connected.length,
      connected_runners: connected.length,
      connected_capacity: capacity(platform, connectedAllocators),
      max_available_capacity: freeCapacity(platform, connectedAllocators),
      containers_count: runners.reduce((sum, { roles }) => sum + 1 + roles.size, 0),
    },
    proxies: {
      healthy: proxies.every((runner) => runner.connected),
      expected_proxies_count: proxies.length,
      proxies_count: proxies.length,
      proxies: proxies.map((runner) => ({ proxy_id: proxyId(runner), healthy: runner.connected })),
    },
    container_sets_status: {
      healthy: true,
      healthy_container_sets_count: 0,
      unhealthy_container_sets_count: 0,
      unhealthy_container_sets: [],
    },
    constructors: showConstructors(platform),
    coordinators: showEnsemble(platform),
    resources: {
      healthy: true,
      available_count: 0,
      used_count: 0,
      missing_count: 0,
      minimum_available_count: 0,
      account_count: 0,
    },
  };
}

function showZone(platform: Platform, zone: string): unknown {
  const { allocators } = platform;
  const all = allocators.list().filter(({ availabilityZone }) => availabilityZone === zone);
  const connected = all.filter((allocator) => allocators.isConnected(allocator));
  return {
    zone_id: zone,
    total_allocators: all.length,
    healthy_allocators: all.filter((one) => connected.includes(one) || one.instances.length === 0).length,
    connected_allocators: connected.length,
    disconnected_allocators: all.length - connected.length,
    in_maintenance_allocators: all.filter(({ maintenanceSince }) => maintenanceSince !== undefined).length,
    connected_capacity: capacity(platform, connected),
    max_available_capacity: freeCapacity(platform, connected),
    instances: all.reduce((sum, { instances }) => sum + instances.length, 0),
  };
}

function capacity({ allocators }: Platform, those: readonly Allocator[]): number {
  return those.reduce((sum, allocator) => sum + allocators.capacityMb(allocator), 0);
}

function freeCapacity({ allocators }: Platform, those: readonly Allocator[]): number {
  return Math.max(0, ...those.map((allocator) => allocators.capacityMb(allocator) - allocators.usedMb(allocator)));
}
