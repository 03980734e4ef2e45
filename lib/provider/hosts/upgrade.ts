import type { RunnerInfo } from "../../api";
import { DiagnosticError } from "../../plugin/framework";
import type { Ece } from "../platform/ece";
import { tryBriefly } from "../platform/wait";

/** How many hosts of a version an error names. */
const MOST_NAMES = 10;

/**
 * Throws while ECE is being upgraded: Elastic advises against adding or removing hosts meanwhile.
 *
 * An upgrade shows by connected hosts of different versions, and by the container of an upgrader. The host that is to be
 * added or removed does not count by its version, so a single one that stayed behind can go, and comes back upgraded.
 * Taking away what the platform never knew is no removal.
 */
export async function requireNoUpgrade(
  ece: Ece,
  runnerId: string,
  change: "added" | "removed",
  signal: AbortSignal,
): Promise<void> {
  if (ece.givenUp.machines.has(runnerId)) return;
  const runners = await ece.recentRunners(signal);
  if (change === "removed" && !runners.some(({ runner_id: id }) => id === runnerId)) return;
  const connected = runners.filter((runner) => runner.connected);
  const upgraders = connected.filter(hasUpgrader);
  const byVersion = groupByVersion(connected.filter((runner) => runner.runner_id !== runnerId));
  if (upgraders.length === 0 && byVersion.size <= 1) return;

  const versions = [...byVersion].map(([version, ids]) => `  - ${version}: ${describeIds(ids)}`);
  const atWork = upgraders.map(({ runner_id }) => `  - an upgrader is at work on ${runner_id}`);
  throw new DiagnosticError(
    `The host ${runnerId} cannot be ${change} while ECE is upgraded`,
    `Elastic advises against adding or removing hosts during an upgrade, and one runs here:\n${[...versions, ...atWork].join("\n")}\n\nNothing was changed. Run the command again when all hosts run one version. Where the upgrade has ended and left a host behind, upgrade it, or remove or replace that host first, by itself (-target).`,
    ["runner_id"],
  );
}

/** The same for a plan, which a platform that cannot be asked does not stop: the change itself asks once more. */
export async function planNoUpgrade(
  ece: Ece,
  runnerId: string,
  change: "added" | "removed",
  signal: AbortSignal,
): Promise<void> {
  if (!ece.isKnown) return;
  const seen = await tryBriefly(signal, (patience) => ece.recentRunners(patience));
  if (seen !== undefined) await requireNoUpgrade(ece, runnerId, change, signal);
}

function hasUpgrader({ containers = [] }: RunnerInfo): boolean {
  return containers.some(({ container_set_name: set, container_name: name }) => /upgrader/.test(`${set} ${name}`));
}

function groupByVersion(runners: readonly RunnerInfo[]): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const { runner_id: id, build_info: build } of runners) {
    const version = build?.version;
    if (version !== undefined) groups.set(version, [...(groups.get(version) ?? []), id]);
  }
  return groups;
}

function describeIds(ids: readonly string[]): string {
  const named = [...ids].sort().slice(0, MOST_NAMES).join(", ");
  return ids.length > MOST_NAMES ? `${named} and ${ids.length - MOST_NAMES} more` : named;
}
