import type { Behaviour, InstanceOptions, Platform } from "../../platform";
import { type Faults, parseFault } from "../faults";
import { type ApiRequest, invalidRequest, isObject, ok, route, type Route } from "../http";
import type { RecordedRequest } from "../request-log";

/** Control of the simulator by tests in other processes, below `/_simulator`. ECE has no such routes. */
export function controlRoutes(platform: Platform, faults: Faults, requests: readonly RecordedRequest[]): Route[] {
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
      for (const key of Object.keys(request.object())) {
        if (!isBehaviour(platform.behaviour, key))
          throw invalidRequest(`unknown ${key}, expected any of ${Object.keys(platform.behaviour).join(", ")}`);

        platform.behaviour[key] = numberIn(request, key);
      }
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

function isBehaviour(behaviour: Behaviour, key: string): key is keyof Behaviour {
  return key in behaviour;
}

function numberIn(request: ApiRequest, key: string): number {
  const value = request.object()[key];
  if (typeof value !== "number" || !(value >= 0)) throw invalidRequest(`${key} must be a number of at least 0`);

  return value;
}

function reportRangeError(action: () => void): void {
  try {
    action();
  } catch (error) {
    throw error instanceof RangeError ? invalidRequest(error.message) : error;
  }
}
