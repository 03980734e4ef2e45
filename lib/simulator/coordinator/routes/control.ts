import {
  type Behaviour,
  type BlinkOptions,
  type InstanceOptions,
  type Platform,
  SERVER_STATES,
  type ServerFault,
} from "../../platform";
import { type Faults, parseFault } from "../faults";
import { type ApiRequest, invalidRequest, isObject, ok, route, type Route } from "../http";
import type { RecordedRequest } from "../request-log";

/** Tells and changes what is on hosts; throws a RangeError for what it does not understand. */
export interface HostControl {
  describe(runnerId: string): unknown;
  act(runnerId: string, action: string, parameters: Readonly<Record<string, unknown>>): void;
}

/**
 * Control of the simulator by tests in other processes, below `/_simulator`. ECE has no such routes. docs/simulator.md
 * lists them with their parameters.
 */
export function controlRoutes(
  platform: Platform,
  faults: Faults,
  requests: readonly RecordedRequest[],
  hosts: HostControl,
): Route[] {
  return [
    route("GET", "/_simulator/state", () => ok(platform.state())),
    route("GET", "/_simulator/requests", () => ok(requests)),
    route("POST", "/_simulator/clock", (request) => {
      reportRangeError(() => platform.clock.advance(numberIn(request, "advanceSeconds")));
      return ok({ now: platform.clock.now().toISOString() });
    }),
    route("GET", "/_simulator/faults", () => ok(faults.pending())),
    route("POST", "/_simulator/faults", (request) => {
      reportRangeError(() => faults.add(parseFault(request.object())));
      return ok({});
    }),
    route("POST", "/_simulator/faults/clear", () => {
      faults.clear();
      return ok({});
    }),
    route("POST", "/_simulator/behaviour", (request) => {
      setBehaviour(platform.behaviour, request);
      return ok(platform.behaviour);
    }),
    route("POST", "/_simulator/runners/:runner/disconnect", (request) => {
      platform.disconnect(platform.runners.find(request.parameter("runner")).runnerId);
      return ok({});
    }),
    route("POST", "/_simulator/runners/:runner/reconnect", (request) => {
      platform.reconnect(platform.runners.find(request.parameter("runner")).runnerId);
      return ok({});
    }),
    route("POST", "/_simulator/ensemble/:runner", (request) => {
      platform.ensemble.setFault(request.parameter("runner"), parseServerFault(request));
      return ok({});
    }),
    route("POST", "/_simulator/deployment-domain", (request) => {
      const { value } = request.object();
      if (value !== null && typeof value !== "string") throw invalidRequest("value must be a text or null");

      platform.deploymentDomain = value ?? undefined;
      return ok({});
    }),
    route("POST", "/_simulator/upgrade", (request) => {
      const { version, except = [], upgraders = [] } = request.object();
      if (typeof version !== "string") throw invalidRequest("expected a version");

      platform.upgrade(version, { except: idsIn(except, "except"), upgraders: idsIn(upgraders, "upgraders") });
      return ok({});
    }),
    route("GET", "/_simulator/hosts/:runner", (request) =>
      ok(reportRangeError(() => hosts.describe(request.parameter("runner")))),
    ),
    route("POST", "/_simulator/hosts/:runner/:action", (request) => {
      const parameters = request.body === undefined ? {} : request.object();
      reportRangeError(() => hosts.act(request.parameter("runner"), request.parameter("action"), parameters));
      return ok({});
    }),
    route("POST", "/_simulator/allocators/:allocator/blink", (request) => {
      const { allocators } = platform;
      const allocator = allocators.find(request.parameter("allocator"));
      const { after, reads, seconds, ...others } = request.object();
      if (Object.keys(others).length > 0) throw invalidRequest("a blink has after, reads and seconds");

      reportRangeError(() => allocators.blink(allocator, { after, reads, seconds } as BlinkOptions));
      return ok({});
    }),
    route("POST", "/_simulator/allocators/:allocator/instances", (request) => {
      const { count, instances } = request.object();
      const described =
        Array.isArray(instances) && instances.every(isObject) ? (instances as InstanceOptions[]) : undefined;
      if (described === undefined && typeof count !== "number")
        throw invalidRequest("expected a count or a list of instances");

      return ok({ instances: platform.placeInstances(request.parameter("allocator"), described ?? Number(count)) });
    }),
  ];
}

function parseServerFault(request: ApiRequest): ServerFault {
  const { state, inSync } = request.object();
  const known = SERVER_STATES.find((one) => one === state);
  if (state !== undefined && known === undefined)
    throw invalidRequest(`state must be one of ${SERVER_STATES.join(", ")}`);

  if (inSync !== undefined && typeof inSync !== "boolean") throw invalidRequest("inSync must be true or false");

  return { state: known, inSync };
}

function setBehaviour(behaviour: Behaviour, request: ApiRequest): void {
  for (const [key, value] of Object.entries(request.object())) {
    if (key === "unlisted") behaviour.unlisted = idsIn(value, key);
    else if (key === "rolesNeedBlessing") behaviour.rolesNeedBlessing = value === true;
    else if (isDelay(behaviour, key)) behaviour[key] = numberIn(request, key);
    else throw invalidRequest(`unknown ${key}, expected any of ${Object.keys(behaviour).join(", ")}`);
  }
}

function isDelay(behaviour: Behaviour, key: string): key is Exclude<keyof Behaviour, "unlisted" | "rolesNeedBlessing"> {
  return Object.hasOwn(behaviour, key) && key !== "unlisted" && key !== "rolesNeedBlessing";
}

function idsIn(value: unknown, key: string): string[] {
  if (!Array.isArray(value) || !value.every((id) => typeof id === "string"))
    throw invalidRequest(`${key} must be a list of ids`);

  return value;
}

function numberIn(request: ApiRequest, key: string): number {
  const value = request.object()[key];
  if (typeof value !== "number" || !(value >= 0)) throw invalidRequest(`${key} must be a number of at least 0`);

  return value;
}

function reportRangeError<Result>(action: () => Result): Result {
  try {
    return action();
  } catch (error) {
    throw error instanceof RangeError ? invalidRequest(error.message) : error;
  }
}
