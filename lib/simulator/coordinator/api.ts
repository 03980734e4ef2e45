import type { Faults } from "./faults";
import { ApiRequest, errorReply, parseJson, type Reply, type Route, tryFindRoute } from "./http";
import { ApiError, type Platform, Users } from "../platform";
import { type Call, type RecordedRequest, redactText, type Target } from "./request-log";
import {
  allocatorRoutes,
  blueprinterRoleRoutes,
  clusterControlRoutes,
  controlRoutes,
  deploymentRoutes,
  enrollmentTokenRoutes,
  type HostControl,
  loginRoutes,
  moveRoutes,
  platformRoutes,
  runnerRoutes,
  serviceRoutes,
  sessionRoutes,
} from "./routes";

/** Answers calls: authenticates the caller, finds the route, turns errors into replies. Knows no sockets. */
export class CoordinatorApi {
  readonly users: Users;
  /** Method and path of each call to an unknown route. */
  readonly unknownRoutes = new Set<string>();
  readonly #platform: Platform;
  readonly #openRoutes: Readonly<Record<Target["scope"], readonly Route[]>>;
  readonly #routes: Readonly<Record<Target["scope"], readonly Route[]>>;

  constructor(platform: Platform, faults: Faults, requests: readonly RecordedRequest[], hosts: HostControl) {
    this.#platform = platform;
    this.users = new Users(platform.clock);
    this.#openRoutes = { api: loginRoutes(this.users), control: [], elsewhere: [] };
    this.#routes = {
      api: [
        ...enrollmentTokenRoutes(platform),
        ...runnerRoutes(platform),
        ...allocatorRoutes(platform),
        ...moveRoutes(platform),
        ...deploymentRoutes(platform),
        ...serviceRoutes(platform),
        ...blueprinterRoleRoutes(platform),
        ...platformRoutes(platform),
        ...sessionRoutes(this.users),
      ],
      control: [...controlRoutes(platform, faults, requests, hosts), ...clusterControlRoutes(platform)],
      elsewhere: [],
    };
  }

  /** Carries out the call. Never throws: errors become replies. */
  answer(call: Call): Reply {
    try {
      return this.#dispatch(call);
    } catch (error) {
      return errorReply(error instanceof ApiError ? error : new ApiError(500, "internal.server.error", String(error)));
    }
  }

  #dispatch(call: Call): Reply {
    const { scope, path } = call.target;
    if (scope === "api" && !this.#platform.ensemble.hasQuorum()) {
      // What ECE's control plane answers while it is not up; with which status is a guess.
      throw new ApiError(503, "controller_route.controller_not_ready", "The controller is not ready");
    }
    if (scope === "api") this.#platform.requireLogin();
    const open = tryFindRoute(this.#openRoutes[scope], call.method, path);
    const caller = this.users.identify(call.authorization);
    if (open === undefined && caller === undefined)
      throw new ApiError(401, "root.unauthenticated", "The supplied authentication is invalid");

    if (scope === "api" && open === undefined) this.users.requireRight(call.method, path);
    const found = open ?? tryFindRoute(this.#routes[scope], call.method, path);
    if (found === undefined) {
      const unknown = `${call.method} ${redactText(path)}`;
      this.unknownRoutes.add(unknown);
      throw new ApiError(501, "simulator.unknown_route", `The simulator does not simulate ${unknown}`);
    }
    this.#platform.moves.completeDue();
    const request = new ApiRequest(call.query, parseJson(call.body), call.authorization, found.parameters);
    const reply = found.route.handle(request);
    // ECE sends the expiry of an API key with each reply to its user. The format of the date is a guess.
    return caller?.scheme === "ApiKey" && caller.expiresAt !== undefined
      ? { ...reply, headers: { "X-Elastic-Api-Key-Expiration": caller.expiresAt.toISOString() } }
      : reply;
  }
}
