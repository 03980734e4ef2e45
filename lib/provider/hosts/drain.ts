/**
 * What is done with hosts on the platform: wait for them to join, change their roles, empty them. Takes an
 * {@link EceClient} and knows no resource. Imports the room `platform`, `api`, `ece` and `plugin/framework`.
 */
import type { AllocatorInfo, EceClient, MoveClusterDetails, MoveClustersDetails, RunnerInfo } from "../../api";
import { DiagnosticError, type Block } from "../../plugin/framework";
import { describeInstances, tryFindAllocatorOf } from "./host-facts";
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

/**
 * Empties a host's allocator in the order of Elastic's own tools: maintenance mode, so that nothing new lands on it; a
 * validated move of everything on it; a wait until nothing is left.
 *
 * A drain that cannot finish is an error that names what is left, and leaves the allocator in maintenance mode: the next
 * drain goes on from there. A host without an allocator is empty.
 */
export async function drain(
  client: EceClient,
  runner: Pick<RunnerInfo, "runner_id" | "host_ip">,
  { force, skip, isLost = false }: DrainOptions,
  wait: WaitOptions,
): Promise<void> {
  if (skip) return;
  const { signal } = wait;
  const allocator = await tryFindAllocatorOf(client, runner, signal);
  if (allocator === undefined) return;
  const id = allocator.allocator_id;
  if (!allocator.status.maintenance_mode)
    await client.allocators.startMaintenance(id, "drained by Terraform", { signal });

  // The platform refuses to move what has a pending plan, such as the moves of a drain that was interrupted.
  const left = await waitWhile(
    client,
    id,
    wait,
    (now) => now.instances.length > 0 && ((!force && now.instances.some(isChanging)) || (!isLost && isAway(now))),
  );
  if (left === undefined || left.instances.length === 0) return;
  const move = { forceUpdate: force, ...(isLost && { allocatorDown: true }) };
  const { failures } = await client.allocators.validateMove(id, move, { signal });
  const obstacles = describeFailures(failures);
  if (obstacles !== "") {
    throw cannotDrain(
      id,
      `The platform cannot move everything off it:\n${obstacles}\n\nStill on it:\n${describeInstances(left)}`,
    );
  }
  await client.allocators.move(id, move, { signal });
  await waitWhile(client, id, wait, (now) => now.instances.length > 0);
}

/** The allocator as it is when the condition no longer holds; undefined when its record is gone. */
async function waitWhile(
  client: EceClient,
  id: string,
  wait: WaitOptions,
  condition: (now: AllocatorInfo) => boolean,
): Promise<AllocatorInfo | undefined> {
  let last: AllocatorInfo | undefined;
  const outcome = await waitFor(wait, async () => {
    last = await client.allocators.tryFind(id, { signal: wait.signal });
    return last === undefined || !condition(last) ? { allocator: last } : undefined;
  });
  if (outcome.found !== undefined) return outcome.found.allocator;
  const away = outcome.lastError ? ` The platform's last answer: ${outcome.lastError.message}` : "";
  if (last !== undefined && isAway(last)) {
    throw new DiagnosticError(
      `Unable to drain allocator ${id}`,
      `After ${wait.deadline.text} it is not connected, and a host that does not answer cannot hand over its data. These are still on it:\n${describeInstances(last)}\n\nBring the host back (its container frc-runners-runner, its network), then run the command again. If the machine is gone for good, add its runner id to machines in the provider's given_up block: the platform then makes the instances anew from their copies, and those without a copy are lost.`,
    );
  }
  throw cannotDrain(
    id,
    `After ${wait.deadline.text} these are still on it:\n${last ? describeInstances(last) : "  (unknown)"}${away}`,
  );
}

function isAway({ status }: AllocatorInfo): boolean {
  return status.connected === false;
}

function isChanging({ moving, plans_info }: AllocatorInfo["instances"][number]): boolean {
  return moving === true || plans_info?.pending === true;
}

function cannotDrain(allocatorId: string, what: string): DiagnosticError {
  return new DiagnosticError(
    `Unable to drain allocator ${allocatorId}`,
    `${what}\n\nThe host keeps its roles, and its allocator stays in maintenance mode. Make room on other allocators of its zone, then run the command again: it goes on from here. The argument drain.force of ece_host_roles overwrites pending plans. To keep the host after all, end the maintenance mode in the Cloud UI.`,
  );
}

/** One line per cluster that cannot be moved, with the platform's reasons; empty when all can. */
function describeFailures(failures: MoveClustersDetails): string {
  return Object.values<MoveClusterDetails[]>(failures)
    .flat()
    .map((cluster) => {
      const reasons = (cluster.errors ?? []).map((error) => error.message).join("; ");
      return `  - ${cluster.cluster_id}: ${reasons || "no reason given"}`;
    })
    .join("\n");
}
