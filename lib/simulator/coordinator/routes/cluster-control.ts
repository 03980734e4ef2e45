import { type ClusterTraits, PLAN_STEPS, type PlanFailure, type Platform } from "../../platform";
import { type ApiRequest, invalidRequest, ok, route, type Route } from "../http";

const CLUSTER = "/_simulator/clusters/:cluster";

/** Control of what becomes of the plans of clusters, and of what keeps them from moving. */
export function clusterControlRoutes({ clusters }: Platform): Route[] {
  return [
    route("POST", `${CLUSTER}/fail-plans`, (request) => {
      const { times, failure } = parseFailure(request);
      clusters.failNext(request.parameter("cluster"), times, failure);
      return ok({});
    }),
    route("POST", `${CLUSTER}/start-plan`, (request) => {
      const { seconds } = request.object();
      if (typeof seconds !== "number" || !(seconds >= 0))
        throw invalidRequest("seconds must be a number of at least 0");

      clusters.begin(request.parameter("cluster"), seconds);
      return ok({});
    }),
    route("POST", `${CLUSTER}/traits`, (request) => {
      const cluster = clusters.find(request.parameter("cluster"));
      cluster.traits = { ...cluster.traits, ...parseTraits(request) };
      return ok(cluster.traits);
    }),
  ];
}

function parseTraits(request: ApiRequest): Partial<ClusterTraits> {
  const given = request.object();
  for (const [key, value] of Object.entries(given)) {
    if (!["onlyCopy", "stopped"].includes(key)) throw invalidRequest(`unknown ${key}`);
    if (typeof value !== "boolean") throw invalidRequest(`${key} must be true or false`);
  }
  return given;
}

function parseFailure(request: ApiRequest): { times: number; failure: PlanFailure } {
  const {
    times = 1,
    step = "migrate-data",
    failureType = "ClusterFailure:DataMigrationFailed",
    message = `The step [${String(step)}] failed`,
    ...rest
  } = request.object();
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) throw invalidRequest(`unknown ${unknown}`);

  if (!Number.isInteger(times) || Number(times) < 1) throw invalidRequest("times must be a whole number of at least 1");

  if (typeof step !== "string" || !PLAN_STEPS.includes(step))
    throw invalidRequest(`step must be one of ${PLAN_STEPS.join(", ")}`);

  if (typeof failureType !== "string" || typeof message !== "string")
    throw invalidRequest("failureType and message must be texts");

  return { times: Number(times), failure: { step, failureType, message } };
}
