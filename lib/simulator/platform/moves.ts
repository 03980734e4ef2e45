import type { Allocator, Instance } from "./allocator";
import type { Allocators } from "./allocators";
import type { Clusters } from "./clusters";
import type { InstanceMove } from "./plan-attempts";

/** Which of an allocator's instances should move, and how. */
export interface MoveRequest {
  /** @default - every type */
  readonly clusterType?: string;
  /** @default - every cluster */
  readonly clusterIds?: ReadonlySet<string>;
  /** Whether to replace moves that are in progress. @default false */
  readonly forceUpdate?: boolean;
  /** Whether to treat the allocator as down. @default - if it is disconnected */
  readonly allocatorDown?: boolean;
}

/** A cluster whose instances can move. */
export interface Move {
  readonly clusterId: string;
  readonly clusterType: string;
  readonly targets: ReadonlyMap<Instance, Allocator>;
}

/** A cluster whose instances cannot move. */
export interface MoveFailure {
  readonly clusterId: string;
  readonly clusterType: string;
  readonly code: string;
  readonly message: string;
}

/** The moves that a request leads to, and those that are not possible. */
export interface MovePlan {
  readonly moves: readonly Move[];
  readonly failures: readonly MoveFailure[];
}

const PLAN_PENDING = "There is a plan still pending, cancel that or wait for it to complete before restarting";

type Reason = Pick<MoveFailure, "code" | "message">;

/** Moves instances between the allocators of a zone, by a plan of their cluster. That takes time, and memory on its target. */
export class Moves {
  readonly #allocators: Allocators;
  readonly #clusters: Clusters;

  constructor(allocators: Allocators, clusters: Clusters) {
    this.#allocators = allocators;
    this.#clusters = clusters;
  }

  isMoving(instance: Instance): boolean {
    return this.#underWay().some((move) => move.instance === instance);
  }

  /** Finds targets for the instances of each cluster, or a reason why there are none. Changes nothing. */
  plan(from: Allocator, request: MoveRequest): MovePlan {
    const clusters = new Map<string, Instance[]>();
    for (const instance of from.instances) {
      const isWanted =
        (request.clusterType ?? instance.clusterType) === instance.clusterType &&
        (request.clusterIds?.has(instance.clusterId) ?? true);
      if (isWanted) clusters.set(instance.clusterId, [...(clusters.get(instance.clusterId) ?? []), instance]);
    }
    const moves: Move[] = [];
    const failures: MoveFailure[] = [];
    const reservedMb = new Map<Allocator, number>();
    for (const [clusterId, instances] of clusters) {
      const clusterType = instances[0]?.clusterType ?? "elasticsearch";
      const targets = this.#findTargets(from, instances, request, reservedMb);
      if (targets instanceof Map) moves.push({ clusterId, clusterType, targets });
      else failures.push({ clusterId, clusterType, ...targets });
    }
    return { moves, failures };
  }

  /** Begins a plan for each cluster that can move; they end after `seconds`, or at once if that is 0. */
  start(from: Allocator, { moves }: MovePlan, { allocatorDown }: MoveRequest, seconds: number): void {
    const isAllocatorDown = allocatorDown ?? !this.#allocators.isConnected(from);
    for (const { clusterId, targets } of moves) {
      const moved = [...targets].map(([instance, to]) => ({ instance, from, to }));
      this.#clusters.begin(clusterId, seconds, { moves: moved, isAllocatorDown });
    }
    this.completeDue();
  }

  /** Ends the plans that are due. A plan that fails leaves its instances where they are. */
  completeDue(): void {
    for (const cluster of this.#clusters.due()) {
      const moves = cluster.pending?.moves ?? [];
      const closed = moves.find(({ to }) => !this.#takesInstances(to));
      const silent = moves.find(({ from }) => !this.#allocators.isConnected(from));
      if (
        cluster.pending?.failure === undefined &&
        silent !== undefined &&
        cluster.pending?.isAllocatorDown === false
      ) {
        this.#clusters.end(cluster, {
          step: "migrate-data",
          failureType: "ClusterFailure:DataMigrationFailed",
          message: `The allocator [${silent.from.allocatorId}] does not answer`,
        });
        continue;
      }
      if (cluster.pending?.failure === undefined && closed !== undefined) {
        this.#clusters.end(cluster, {
          step: "wait-until-running",
          failureType: "ClusterFailure:InstanceDidNotStart",
          message: `The allocator [${closed.to.allocatorId}] does not take instances`,
        });
        continue;
      }
      const hasFailed = cluster.pending?.failure !== undefined;
      this.#clusters.end(cluster);
      if (hasFailed) continue;
      for (const { instance, from, to } of moves)
        if (from.instances.includes(instance)) this.#allocators.hand([instance], from, to);
    }
  }

  #findTargets(
    from: Allocator,
    instances: readonly Instance[],
    request: MoveRequest,
    reservedMb: Map<Allocator, number>,
  ): Map<Instance, Allocator> | Reason {
    if (request.allocatorDown === false && !this.#allocators.isConnected(from))
      return invalidPlan("The allocator is not connected, the instances can only move with allocator_down");

    if (!request.forceUpdate && instances.some(({ clusterId }) => this.#clusters.find(clusterId).pending !== undefined))
      return { code: "clusters.cluster_plan_state_error", message: PLAN_PENDING };

    const traits = instances.map(({ clusterId }) => this.#clusters.find(clusterId).traits);
    if (traits.some(({ stopped }) => stopped))
      return { code: "clusters.cluster_plan_state_error", message: "The cluster is stopped" };
    if (traits.some(({ onlyCopy }) => onlyCopy)) return invalidPlan("There is no other copy of its data");

    const reserved = new Map(reservedMb);
    const targets = new Map<Instance, Allocator>();
    for (const instance of instances) {
      const target = this.#candidates(from).find(
        (candidate) =>
          candidate === from || this.#freeMb(candidate) - (reserved.get(candidate) ?? 0) >= instance.nodeMemoryMb,
      );
      if (target === undefined) {
        return invalidPlan(
          `There is not enough capacity in zone [${from.availabilityZone}] for ${instance.nodeMemoryMb} MB`,
        );
      }

      reserved.set(target, (reserved.get(target) ?? 0) + instance.nodeMemoryMb);
      targets.set(instance, target);
    }
    reserved.forEach((megabytes, allocator) => reservedMb.set(allocator, megabytes));
    return targets;
  }

  // An allocator outside of maintenance mode may get its own instances back, so it comes first: a drain that does not
  // start maintenance mode never ends.
  #candidates(from: Allocator): Allocator[] {
    return this.#allocators
      .list()
      .filter((allocator) => allocator.availabilityZone === from.availabilityZone && this.#takesInstances(allocator))
      .sort((a, b) => Number(b === from) - Number(a === from));
  }

  #takesInstances(allocator: Allocator): boolean {
    return this.#allocators.isConnected(allocator) && allocator.maintenanceSince === undefined;
  }

  #freeMb(allocator: Allocator): number {
    const incomingMb = this.#underWay()
      .filter(({ to, from }) => to === allocator && from !== allocator)
      .reduce((sum, { instance }) => sum + instance.nodeMemoryMb, 0);
    return this.#allocators.capacityMb(allocator) - this.#allocators.usedMb(allocator) - incomingMb;
  }

  #underWay(): InstanceMove[] {
    return this.#clusters.list().flatMap(({ pending }) => pending?.moves ?? []);
  }
}

// The description names this code for moves. That a lack of capacity gets it is a guess.
function invalidPlan(message: string): Reason {
  return { code: "clusters.cluster_invalid_plan", message };
}
