import { type Allocator, ApiError, type Instance, type Platform, REGION, type Tag } from "../../platform";
import {
  accepted,
  type ApiRequest,
  invalidRequest,
  isObject,
  ok,
  parseJson,
  requireObject,
  route,
  type Route,
} from "../http";
import { search } from "../search";
import { resynced } from "./runners";

const ALLOCATORS = "/platform/infrastructure/allocators";
const DEFAULT_PAGE_SIZE = 100;
// The documentation's ratio of memory to disk.
const DISK_PER_MEMORY = 32;

/** Allocators with their maintenance mode, tags and capacity; for moves, see {@link moveRoutes}. */
export function allocatorRoutes(platform: Platform): Route[] {
  const { allocators } = platform;
  const find = (request: ApiRequest): Allocator => allocators.find(request.parameter("allocator"));
  return [
    route("GET", ALLOCATORS, (request) => {
      request.rejectQuery("q");
      const from = request.count("from", 0);
      const listed = allocators.list().filter(({ allocatorId }) => !platform.behaviour.unlisted.includes(allocatorId));
      const page = listed.slice(from, from + request.count("size", DEFAULT_PAGE_SIZE));
      return ok(showZones(page.map((allocator) => show(platform, allocator))));
    }),
    route("POST", `${ALLOCATORS}/_search`, (request) => {
      const found = search(
        request,
        allocators.list().map((allocator) => showFound(platform, allocator)),
        DEFAULT_PAGE_SIZE,
      );
      return ok(showZones(found.page));
    }),
    route("POST", `${ALLOCATORS}/_resync`, () =>
      accepted(resynced(allocators.list().map(({ allocatorId }) => allocatorId))),
    ),
    route("POST", `${ALLOCATORS}/:allocator/_resync`, (request) => {
      const id = request.parameter("allocator");
      if (!allocators.list().some(({ allocatorId }) => allocatorId === id))
        throw new ApiError(500, "allocators.resync_failed", `The allocator [${id}] could not be synchronized`);

      return ok({});
    }),
    route("GET", `${ALLOCATORS}/:allocator`, (request) => ok(show(platform, find(request)))),
    route("DELETE", `${ALLOCATORS}/:allocator`, (request) => {
      allocators.delete(find(request), request.flag("remove_instances") ?? false);
      return ok({});
    }),
    route("POST", `${ALLOCATORS}/:allocator/maintenance-mode/_start`, (request) => {
      allocators.startMaintenance(find(request));
      return accepted({});
    }),
    route("POST", `${ALLOCATORS}/:allocator/maintenance-mode/_stop`, (request) => {
      allocators.stopMaintenance(find(request));
      return accepted({});
    }),
    route("GET", `${ALLOCATORS}/:allocator/settings`, (request) => ok(find(request).settings)),
    route("PUT", `${ALLOCATORS}/:allocator/settings`, (request) => {
      const allocator = find(request);
      allocator.settings = parseSettings(request.object());
      return ok(allocator.settings);
    }),
    route("PATCH", `${ALLOCATORS}/:allocator/settings`, (request) => {
      const allocator = find(request);
      allocator.settings = { ...allocator.settings, ...parseSettings(parsePatch(request)) };
      return ok(allocator.settings);
    }),
    route("GET", `${ALLOCATORS}/:allocator/metadata`, (request) => ok(find(request).tags)),
    route("PUT", `${ALLOCATORS}/:allocator/metadata`, (request) => {
      const allocator = find(request);
      allocator.tags = parseTags(request);
      return ok(allocator.tags);
    }),
    route("PUT", `${ALLOCATORS}/:allocator/metadata/:key`, (request) => {
      const allocator = find(request);
      const key = request.parameter("key");
      const { value } = request.object();
      if (typeof value !== "string" || value === "") {
        throw new ApiError(
          400,
          "allocators.invalid_empty_metadata_item",
          "The value of a metadata item cannot be empty",
        );
      }
      allocator.tags = [...allocator.tags.filter((tag) => tag.key !== key), { key, value }];
      return ok(allocator.tags);
    }),
    route("DELETE", `${ALLOCATORS}/:allocator/metadata/:key`, (request) => {
      const allocator = find(request);
      const key = request.parameter("key");
      const others = allocator.tags.filter((tag) => tag.key !== key);
      if (others.length === allocator.tags.length)
        throw new ApiError(404, "allocators.metadata_item_not_found", `There is no metadata item [${key}]`);

      allocator.tags = others;
      return ok(others);
    }),
  ];
}

function showZones<Shown extends { readonly zone_id: string }>(allocators: readonly Shown[]): unknown {
  const zones = [...new Set(allocators.map(({ zone_id }) => zone_id))];
  return {
    zones: zones.map((zone) => ({
      zone_id: zone,
      allocators: allocators.filter(({ zone_id }) => zone_id === zone),
    })),
  };
}

/** An allocator as a search finds it: what its instances are about to do is not known there. */
function showFound(platform: Platform, allocator: Allocator) {
  const shown = show(platform, allocator);
  return {
    ...shown,
    instances: shown.instances.map((instance) => ({ ...instance, moving: undefined, plans_info: undefined })),
  };
}

function show(platform: Platform, allocator: Allocator) {
  const { allocators } = platform;
  const connected = allocators.isConnected(allocator);
  allocators.passRead(allocator);
  const hasInstances = allocator.instances.length > 0;
  const totalMb = allocators.capacityMb(allocator);
  const since = allocator.maintenanceSince?.toISOString();
  return {
    allocator_id: allocator.allocatorId,
    zone_id: allocator.availabilityZone,
    host_ip: allocator.hostIp,
    public_hostname: allocator.hostIp,
    region: REGION,
    status: {
      connected,
      // ECE reports a disconnected allocator as healthy if it is empty.
      healthy: connected || !hasInstances,
      maintenance_mode: since !== undefined,
      ...(since === undefined ? {} : { maintenance_mode_timestamp: since }),
      health_checks: { is_docker_healthy: connected, is_connected_to_zk: connected, has_instances: hasInstances },
    },
    capacity: {
      memory: { total: totalMb, used: allocators.usedMb(allocator) },
      storage: { total: totalMb * DISK_PER_MEMORY },
    },
    settings: allocator.settings,
    metadata: allocator.tags,
    instances: allocator.instances.map((instance) => showInstance(platform, instance)),
    features: [...new Set(allocator.instances.map(({ clusterType }) => clusterType))],
    external_links: [],
    build_info: { version: platform.version },
  };
}

function showInstance({ moves, clusters }: Platform, instance: Instance) {
  return {
    cluster_type: instance.clusterType,
    cluster_id: instance.clusterId,
    cluster_name: instance.clusterName,
    instance_name: instance.instanceName,
    node_memory: instance.nodeMemoryMb,
    healthy: true,
    moving: moves.isMoving(instance),
    plans_info: { pending: clusters.find(instance.clusterId).pending !== undefined },
    deployment_id: instance.deploymentId,
  };
}

function parseSettings(settings: Readonly<Record<string, unknown>>): Allocator["settings"] {
  const { capacity } = settings;
  if (capacity === undefined) return {};

  if (typeof capacity !== "number" || !Number.isInteger(capacity) || capacity < 0)
    throw invalidRequest("capacity must be a number of megabytes");

  return { capacity };
}

// The API's description wants the body of a PATCH to be a string of JSON, but people send a plain object.
function parsePatch(request: ApiRequest): Readonly<Record<string, unknown>> {
  const patch = typeof request.body === "string" ? parseJson(request.body) : request.body;
  return requireObject(patch);
}

function parseTags(request: ApiRequest): Tag[] {
  const { items } = request.object();
  if (!Array.isArray(items)) throw invalidRequest("items must be a list");

  return items.map((item: unknown) => {
    const { key, value } = isObject(item) ? item : {};
    if (typeof key !== "string" || typeof value !== "string" || key === "" || value === "")
      throw new ApiError(400, "allocators.invalid_empty_metadata_items", "Each metadata item needs a key and a value");

    return { key, value };
  });
}
