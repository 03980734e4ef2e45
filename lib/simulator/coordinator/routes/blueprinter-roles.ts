import { type ApiRequest, invalidRequest, isObject, ok, route, type Route } from "../http";
import { ALL_ROLES, ApiError, INTERNAL_ROLES, type Platform } from "../../platform";

const ROLES = "/platform/infrastructure/blueprinter/roles";

/** Which hosts have a role, and which hosts are pending because their token did not carry it. */
export function blueprinterRoleRoutes(platform: Platform): Route[] {
  const startedAt = platform.clock.now().toISOString();
  const meta = { created_time: startedAt, modified_time: startedAt, version: "1" };
  const show = (role: string): unknown => {
    const runners = platform.runners.list();
    const blessed = runners.filter(({ roles }) => roles.has(role));
    const pending = runners.filter(({ pendingRoles }) => pendingRoles.has(role));
    const byRunner = (ids: typeof runners): unknown =>
      Object.fromEntries(ids.map(({ runnerId }) => [runnerId, { value: true }]));
    return {
      id: role,
      role: { value: { id: role, auto_blessed: INTERNAL_ROLES.includes(role), containers: [] }, meta },
      blessings: { value: { runner_ids_to_blessing: byRunner(blessed) }, meta },
      pending: { value: { runner_ids_to_pending_state: byRunner(pending) }, meta },
    };
  };
  return [
    route("GET", ROLES, () => ok({ values: ALL_ROLES.map(show) })),
    route("GET", `${ROLES}/:role`, (request) => ok(show(findRole(request)))),
    route("PUT", `${ROLES}/:role/blessings`, (request) => {
      const role = findRole(request);
      const { runner_ids_to_blessing: blessings } = request.object();
      if (!isObject(blessings)) throw invalidRequest("runner_ids_to_blessing must map runner ids to blessings");

      for (const { runnerId } of platform.runners.list())
        platform.bless(runnerId, role, runnerId in blessings && parseBlessing(blessings[runnerId]));

      return ok(show(role));
    }),
    route("PUT", `${ROLES}/:role/blessings/:runner`, (request) => {
      const role = findRole(request);
      platform.bless(request.parameter("runner"), role, parseBlessing(request.body));
      return ok(show(role));
    }),
  ];
}

function findRole(request: ApiRequest): string {
  const role = request.parameter("role");
  if (!ALL_ROLES.includes(role))
    throw new ApiError(404, "roles.role_not_found", `The role [${role}] could not be found`);

  return role;
}

function parseBlessing(blessing: unknown): boolean {
  if (!isObject(blessing) || typeof blessing.value !== "boolean")
    throw invalidRequest("a blessing must have a value that is true or false");

  return blessing.value;
}
