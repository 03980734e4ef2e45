import type { Allocator, Allocators, Instance } from "./allocators";
import type { SimulatedClock } from "./clock";

/** Which of an allocator's instances should move, and how. */
export interface MoveRequest {
  /** @default - every type */
  readonly clusterType?: string;
  /** @default - every cluster */
  readonly clusterIds?: ReadonlySet<string>;
  /** Cancel moves that are under way and start again. @default false */
  readonly forceUpdate?: boolean;
  /** Whether the allocator is held to be lost. @default - found out from its connection */
  readonly allocatorDown?: boolean;
}

/** A cluster whose instances have somewhere to go. */
export interface Move {
  readonly clusterId: string;
  readonly clusterType: string;
  readonly targets: ReadonlyMap<Instance, Allocator>;
}

/** A cluster whose instances stay. */
export interface MoveFailure {
  readonly clusterId: string;
  readonly clusterType: string;
  readonly message: string;
}

/** What would become of a move request. */
export interface MovePlan {
  readonly moves: readonly Move[];
  readonly failures: readonly MoveFailure[];
}

interface Journey {
  readonly instance: Instance;
  readonly from: Allocator;
  readonly to: Allocator;
  readonly arrivesAt: Date;
}

/** Moves instances between the allocators of a zone, which takes time and room. */
export class Moves {
  #journeys: Journey[] = [];
  readonly #allocators: Allocators;
  readonly #clock: SimulatedClock;

  constructor(allocators: Allocators, clock: SimulatedClock) {
    this.#allocators = allocators;
    this.#clock = clock;
  }

  isMoving(instance: Instance): boolean {
    return this.#journeys.some((journey) => journey.instance === instance);
  }

  /** Finds a place for each cluster, or the reason why there is none; changes nothing. */
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

  /** Sets a plan's moves going; they arrive after `seconds`, at once when that is 0. */
  start(from: Allocator, plan: MovePlan, seconds: number): void {
    const arrivesAt = this.#clock.after(seconds);
    const journeys = plan.moves.flatMap(({ targets }) =>
      [...targets].map(([instance, to]) => ({ instance, from, to, arrivesAt })),
    );
    const restarted = new Set(journeys.map(({ instance }) => instance));
    this.#journeys = [...this.#journeys.filter(({ instance }) => !restarted.has(instance)), ...journeys];
    this.settle();
  }

  /** Ends the moves whose time has come. An instance whose target went away meanwhile stays where it is. */
  settle(): void {
    const now = this.#clock.now();
    const arrived = this.#journeys.filter(({ arrivesAt }) => arrivesAt <= now);
    this.#journeys = this.#journeys.filter(({ arrivesAt }) => arrivesAt > now);
    for (const { instance, from, to } of arrived) {
      if (this.#takesInstances(to) && from.instances.includes(instance)) {
        from.instances = from.instances.filter((other) => other !== instance);
        to.instances = [...to.instances, instance];
      }
    }
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

  // An allocator out of maintenance may get its own instances back, so it comes first: drains that forget it never end.
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
    const incomingMb = this.#journeys
      .filter(({ to, from }) => to === allocator && from !== allocator)
      .reduce((sum, { instance }) => sum + instance.nodeMemoryMb, 0);
    return this.#allocators.capacityMb(allocator) - this.#allocators.usedMb(allocator) - incomingMb;
  }
}
