import { accepted, type ApiRequest, invalidRequest, isObject, type Reply, route, type Route } from "../http";
import type { MovePlan, MoveRequest, Platform } from "../../platform";

const MOVE = "/platform/infrastructure/allocators/:allocator/clusters";

// The API's description has no list for integrations_server: such instances move, but the reply does not show it.
const LISTS: Readonly<Record<string, string>> = {
  elasticsearch: "elasticsearch_clusters",
  kibana: "kibana_clusters",
  apm: "apm_clusters",
  appsearch: "appsearch_clusters",
  enterprise_search: "enterprise_search_clusters",
};

/** Moves of instances off an allocator. */
export function moveRoutes(platform: Platform): Route[] {
  const move = (request: ApiRequest, clusterType?: string): Reply => {
    const allocatorId = request.parameter("allocator");
    const plan = platform.moveInstances(
      allocatorId,
      {
        clusterType,
        clusterIds: parseClusterIds(request.body),
        forceUpdate: request.flag("force_update"),
        allocatorDown: request.flag("allocator_down"),
      },
      request.flag("validate_only") ?? false,
    );
    return accepted(show(allocatorId, plan));
  };
  return [
    route("POST", `${MOVE}/_move`, (request) => move(request)),
    route("POST", `${MOVE}/:type/_move`, (request) => {
      const clusterType = request.parameter("type");
      if (!(clusterType in LISTS))
        throw invalidRequest(`the cluster type must be one of ${Object.keys(LISTS).join(", ")}`);

      return move(request, clusterType);
    }),
  ];
}

/** The clusters that the body lists; undefined, which means all, if it lists none. */
function parseClusterIds(body: unknown): MoveRequest["clusterIds"] {
  const lists = isObject(body) ? Object.values(LISTS).flatMap((list) => body[list] ?? []) : [];
  if (lists.length === 0) return undefined;

  const ids = lists.flatMap((entry): unknown[] =>
    isObject(entry) && Array.isArray(entry.cluster_ids) ? entry.cluster_ids : [],
  );
  return new Set(ids.filter((id) => typeof id === "string"));
}

function show(allocatorId: string, { moves, failures }: MovePlan): unknown {
  return {
    moves: byList(moves, ({ clusterId, clusterType, targets }) => ({
      cluster_id: clusterId,
      calculated_plan: {
        plan_configuration: {
          ...(clusterType === "elasticsearch" ? { move_only: true } : {}),
          move_instances: [...targets].map(([instance, to]) => ({ from: instance.instanceName, to: [to.allocatorId] })),
          move_allocators: [{ from: allocatorId, to: [...new Set([...targets.values()].map((to) => to.allocatorId))] }],
        },
      },
    })),
    failures: byList(failures, ({ clusterId, code, message }) => ({
      cluster_id: clusterId,
      errors: [{ code, message }],
    })),
  };
}

function byList<T extends { clusterType: string }>(details: readonly T[], showOne: (detail: T) => unknown): unknown {
  return Object.fromEntries(
    Object.entries(LISTS).map(([type, list]) => [
      list,
      details.filter(({ clusterType }) => clusterType === type).map(showOne),
    ]),
  );
}
