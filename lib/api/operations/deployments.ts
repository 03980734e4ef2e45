import type { DeploymentResource } from "../models";
import { undefinedIfNotFound } from "../errors/errors";
import { expectObject, lenientList, lenientObject } from "../transport/reply";
import { apiPath, type Requester, type RequestOptions } from "../transport/request";

/** Deployments, as far as it takes to follow the plans of their clusters. */
export class DeploymentsApi {
  readonly #requester: Requester;

  constructor(requester: Requester) {
    this.#requester = requester;
  }

  /** The clusters of a deployment with their plans and the logs of these; undefined if the platform does not know it. */
  async tryFindPlans(deploymentId: string, options: RequestOptions = {}): Promise<DeploymentResource[] | undefined> {
    return undefinedIfNotFound(
      this.#requester.request({
        method: "GET",
        path: apiPath`/deployments/${deploymentId}`,
        query: { show_plans: true, show_plan_logs: true, show_plan_history: true },
        decode: decodeResources,
        ...options,
      }),
    );
  }
}

function decodeResources(body: unknown): DeploymentResource[] {
  const kinds = lenientObject(expectObject(body, "a deployment").resources);
  return Object.entries(kinds).flatMap(([kind, resources]) =>
    lenientList<DeploymentResource>(resources).map((resource) => ({ ...resource, kind })),
  );
}
