import { createHash } from "node:crypto";
import { ok, route, type Route } from "../http";
import { ApiError, type EnsembleMember, type Platform, type Runner } from "../../platform";

const INFRASTRUCTURE = "/platform/infrastructure";

/** The services of hosts with the coordinator, director and proxy roles. */
export function serviceRoutes(platform: Platform): Route[] {
  const { ensemble } = platform;
  return [
    route("GET", `${INFRASTRUCTURE}/constructors`, () => ok(showConstructors(platform))),
    route("GET", `${INFRASTRUCTURE}/constructors/:constructor`, (request) => {
      const id = request.parameter("constructor");
      const runner = withRole(platform, "coordinator").find(({ runnerId }) => runnerId === id);
      return ok(showConstructor(runner ?? notFound("constructors.constructor_not_found", "constructor", id)));
    }),
    route("GET", `${INFRASTRUCTURE}/proxies`, () => ok(showProxies(platform))),
    route("GET", `${INFRASTRUCTURE}/proxies/:proxy`, (request) => {
      const id = request.parameter("proxy");
      const runner = withRole(platform, "proxy").find((candidate) => proxyId(candidate) === id);
      return ok(showProxy(runner ?? notFound("proxies.proxy_not_found", "proxy", id)));
    }),
    route("GET", `${INFRASTRUCTURE}/coordinators`, () => {
      const shown = showEnsemble(platform);
      ensemble.passRead();
      return ok(shown);
    }),
    route("GET", `${INFRASTRUCTURE}/coordinators/candidates`, () => {
      const candidates = ensemble.candidates().map(showCandidate);
      ensemble.passRead();
      return ok({ candidates });
    }),
    route("GET", `${INFRASTRUCTURE}/coordinators/:coordinator`, (request) =>
      ok(showMember(ensemble.find(request.parameter("coordinator")))),
    ),
    route("POST", `${INFRASTRUCTURE}/coordinators/:coordinator/_demote`, (request) => {
      ensemble.demote(request.parameter("coordinator"));
      return ok({});
    }),
  ];
}

/** The hosts that have a role. */
export function withRole(platform: Platform, role: string): Runner[] {
  return platform.runners.list().filter(({ roles }) => roles.has(role));
}

/** A proxy's id, which is not the runner id of its host. */
export function proxyId({ runnerId }: Runner): string {
  return createHash("sha256").update(runnerId).digest("hex").slice(0, 12);
}

export function showConstructors(platform: Platform): unknown {
  return { constructors: withRole(platform, "coordinator").map(showConstructor) };
}

export function showEnsemble({ ensemble }: Platform): unknown {
  return { coordinators: ensemble.list().map(showMember) };
}

function showConstructor({ runnerId, connected }: Runner): unknown {
  return { constructor_id: runnerId, status: { connected, maintenance_mode: false } };
}

function showMember({ name, publicHostname }: EnsembleMember): unknown {
  return {
    name,
    public_hostname: publicHostname,
    leader_port: 12191,
    election_port: 12196,
    client_port: 2112,
    attributes: {},
  };
}

// What is in it is a guess.
const ACL = { scheme: "digest", id: "coordinator", perms: 1 };

function showCandidate({ name, publicHostname }: EnsembleMember): unknown {
  return { name, public_hostname: publicHostname, acl: ACL, attributes: {}, state: "pending" };
}

function showProxies(platform: Platform): unknown {
  const proxies = withRole(platform, "proxy");
  return {
    proxies_count: proxies.length,
    proxies: proxies.map(showProxy),
    settings: {
      expected_proxies_count: proxies.length,
      signature_secret: "",
      signature_valid_for_millis: 60_000,
      http_settings: {
        disconnected_cutoff: 0,
        minimum_proxy_services: 1,
        dashboards_base_url: "",
        cookie_secret: "",
        user_cookie_key: "",
        sso_settings: {
          max_age: 0,
          sso_secret: "",
          cookie_name: "",
          dont_log_requests: true,
          default_redirect_path: "/",
          maintenance_bypass_cookie_name: "",
        },
      },
    },
  };
}

function showProxy(runner: Runner): unknown {
  return {
    proxy_id: proxyId(runner),
    runner_id: runner.runnerId,
    host_ip: runner.hostIp,
    public_hostname: runner.hostIp,
    zone: runner.availabilityZone,
    healthy: runner.connected,
    metadata: {},
    allocations: [],
  };
}

function notFound(code: string, kind: string, id: string): never {
  throw new ApiError(404, code, `The ${kind} [${id}] could not be found`);
}
