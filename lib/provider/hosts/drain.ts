/**
 * What is done with hosts on the platform: wait for them to join, change their roles, empty them. Takes an
 * {@link EceClient} and knows no resource. Imports the room `platform`, `api`, `ece`, `plugin/framework`
 * and `plugin/log`.
 */
import { EceApiError, EceError, type AllocatorInfo, type EceClient, type RunnerInfo } from "../../api";
import { DiagnosticError, type Block } from "../../plugin/framework";
import { log } from "../../plugin/log";
import { describeInstances, tryFindAllocatorOf } from "./host-facts";
import { leavingThrough, type Refusal } from "./leaving-together";
import { Moves } from "./moves";
import { waitFor, type WaitOptions } from "../platform/wait";

/** How a host is emptied; both are arguments that a plan shows. */
export interface DrainOptions {
  /** Cancel and overwrite plans that are pending for what is to be moved, instead of waiting for them. */
  readonly force: boolean;
  /** Leave the instances where they are. */
  readonly skip: boolean;
  /**
   * Whether the machine is given up: the platform then makes its instances anew from their copies, and takes what has none
   * for lost. Never derived: a host that blinks would lose its data.
   */
  readonly isLost?: boolean;
}

/** The arguments of whatever drains. */
export const drainBlock = {
  description: "How the host is emptied.",
  attributes: {
    force: {
      type: "bool",
      optional: true,
      default: false,
      description:
        "Cancel and overwrite plans that are pending for what is to be moved, instead of waiting for them (default: `false`).",
    },
    skip: {
      type: "bool",
      optional: true,
      default: false,
      description:
        "Drop the roles without moving anything: what is on the host is given up (default: `false`). Refused with `machine`: ECE is removed from a machine only when it is empty.",
    },
  },
} satisfies Block;

/** The options by the value of the block in a plan or state. */
export function readDrainOptions(block: DrainOptions | null): DrainOptions {
  return { force: block?.force === true, skip: block?.skip === true };
}

/** How long ending the maintenance mode may take of an operation that was cancelled. */
const CLEANUP_MS = 20_000;

/**
 * Empties a host's allocator as Elastic's own tool does it: maintenance mode, so that nothing new lands on it; a tracked move
 * of each cluster, a few at a time; again and again until nothing is left.
 *
 * What cannot move is named in the end, when everything else has moved. A drain that moved nothing ends the maintenance mode
 * that it began; after another, the next drain goes on from there. A host without an allocator is empty.
 */
export async function drain(
  client: EceClient,
  runner: Pick<RunnerInfo, "runner_id" | "host_ip">,
  { force, skip, isLost = false }: DrainOptions,
  wait: WaitOptions,
): Promise<void> {
  if (skip) return;
  const { signal } = wait;
  const leaving = leavingThrough(client);
  const { allocator, admission } = await leaving.admit(tryFindAllocatorOf(client, runner, signal), wait);
  if (allocator === undefined) return;
  const id = allocator.allocator_id;
  if (!admission.mayGo) throw noRoom(allocator, admission);
  const begins = admission.begun;
  const moves = new Moves(client, id, { force, isLost, together: leaving.moves });
  leaving.moves.add(moves);
  try {
    signal.throwIfAborted();
    await moveEverything(client, id, moves, isLost, wait);
  } catch (error) {
    const isEnded = begins && !moves.hasMoved && (await tryEndMaintenance(client, id));
    const stays = isEnded
      ? `Nothing was moved, and the maintenance mode that this drain began was ended: allocator ${id} is in service as before.`
      : `Allocator ${id} stays in maintenance mode, and the host keeps its roles: the next drain goes on from here. To keep the host after all, end the maintenance mode in the Cloud UI.`;
    log.warn("A drain did not come to its end", { allocator: id, stays });
    if (signal.aborted) throw error;
    if (error instanceof NotEmptied) throw cannotDrain(id, error.message, stays);
    if (!(error instanceof EceError)) throw error;
    throw cannotDrain(id, error.remedy === undefined ? error.message : `${error.message}\n\n${error.remedy}`, stays);
  } finally {
    leaving.end(id, moves);
  }
}

/** What is left on an allocator, and why. */
class NotEmptied extends Error {}

async function moveEverything(
  client: EceClient,
  id: string,
  moves: Moves,
  isLost: boolean,
  wait: WaitOptions,
): Promise<void> {
  const { signal } = wait;
  let last: AllocatorInfo | undefined;
  const outcome = await waitFor(wait, async () => {
    try {
      last = await client.allocators.tryFind(id, { signal });
      if (last === undefined) return true;
      return (await moves.advance(last, !isLost && isAway(last), signal)) || undefined;
    } catch (error) {
      // The platform cannot tell who calls while the deployment of its users moves.
      if (moves.isSecurityMoving && error instanceof EceApiError && error.status === 401) return undefined;
      throw error;
    }
  });
  if (last === undefined && outcome.found !== undefined) return;
  if (last !== undefined && last.instances.length === 0 && outcome.found !== undefined) return;
  const left = last === undefined ? "  (unknown)" : describeLeft(last, moves);
  if (outcome.found !== undefined) {
    throw new NotEmptied(
      `These cannot be moved off it, everything else was:\n${left}\n\nMake room on other allocators of its zone, or remove what each reason names.`,
    );
  }
  const { text } = wait.deadline;
  if (last !== undefined && isAway(last)) {
    throw new NotEmptied(
      `After ${text} ${last.status.connected ? "it is not healthy" : "it is not connected"}, and a host that does not answer cannot hand over its data. These are still on it:\n${left}\n\nBring the host back (its container frc-runners-runner, its network). If the machine is gone for good, add its runner id to machines in the provider's given_up block: the platform then makes the instances anew from their copies, and those without a copy are lost.`,
    );
  }
  const away = outcome.lastError ? ` The platform's last answer: ${outcome.lastError.message}` : "";
  throw new NotEmptied(
    `After ${text} these are still on it:\n${left}${away}\n\nGive it a longer timeout if moves take their time. The argument drain.force of ece_host_roles overwrites pending plans.`,
  );
}

/** Ends a maintenance mode, also after the operation was cancelled. False if that failed. */
async function tryEndMaintenance(client: EceClient, id: string): Promise<boolean> {
  try {
    await client.allocators.stopMaintenance(id, { signal: AbortSignal.timeout(CLEANUP_MS) });
    return true;
  } catch (error) {
    log.error("Unable to end a maintenance mode", { allocator: id, error });
    return false;
  }
}

/** A host that cannot hand over its data now; an empty allocator that is away is called healthy. */
export function isAway({ status }: AllocatorInfo): boolean {
  return !status.connected || !status.healthy;
}

/** A line for each instance that is left: what it is of, and why it is there. */
function describeLeft({ instances }: AllocatorInfo, { reasons }: Moves): string {
  return instances
    .map(({ instance_name: instance, cluster_type: kind, cluster_id: cluster, cluster_name: name }) => {
      const called = name === undefined || name === cluster ? "" : ` ${name}`;
      return `  - ${instance} of ${kind}${called} ${cluster}: ${reasons.get(cluster) ?? "its move is under way or has not begun"}`;
    })
    .join("\n");
}

/** A host that stays in service, since those that take its instances leave as well, or are full. */
function noRoom({ allocator_id: id, zone_id: zone, ...allocator }: AllocatorInfo, { going, leaving }: Refusal) {
  return new DiagnosticError(
    `Unable to drain allocator ${id}`,
    `No other allocator of the zone ${zone ?? "(unknown)"} that stays has room for any of these:\n${describeInstances({ ...allocator, allocator_id: id })}\n\nOf the hosts of this zone that leave now, ${going} of ${leaving} can go. Nothing was changed on this one, which is in service as before. When the others are back, or there are other allocators with room in the zone, run the command again.`,
  );
}

function cannotDrain(allocatorId: string, what: string, stays: string): DiagnosticError {
  return new DiagnosticError(
    `Unable to drain allocator ${allocatorId}`,
    `${what}\n\n${stays}\n\nThen run the command again.`,
  );
}
