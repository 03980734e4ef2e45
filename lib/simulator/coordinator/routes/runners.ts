import { accepted, type ApiRequest, invalidRequest, isObject, ok, route, type Route } from "../http";
import { search } from "../search";
import { ApiError, type Platform, REGION, type Runner } from "../../platform";

const RUNNERS = "/platform/infrastructure/runners";
const DEFAULT_SEARCH_SIZE = 100;

/** Hosts and their roles. */
export function runnerRoutes(platform: Platform): Route[] {
  const { runners } = platform;
  const show = (runner: Runner): unknown => {
    const { connected, roles } = runners.view(runner);
    const services = ["runner", ...roles, ...(platform.upgraders.includes(runner.runnerId) ? ["upgrader"] : [])];
    return {
      runner_id: runner.runnerId,
      runner_name: runner.runnerId,
      host_ip: runner.hostIp,
      public_hostname: runner.hostIp,
      zone: runner.availabilityZone,
      region: REGION,
      connected,
      healthy: connected,
      health_checks: { is_docker_healthy: connected, is_connected_to_zk: connected, has_containers: true },
      roles: showRoles(roles),
      containers: services.map((name) => ({ container_name: name, container_set_name: `${name}s` })),
      build_info: { version: runner.version },
      tags: {},
      features: {},
    };
  };
  return [
    route("GET", RUNNERS, (request) => {
      request.rejectQuery("q");
      return ok({ runners: runners.listing().map(show) });
    }),
    route("POST", `${RUNNERS}/_search`, (request) => {
      const { page } = search(request, runners.listing().map(show), DEFAULT_SEARCH_SIZE);
      return ok({ runners: page });
    }),
    route("POST", `${RUNNERS}/_resync`, () => accepted(resynced(runners.list().map(({ runnerId }) => runnerId)))),
    route("POST", `${RUNNERS}/:runner/_resync`, (request) => {
      const id = request.parameter("runner");
      if (runners.tryFind(id) === undefined)
        throw new ApiError(500, "runners.resync_failed", `The runner [${id}] could not be synchronized`);

      return ok({});
    }),
    route("GET", `${RUNNERS}/:runner`, (request) => ok(show(runners.find(request.parameter("runner"))))),
    route("DELETE", `${RUNNERS}/:runner`, (request) => {
      runners.delete(request.parameter("runner"));
      return ok({});
    }),
    route("PUT", `${RUNNERS}/:runner/roles`, (request) => {
      const runner = platform.setRoles(request.parameter("runner"), parseRoles(request));
      return ok({ roles: showRoles([...runner.roles]) });
    }),
  ];
}

/** The reply to the synchronization of an index. The version of its model is a guess. */
export function resynced(ids: readonly string[]): unknown {
  return { results: { "1": { created: [], updated: ids, deleted: [], errors: [] } } };
}

function showRoles(roles: readonly string[]): unknown {
  return roles.map((role) => ({ role_name: role }));
}

function parseRoles(request: ApiRequest): string[] {
  const { roles } = request.object();
  if (!Array.isArray(roles)) throw invalidRequest("roles must be a list");

  return roles.map((role: unknown) => {
    if (!isObject(role) || typeof role.role_name !== "string")
      throw invalidRequest("each of the roles must have a role_name");

    return role.role_name;
  });
}
