import type { Allocator, Allocators, Instance } from "./allocators";
import type { SimulatedClock } from "./clock";

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
  readonly message: string;
}

/** The moves that a request leads to, and those that are not possible. */
export interface MovePlan {
  readonly moves: readonly Move[];
  readonly failures: readonly MoveFailure[];
}

interface PendingMove {
  readonly instance: Instance;
  readonly from: Allocator;
  readonly to: Allocator;
  readonly completesAt: Date;
}

/** Moves instances between the allocators of a zone. A move takes time, and memory on its target. */
export class Moves {
  #pending: PendingMove[] = [];
  readonly #allocators: Allocators;
  readonly #clock: SimulatedClock;

  constructor(allocators: Allocators, clock: SimulatedClock) {
    this.#allocators = allocators;
    this.#clock = clock;
  }

  isMoving(instance: Instance): boolean {
    return this.#pending.some((move) => move.instance === instance);
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
      if (typeof targets === "string") failures.push({ clusterId, clusterType, message: targets });
      else moves.push({ clusterId, clusterType, targets });
    }
    return { moves, failures };
  }

  /** Starts the moves of a plan; they complete after `seconds`, or at once if that is 0. */
  start(from: Allocator, plan: MovePlan, seconds: number): void {
    const completesAt = this.#clock.after(seconds);
    const started = plan.moves.flatMap(({ targets }) =>
      [...targets].map(([instance, to]) => ({ instance, from, to, completesAt })),
    );
    const restarted = new Set(started.map(({ instance }) => instance));
    this.#pending = [...this.#pending.filter(({ instance }) => !restarted.has(instance)), ...started];
    this.completeDue();
  }

  /** Completes the moves that are due. An instance stays where it is if its target takes no instances any more. */
  completeDue(): void {
    const now = this.#clock.now();
    const due = this.#pending.filter(({ completesAt }) => completesAt <= now);
    this.#pending = this.#pending.filter(({ completesAt }) => completesAt > now);
    for (const { instance, from, to } of due)
      if (this.#takesInstances(to) && from.instances.includes(instance)) this.#allocators.hand([instance], from, to);
  }

  #findTargets(
    from: Allocator,
    instances: readonly Instance[],
    request: MoveRequest,
    reservedMb: Map<Allocator, number>,
  ): Map<Instance, Allocator> | string {
    if (request.allocatorDown === false && !this.#allocators.isConnected(from))
      return "The allocator is not connected, the instances can only move with allocator_down";

    if (!request.forceUpdate && instances.some((instance) => this.isMoving(instance)))
      return "There is a pending plan for this cluster";

    const reserved = new Map(reservedMb);
    const targets = new Map<Instance, Allocator>();
    for (const instance of instances) {
      const target = this.#candidates(from).find(
        (candidate) =>
          candidate === from || this.#freeMb(candidate) - (reserved.get(candidate) ?? 0) >= instance.nodeMemoryMb,
      );
      if (target === undefined)
        return `There is not enough capacity in zone [${from.availabilityZone}] for ${instance.nodeMemoryMb} MB`;

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
    const incomingMb = this.#pending
      .filter(({ to, from }) => to === allocator && from !== allocator)
      .reduce((sum, { instance }) => sum + instance.nodeMemoryMb, 0);
    return this.#allocators.capacityMb(allocator) - this.#allocators.usedMb(allocator) - incomingMb;
  }
}
