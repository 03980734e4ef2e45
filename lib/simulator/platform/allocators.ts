import type { Allocator, Instance, InstanceOptions } from "./allocator";
import { ApiError } from "./api-error";
import { Blink, type BlinkOptions } from "./blink";
import type { SimulatedClock } from "./clock";
import type { Clusters } from "./clusters";
import type { Runners } from "./runners";

/** The platform's records of allocators. */
export class Allocators {
  readonly #allocators = new Map<string, Allocator>();
  readonly #runners: Runners;
  readonly #clusters: Clusters;
  readonly #clock: SimulatedClock;
  readonly #blinks = new WeakMap<Allocator, Blink>();

  readonly #changed: () => void;

  /** @param changed called after each change of where instances are */
  constructor(runners: Runners, clusters: Clusters, clock: SimulatedClock, changed: () => void) {
    this.#runners = runners;
    this.#clusters = clusters;
    this.#clock = clock;
    this.#changed = changed;
  }

  /** All records, in the order of their ids, as the API pages them. */
  list(): Allocator[] {
    return [...this.#allocators.values()].sort((a, b) => (a.allocatorId < b.allocatorId ? -1 : 1));
  }

  /** Returns the record, or throws the API's 404. */
  find(allocatorId: string): Allocator {
    const allocator = this.#allocators.get(allocatorId);
    if (allocator === undefined)
      throw new ApiError(404, "allocators.allocator_not_found", `The allocator [${allocatorId}] could not be found`);

    return allocator;
  }

  /** Adds a record unless there is one: a host that joins again keeps its zone, tags and instances. */
  ensure(allocator: Omit<Allocator, "settings" | "instances">): void {
    if (!this.#allocators.has(allocator.allocatorId))
      this.#allocators.set(allocator.allocatorId, { ...allocator, settings: {}, instances: [] });
  }

  /** Whether the allocator's host is connected and still has the role, and the allocator does not blink. */
  isConnected(allocator: Allocator): boolean {
    const runner = this.#runners.tryFind(allocator.allocatorId);
    const isAway = this.#blinks.get(allocator)?.isAway === true;
    return runner !== undefined && runner.connected && runner.roles.has("allocator") && !isAway;
  }

  /** Lets an allocator go away for a while, its host does not. Throws a RangeError for what is no length of a blink. */
  blink(allocator: Allocator, options: BlinkOptions): void {
    this.#blinks.set(allocator, new Blink(this.#clock, options));
  }

  /** Notes that the API has shown the allocator, see {@link BlinkOptions}. */
  passRead(allocator: Allocator): void {
    this.#blinks.get(allocator)?.passRead();
  }

  capacityMb(allocator: Allocator): number {
    return allocator.settings.capacity ?? allocator.installedCapacityMb;
  }

  usedMb(allocator: Allocator): number {
    return allocator.instances.reduce((sum, instance) => sum + instance.nodeMemoryMb, 0);
  }

  startMaintenance(allocator: Allocator): void {
    allocator.maintenanceSince ??= this.#clock.now();
  }

  stopMaintenance(allocator: Allocator): void {
    allocator.maintenanceSince = undefined;
  }

  /** Puts instances on an allocator, as if deployments had been created there. Its capacity is no limit. */
  place(allocator: Allocator, instances: readonly InstanceOptions[]): Instance[] {
    const placed = instances.map((instance, index) => {
      const { clusterId, clusterType, clusterName, deploymentId } = this.#clusters.ensure(instance);
      const ordinal = String(allocator.instances.length + index).padStart(10, "0");
      return {
        clusterId,
        clusterType,
        clusterName,
        deploymentId,
        instanceName: instance.instanceName ?? `instance-${ordinal}`,
        nodeMemoryMb: instance.nodeMemoryMb ?? 1024,
      };
    });
    allocator.instances = [...allocator.instances, ...placed];
    this.#changed();
    return placed;
  }

  /** Moves instances from one allocator to another. */
  hand(instances: readonly Instance[], from: Allocator, to: Allocator): void {
    from.instances = from.instances.filter((instance) => !instances.includes(instance));
    to.instances = [...to.instances, ...instances];
    this.#changed();
  }

  /** Removes the record of an allocator that is disconnected and empty. */
  delete(allocator: Allocator, removeInstances: boolean): void {
    const subject = `The allocator [${allocator.allocatorId}]`;
    const runner = this.#runners.tryFind(allocator.allocatorId);
    const lags = runner?.connected === false && this.#runners.refusesDeletion(runner);
    if (this.isConnected(allocator) || lags)
      throw new ApiError(400, "allocators.delete_connected_allocator_attempt", `${subject} is still connected`);

    if (allocator.instances.length > 0 && !removeInstances)
      throw new ApiError(400, "allocators.delete_allocator_with_instances_attempt", `${subject} still has instances`);

    this.#allocators.delete(allocator.allocatorId);
    this.#changed();
  }
}
