import type { AllocatorInfo, EceClient } from "../../api";
import { waitFor, type WaitOptions } from "../platform/wait";
import type { Moves } from "./moves";
import { lookAtRoom } from "./room";

/** How long nobody else must have begun to leave before those that have count as all. */
const QUIET_MS = 2000;
/** How long is waited for that at most. */
const LONGEST_GATHERING_MS = 15_000;

/** A host that stays: so many of so many of its zone that leave can go now. */
export interface Refusal {
  readonly mayGo: false;
  readonly going: number;
  readonly leaving: number;
}

/** What a host that leaves is told: it is in maintenance mode, begun just now or not, or it stays. */
type Admission = { readonly mayGo: true; readonly begun: boolean } | Refusal;

/** Hosts that begin to leave at about the same time. */
interface Gathering {
  /** Their allocators; an undefined one has none. */
  readonly allocators: Promise<AllocatorInfo | undefined>[];
  readonly admissions: Promise<Map<string, Admission | Error>>;
}

/**
 * The hosts that leave at the same time through one connection, so that they do not hand their instances to each other:
 * all enter maintenance mode before the first instance moves, and those for which there is no room stay in service.
 *
 * Gathering takes a short, bounded time, and nobody waits for the end of another's drain.
 */
export class LeavingTogether {
  /** The allocators that were let go and have not come to their end. */
  readonly #going = new Set<string>();
  /** The moves off those that leave. */
  readonly moves = new Set<Moves>();
  readonly #client: EceClient;
  #gathering: Gathering | undefined;
  #arrivals = 0;

  constructor(client: EceClient) {
    this.#client = client;
  }

  /** Waits until a host may leave, or may not. Those that leave call {@link end} when their drain is over. */
  async admit(
    found: Promise<AllocatorInfo | undefined>,
    wait: WaitOptions,
  ): Promise<{ allocator: AllocatorInfo | undefined; admission: Admission }> {
    this.#arrivals += 1;
    if (this.#gathering === undefined) {
      const allocators: Gathering["allocators"] = [];
      const admissions = this.#gather(allocators, wait);
      // Those with nothing to move do not wait for it.
      admissions.catch(() => undefined);
      this.#gathering = { allocators, admissions };
    }
    const { allocators, admissions } = this.#gathering;
    allocators.push(found.catch(() => undefined));
    const allocator = await found;
    if (allocator === undefined) return { allocator, admission: { mayGo: true, begun: false } };
    // Nobody need wait for one with nothing to move.
    const own =
      allocator.instances.length === 0
        ? await this.#enter(allocator, wait.signal)
        : (await admissions).get(allocator.allocator_id);
    if (own instanceof Error) throw own;
    return { allocator, admission: own ?? { mayGo: true, begun: false } };
  }

  end(allocatorId: string, moves: Moves): void {
    this.#going.delete(allocatorId);
    this.moves.delete(moves);
  }

  async #gather(
    allocators: Gathering["allocators"],
    { deadline, signal }: WaitOptions,
  ): Promise<Map<string, Admission | Error>> {
    const { clock } = deadline;
    const quietMs = Math.min(QUIET_MS, deadline.remainingMs / 8);
    try {
      for (
        let passedMs = 0, seen = -1;
        seen !== this.#arrivals && passedMs < LONGEST_GATHERING_MS;
        passedMs += quietMs
      ) {
        seen = this.#arrivals;
        await clock.sleep(quietMs, signal);
        await Promise.all(allocators);
      }
    } finally {
      this.#gathering = undefined;
    }
    const found = (await Promise.all(allocators)).filter((allocator) => allocator !== undefined);
    const leaving = found.filter(({ instances }) => instances.length > 0);
    if (leaving.length === 0) return new Map();
    const all = await this.#listAllocators({ deadline, signal });
    const outlooks = lookAtRoom(leaving, all, this.#going);
    const admissions = new Map<string, Admission | Error>();
    await Promise.all(
      outlooks.map(async ({ allocator, mayGo }) => {
        const { allocator_id: id, zone_id: zone } = allocator;
        const inZone = outlooks.filter((other) => other.allocator.zone_id === zone);
        const going = inZone.filter((other) => other.mayGo).length;
        admissions.set(id, mayGo ? await this.#enter(allocator, signal) : { mayGo, going, leaving: inZone.length });
      }),
    );
    return admissions;
  }

  async #enter({ allocator_id: id, status }: AllocatorInfo, signal: AbortSignal): Promise<Admission | Error> {
    this.#going.add(id);
    if (status.maintenance_mode) return { mayGo: true, begun: false };
    try {
      await this.#client.allocators.startMaintenance(id, "drained by Terraform", { signal });
      return { mayGo: true, begun: true };
    } catch (error) {
      this.#going.delete(id);
      return error instanceof Error ? error : new Error(String(error));
    }
  }

  async #listAllocators(wait: WaitOptions): Promise<AllocatorInfo[]> {
    const outcome = await waitFor(wait, () => this.#client.allocators.list({ signal: wait.signal }));
    if (outcome.found === undefined)
      throw outcome.lastError ?? new Error("the list of allocators was not read in time");
    return outcome.found;
  }
}

const ofClients = new WeakMap<EceClient, LeavingTogether>();

/** The hosts that leave through a connection. */
export function leavingThrough(client: EceClient): LeavingTogether {
  const known = ofClients.get(client) ?? new LeavingTogether(client);
  ofClients.set(client, known);
  return known;
}
