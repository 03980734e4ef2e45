import { randomBytes } from "node:crypto";
import type { ClusterIdentity } from "./allocator";
import { ApiError } from "./api-error";
import type { SimulatedClock } from "./clock";
import { createAttempt, type PlanAttempt, type PlanFailure } from "./plan-attempts";

/** What keeps a cluster from moving. */
export interface ClusterTraits {
  /** Whether there is no second copy of its data, so that the platform does not touch it. */
  readonly onlyCopy: boolean;
  /** Whether it was stopped. */
  readonly stopped: boolean;
}

/** The instances of one kind in a deployment, which a plan changes together. */
export interface Cluster extends ClusterIdentity {
  /** The plan that is under way. */
  pending?: PlanAttempt;
  /** The plans that ended, the latest one last. */
  readonly history: PlanAttempt[];
  /** How its next plans fail. */
  readonly failures: PlanFailure[];
  traits: ClusterTraits;
}

/** The platform's clusters, with their plans. A cluster stays when its last instance is gone. */
export class Clusters {
  readonly #clusters = new Map<string, Cluster>();
  readonly #clock: SimulatedClock;

  constructor(clock: SimulatedClock) {
    this.#clock = clock;
  }

  list(): Cluster[] {
    return [...this.#clusters.values()];
  }

  /** Returns the cluster, or throws the API's 404. */
  find(clusterId: string): Cluster {
    const cluster = this.#clusters.get(clusterId);
    if (cluster === undefined)
      throw new ApiError(404, "clusters.cluster_not_found", `The cluster [${clusterId}] could not be found`);

    return cluster;
  }

  /** The cluster with the given id, made as described unless it is there. */
  ensure(described: Partial<ClusterIdentity>): Cluster {
    const clusterId = described.clusterId ?? createId();
    const known = this.#clusters.get(clusterId);
    if (known !== undefined) return known;

    const now = this.#clock.now();
    const cluster: Cluster = {
      clusterId,
      clusterType: described.clusterType ?? "elasticsearch",
      clusterName: described.clusterName ?? clusterId,
      deploymentId: described.deploymentId ?? createId(),
      history: [createAttempt({ startedAt: now, endsAt: now })],
      failures: [],
      traits: { onlyCopy: false, stopped: false },
    };
    this.#clusters.set(clusterId, cluster);
    return cluster;
  }

  /** Lets the next plans of a cluster fail. */
  failNext(clusterId: string, times: number, failure: PlanFailure): void {
    this.find(clusterId).failures.push(...Array.from({ length: times }, () => failure));
  }

  /** Begins a plan, in the place of the one that is pending. The next of the cluster's failures is its own. */
  begin(
    clusterId: string,
    seconds: number,
    attempt: Partial<Pick<PlanAttempt, "moves" | "isAllocatorDown">> = {},
  ): void {
    const cluster = this.find(clusterId);
    const now = this.#clock.now();
    if (cluster.pending !== undefined)
      this.end(cluster, { step: "plan-validator", failureType: "PlanCancelled", message: "The plan was cancelled" });

    const failure = cluster.failures.shift();
    cluster.pending = createAttempt({ ...attempt, startedAt: now, endsAt: this.#clock.after(seconds), failure });
  }

  /** The clusters whose pending plan has come to its end. */
  due(): Cluster[] {
    const now = this.#clock.now();
    return this.list().filter(({ pending }) => pending !== undefined && pending.endsAt <= now);
  }

  /** Ends the pending plan of a cluster: as it was to end, or with a failure. */
  end(cluster: Cluster, failure = cluster.pending?.failure): void {
    if (cluster.pending === undefined) return;

    const now = this.#clock.now();
    const { endsAt } = cluster.pending;
    cluster.history.push({ ...cluster.pending, failure, endsAt: endsAt < now ? endsAt : now });
    cluster.pending = undefined;
  }
}

/** The plan by which the cluster is as it is. */
export function currentPlanOf({ history }: Cluster): PlanAttempt | undefined {
  return history.findLast(({ failure }) => failure === undefined);
}

function createId(): string {
  return randomBytes(16).toString("hex");
}
