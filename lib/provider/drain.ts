import type { EceClient, MoveClusterDetails, MoveClustersDetails, RunnerInfo } from "../api";
import { DiagnosticError } from "../plugin/framework";
import { describeInstances, tryFindAllocatorOf } from "./hosts";
import { waitFor } from "./wait";

/** How a host is emptied; both are arguments that a plan shows. */
export interface DrainOptions {
  /** Cancel and overwrite plans that are pending for what is to be moved. */
  readonly force: boolean;
  /** Leave the instances where they are. */
  readonly skip: boolean;
}

interface DrainRequest {
  readonly client: EceClient;
  readonly runner: RunnerInfo;
  readonly options: DrainOptions;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/**
 * Empties a host's allocator in the order of Elastic's own tools: maintenance mode, so that nothing new lands on it; a
 * validated move of everything on it; a wait until nothing is left.
 *
 * A drain that cannot finish is an error that names what is left, and leaves the allocator in maintenance mode: the next
 * drain goes on from there. A host without an allocator is empty.
 */
export async function drain({ client, runner, options, timeoutMs, signal }: DrainRequest): Promise<void> {
  if (options.skip) return;
  const allocator = await tryFindAllocatorOf(client, runner, signal);
  if (allocator === undefined) return;
  const id = allocator.allocator_id;

  if (allocator.status?.maintenance_mode !== true) {
    await client.allocators.startMaintenance(id, "drained by Terraform", { signal });
  }
  if ((allocator.instances ?? []).length === 0) return;

  const move = {
    forceUpdate: options.force,
    // A host that is gone for good cannot hand over its data: the platform rebuilds it from the replicas.
    allocatorDown: allocator.status?.connected === false,
  };
  const plan = await client.allocators.validateMove(id, move, { signal });
  const obstacles = describeFailures(plan.failures);
  if (obstacles !== "") throw cannotDrain(id, `The platform cannot move everything off it:\n${obstacles}`);
  await client.allocators.move(id, move, { signal });

  let remaining = allocator;
  const outcome = await waitFor({ timeoutMs, signal }, async () => {
    const now = await client.allocators.tryFind(id, { signal });
    if (now === undefined || (now.instances ?? []).length === 0) return true;
    remaining = now;
    return undefined;
  });
  if (outcome.found === undefined) {
    const away = outcome.lastError ? ` The platform's last answer: ${outcome.lastError.message}.` : "";
    throw cannotDrain(
      id,
      `After ${Math.round(timeoutMs / 1000)} s these are still on it:\n${describeInstances(remaining)}${away}`,
    );
  }
}

function cannotDrain(allocatorId: string, what: string): DiagnosticError {
  return new DiagnosticError(
    `Unable to drain allocator ${allocatorId}`,
    `${what}\n\nNothing else was changed; the allocator stays in maintenance mode. Make room on other allocators of its zone, then run the command again: it goes on from here. drain.force overwrites pending plans, drain.skip gives up what is on the host.`,
  );
}

/** One line per cluster that cannot be moved, with the platform's reasons; empty when all can. */
function describeFailures(failures: MoveClustersDetails): string {
  return (Object.values(failures) as MoveClusterDetails[][])
    .flat()
    .map((cluster) => {
      const reasons = (cluster.errors ?? []).map((error) => error.message).join("; ");
      return `  - ${cluster.cluster_id}: ${reasons || "no reason given"}`;
    })
    .join("\n");
}
