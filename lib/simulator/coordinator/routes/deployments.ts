import { ApiError, type Cluster, type Platform, REGION } from "../../platform";
import { type ApiRequest, ok, route, type Route } from "../http";
import { search } from "../search";
import { type PlanDetail, showPlans } from "./plans";

const DEPLOYMENTS = "/deployments";
const DEFAULT_SEARCH_SIZE = 10;
const NO_PLANS: PlanDetail = { plans: false, logs: false, history: false };
const TYPES = ["elasticsearch", "kibana", "apm", "appsearch", "enterprise_search", "integrations_server"];

/** Deployments with the plans of their clusters, by which Elastic's tools follow a move. */
export function deploymentRoutes(platform: Platform): Route[] {
  return [
    route("POST", `${DEPLOYMENTS}/_search`, (request) => {
      request.rejectQuery("minimal_metadata");
      const ids = [...new Set(platform.clusters.list().map(({ deploymentId }) => deploymentId))];
      const all = ids.map((id) => showDeployment(platform, id, NO_PLANS));
      const { page, matchCount } = search(request, all, DEFAULT_SEARCH_SIZE);
      return ok({ deployments: page, return_count: page.length, match_count: matchCount });
    }),
    route("GET", `${DEPLOYMENTS}/:deployment`, (request) =>
      ok(showDeployment(platform, request.parameter("deployment"), detailOf(request))),
    ),
  ];
}

function detailOf(request: ApiRequest): PlanDetail {
  return {
    plans: request.flag("show_plans") ?? true,
    logs: request.flag("show_plan_logs") ?? false,
    history: request.flag("show_plan_history") ?? false,
  };
}

function showDeployment(platform: Platform, id: string, detail: PlanDetail): unknown {
  const clusters = platform.clusters.list().filter(({ deploymentId }) => deploymentId === id);
  const main = clusters.find(({ clusterType }) => clusterType === "elasticsearch") ?? clusters[0];
  if (main === undefined)
    throw new ApiError(404, "deployments.deployment_not_found", `The deployment [${id}] could not be found`);

  const shown = clusters.map((cluster) => ({
    type: cluster.clusterType,
    resource: showResource(platform, cluster, main, detail),
  }));
  return {
    id,
    name: main.clusterName,
    healthy: clusters.every(isHealthy),
    resources: Object.fromEntries(
      TYPES.map((kind) => [kind, shown.flatMap(({ type, resource }) => (type === kind ? [resource] : []))]),
    ),
  };
}

function showResource(platform: Platform, cluster: Cluster, main: Cluster, detail: PlanDetail): unknown {
  const isMain = cluster.clusterType === "elasticsearch";
  return {
    ref_id: `main-${cluster.clusterType}`,
    id: cluster.clusterId,
    region: REGION,
    ...(isMain ? {} : { elasticsearch_cluster_ref_id: "main-elasticsearch" }),
    info: {
      ...showIdentity(cluster),
      deployment_id: cluster.deploymentId,
      region: REGION,
      healthy: isHealthy(cluster),
      status: cluster.pending === undefined ? "started" : "reconfiguring",
      plan_info: showPlans(cluster, detail, platform),
      topology: showTopology(platform, cluster),
      metadata: { version: 1, last_modified: platform.clock.now().toISOString() },
      external_links: [],
      ...(isMain ? showData() : { elasticsearch_cluster: { elasticsearch_id: main.clusterId } }),
    },
  };
}

function showIdentity({ clusterType, clusterId, clusterName }: Cluster) {
  return ["elasticsearch", "kibana"].includes(clusterType)
    ? { cluster_id: clusterId, cluster_name: clusterName }
    : { id: clusterId, name: clusterName };
}

function showTopology({ allocators }: Platform, { clusterId }: Cluster): unknown {
  const instances = allocators.list().flatMap((allocator) => {
    const isUp = allocators.isConnected(allocator);
    return allocator.instances
      .filter((instance) => instance.clusterId === clusterId)
      .map((instance) => ({
        instance_name: instance.instanceName,
        zone: allocator.availabilityZone,
        allocator_id: allocator.allocatorId,
        memory: { instance_capacity: instance.nodeMemoryMb },
        healthy: isUp,
        container_started: isUp,
        service_running: isUp,
        maintenance_mode: false,
      }));
  });
  return { healthy: instances.every(({ healthy }) => healthy), instances };
}

/** What only Elasticsearch has; none of it is simulated. */
function showData(): Readonly<Record<string, unknown>> {
  return {
    elasticsearch: {
      healthy: true,
      shard_info: { healthy: true, available_shards: [], unavailable_shards: [], unavailable_replicas: [] },
      master_info: { healthy: true, masters: [], instances_with_no_master: [] },
      blocking_issues: { healthy: true, cluster_level: [], index_level: [] },
    },
    snapshots: { healthy: true, count: 0, recent_success: true },
    associated_kibana_clusters: [],
    associated_apm_clusters: [],
    associated_appsearch_clusters: [],
    associated_enterprise_search_clusters: [],
  };
}

function isHealthy({ history }: Cluster): boolean {
  return history.at(-1)?.failure === undefined;
}
