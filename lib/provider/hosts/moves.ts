import {
  EceApiError,
  type AllocatedInstance,
  type AllocatorInfo,
  type DeploymentResource,
  type EceClient,
  type MoveClusterDetails,
  type MoveClustersRequest,
  type MoveRequest,
} from "../../api";
import { log } from "../../plugin/log";

/** As many as Elastic's own tool moves at the same time. */
const MOST_AT_ONCE = 8;
const MOST_ATTEMPTS = 3;
/** How often a cluster that has moved is asked whether it is healthy again. */
const MOST_LOOKS_AFTER = 10;
/** The deployments that ECE makes for itself. Its users are in `security`: who calls is not known while that moves. */
const SYSTEM_OWNED = ["admin-console-elasticsearch", "logging-and-metrics", "security"];
/** The kinds that the API moves by themselves; others move only with all that is on an allocator. */
const MOVABLE_KINDS = ["elasticsearch", "kibana", "apm", "appsearch", "enterprise_search"];
const PLAN_PENDING = /plan still pending/i;

/** A cluster as far as it is on the allocator. */
interface Cluster {
  readonly id: string;
  readonly kind: string;
  readonly name: string;
  readonly deploymentId: string | undefined;
  readonly isChanging: boolean;
}

/** A move that was begun. */
interface UnderWay {
  readonly cluster: Cluster;
  /** Looks in a row at which the cluster was there and nothing changed. */
  idle: number;
  looksAfter: number;
}

/** How everything on an allocator is moved. */
export interface MovesOptions {
  /** Whether to overwrite pending plans. */
  readonly force: boolean;
  /** Whether the machine is given up. */
  readonly isLost: boolean;
  /** The moves off the hosts that leave at the same time, these among them. */
  readonly together: ReadonlySet<Moves>;
}

/**
 * The moves off one allocator: a plan per cluster, as Elastic's own tool does it. A plan that fails is noticed, and tried
 * again a few times.
 */
export class Moves {
  /** Why a cluster has not moved, by its id. */
  readonly reasons = new Map<string, string>();
  readonly #client: EceClient;
  readonly #allocatorId: string;
  readonly #options: MovesOptions;
  readonly #underWay = new Map<string, UnderWay>();
  readonly #attempts = new Map<string, number>();
  readonly #moved = new Set<string>();

  constructor(client: EceClient, allocatorId: string, options: MovesOptions) {
    this.#client = client;
    this.#allocatorId = allocatorId;
    this.#options = options;
  }

  /** Whether anything has left the allocator, or may be about to. */
  get hasMoved(): boolean {
    return this.#moved.size + this.#underWay.size > 0;
  }

  /** Whether a refused login may be the platform's own doing. */
  get isSecurityMoving(): boolean {
    return [...this.#options.together].some((moves) => moves.#isMoving(["security"]));
  }

  /**
   * Goes on from what the allocator shows now: follows what moves, and begins what can be begun. True when there is nothing
   * left to do, be it that everything has moved or that the rest cannot.
   */
  async advance(now: AllocatorInfo, isPaused: boolean, signal: AbortSignal): Promise<boolean> {
    const clusters = clustersOn(now.instances);
    await this.#follow(clusters, signal);
    const waiting = clusters.filter(({ id, isChanging }) => !this.#underWay.has(id) && isChanging);
    if (!this.#options.force) for (const { id } of waiting) this.reasons.set(id, "a plan of it is pending");

    log.info(`Draining allocator ${this.#allocatorId}`, {
      moved: this.#moved.size,
      clusters: clusters.length + this.#moved.size,
      moving: [...this.#underWay.keys()],
      waits_for_plans_of: waiting.map(({ id }) => id),
      is_paused: isPaused,
    });
    if (isPaused) return clusters.length === 0 && this.#underWay.size === 0;

    const next = this.#next(clusters);
    const begun = await Promise.allSettled(next.map((cluster) => this.#begin(cluster, signal)));
    const failed = begun.find(({ status }) => status === "rejected");
    if (failed?.status === "rejected") throw failed.reason;
    if (next.length > 0 || this.#underWay.size > 0) return false;
    return clusters.every(({ id, isChanging }) => !isChanging && this.#attemptsOf(id) >= MOST_ATTEMPTS);
  }

  /** What is to be begun now: what is tried anew only when nothing moves, and what ECE owns one by one after all others. */
  #next(clusters: readonly Cluster[]): Cluster[] {
    const isIdle = this.#underWay.size === 0;
    const able = clusters.filter(
      ({ id, isChanging }) =>
        !this.#underWay.has(id) &&
        (this.#options.force || !isChanging) &&
        this.#attemptsOf(id) < (isIdle ? MOST_ATTEMPTS : 1),
    );
    const typed = able.filter(({ kind }) => MOVABLE_KINDS.includes(kind));
    const ordinary = typed.filter(({ name }) => !SYSTEM_OWNED.includes(name));
    if (this.isSecurityMoving) return [];
    if (ordinary.length > 0) return ordinary.slice(0, Math.max(0, MOST_AT_ONCE - this.#underWay.size));
    if (!isIdle || [...this.#options.together].some((moves) => moves.#isMoving(SYSTEM_OWNED))) return [];
    return typed.length > 0 ? typed.slice(0, 1) : able.slice(0, 1);
  }

  #isMoving(names: readonly string[]): boolean {
    return [...this.#underWay.values()].some(({ cluster }) => names.includes(cluster.name));
  }

  async #begin(cluster: Cluster, signal: AbortSignal): Promise<void> {
    const { id, kind } = cluster;
    const { force, isLost } = this.#options;
    // Said in any case: left out, the platform decides by what it sees, and a host that blinks then counts as lost.
    const how = { forceUpdate: force, allocatorDown: isLost };
    // From now on others see that it moves.
    this.#underWay.set(id, { cluster, idle: 0, looksAfter: 0 });
    let isSent = false;
    try {
      if (MOVABLE_KINDS.includes(kind)) {
        const valid = await validateMove(this.#client, this.#allocatorId, cluster, how, signal);
        if (this.#isRefused(cluster, valid.refusal)) {
          this.#underWay.delete(id);
          return;
        }
        isSent = true;
        const request = { ...how, clusters: requestFor(cluster, valid.plan), kind };
        const begun = await this.#client.allocators.move(this.#allocatorId, request, { signal });
        if (this.#isRefused(cluster, refusalIn(begun.failures, id))) this.#underWay.delete(id);
      } else {
        isSent = true;
        await this.#client.allocators.move(this.#allocatorId, how, { signal });
      }
    } catch (error) {
      // What was perhaps begun is followed; what was not sent, or was refused, is not.
      const isRefused = error instanceof EceApiError && error.status < 500;
      if (!isSent || isRefused) this.#underWay.delete(id);
      if (!(error instanceof Error) || signal.aborted) throw error;
      if (isRefused && ![401, 403].includes(error.status)) this.#fails(id, error.message);
      else if (!isSent || isRefused) throw error;
      else this.reasons.set(id, error.message);
    }
  }

  /** Whether the platform refuses to move a cluster. One with a pending plan is waited for. */
  #isRefused({ id }: Cluster, why: string | undefined): boolean {
    if (why === undefined) return false;
    if (PLAN_PENDING.test(why)) this.reasons.set(id, why);
    else this.#fails(id, why);
    return true;
  }

  async #follow(clusters: readonly Cluster[], signal: AbortSignal): Promise<void> {
    const there = new Map(clusters.map((cluster) => [cluster.id, cluster]));
    for (const [id, move] of this.#underWay) {
      const cluster = there.get(id);
      if (cluster?.isChanging === true) {
        move.idle = 0;
      } else if (cluster !== undefined) {
        move.idle += 1;
        // A plan that has just ended may not have been carried over to the list of instances yet.
        if (move.idle < 2) continue;
        const reason = failureOf(await this.#tryReadCluster(cluster, signal));
        this.#underWay.delete(id);
        this.#fails(id, reason ?? this.reasons.get(id) ?? noMove(cluster));
      } else if (await this.#isSettled(move, signal)) {
        this.#underWay.delete(id);
        this.reasons.delete(id);
        this.#moved.add(id);
      }
    }
  }

  /** Whether a cluster that has left the allocator has no pending plan any more and is healthy. */
  async #isSettled(move: UnderWay, signal: AbortSignal): Promise<boolean> {
    const info = (await this.#tryReadCluster(move.cluster, signal))?.info;
    if (info?.plan_info?.pending !== undefined) return false;
    move.looksAfter += 1;
    return info?.healthy !== false || move.looksAfter >= MOST_LOOKS_AFTER;
  }

  async #tryReadCluster({ id, deploymentId }: Cluster, signal: AbortSignal): Promise<DeploymentResource | undefined> {
    if (deploymentId === undefined) return undefined;
    const resources = await this.#client.deployments.tryFindPlans(deploymentId, { signal });
    return resources?.find((resource) => resource.id === id);
  }

  #attemptsOf(id: string): number {
    return this.#attempts.get(id) ?? 0;
  }

  #fails(id: string, reason: string): void {
    this.#attempts.set(id, this.#attemptsOf(id) + 1);
    this.reasons.set(id, reason);
    log.warn(`A cluster does not leave allocator ${this.#allocatorId}`, { cluster: id, reason });
  }
}

/** Asks the platform whether it would move a cluster off an allocator: why not, or else by which plan. Moves nothing. */
export async function validateMove(
  client: EceClient,
  allocatorId: string,
  { id, kind }: Pick<Cluster, "id" | "kind">,
  how: Pick<MoveRequest, "forceUpdate" | "allocatorDown">,
  signal: AbortSignal,
): Promise<{ readonly refusal: string | undefined; readonly plan: Record<string, unknown> | undefined }> {
  // A kind without a move of its own goes with all that is on the allocator.
  const request = MOVABLE_KINDS.includes(kind) ? { ...how, clusters: requestFor({ id, kind }) } : how;
  const { moves, failures } = await client.allocators.validateMove(allocatorId, request, { signal });
  const plan = entriesOf(moves).find((move) => move.cluster_id === id)?.calculated_plan;
  return { refusal: refusalIn(failures, id), plan };
}

function refusalIn(failures: object, id: string): string | undefined {
  const refused = entriesOf(failures).find((failure) => failure.cluster_id === id);
  return refused && ((refused.errors ?? []).map(({ message }) => message).join("; ") || "no reason given");
}

function clustersOn(instances: readonly AllocatedInstance[]): Cluster[] {
  const clusters = new Map<string, Cluster>();
  for (const instance of instances) {
    const { cluster_id: id, cluster_type: kind, cluster_name: name = id, deployment_id: deploymentId } = instance;
    const isChanging = instance.moving === true || instance.plans_info?.pending === true;
    const others = clusters.get(id)?.isChanging === true;
    clusters.set(id, { id, kind, name, deploymentId, isChanging: isChanging || others });
  }
  return [...clusters.values()];
}

function requestFor({ id, kind }: Pick<Cluster, "id" | "kind">, plan?: Record<string, unknown>): MoveClustersRequest {
  return { [`${kind}_clusters`]: [{ cluster_ids: [id], ...(plan && { plan_override: plan }) }] };
}

function entriesOf(details: object): MoveClusterDetails[] {
  return Object.values(details as Readonly<Record<string, MoveClusterDetails[]>>).flat();
}

/** Why the last plan of a cluster failed; undefined if it did not, or if nothing is known of it. */
function failureOf(resource: DeploymentResource | undefined): string | undefined {
  const last = resource?.info?.plan_info?.history?.at(-1)?.plan_attempt_log;
  if (last?.at(-1)?.status !== "error") return undefined;
  const failed = last.find(({ status }) => status === "error");
  const said = failed?.info_log?.at(-1);
  const type = said?.failure_type ?? said?.details?.failure_type;
  return `its plan failed at ${failed?.step_id}: ${said?.message ?? "no reason given"}${typeof type === "string" ? ` (${type})` : ""}`;
}

function noMove({ kind }: Cluster): string {
  return MOVABLE_KINDS.includes(kind)
    ? "its move ended, and left it where it is"
    : `the API has no move for ${kind}, and moving everything left it where it is`;
}
