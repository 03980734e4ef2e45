import type { RunnerInfo } from "../../api";
import { describeRoles } from "../../ece";
import { DiagnosticError } from "../../plugin/framework";
import type { Ece } from "../platform/ece";
import { tryBriefly } from "../platform/wait";

/** How many hosts of a version an error names. */
const MOST_NAMES = 10;

/** The roles that no host loses during an upgrade: with the others goes neither a vote nor an instance. */
const KEPT_ROLES = ["director", "coordinator", "allocator"];

/** What is to become of a host. */
type HostChange = "added" | "removed" | { readonly loses: readonly string[] };

/**
 * Throws while ECE is being upgraded: Elastic advises against adding or removing hosts meanwhile.
 *
 * An upgrade shows by connected hosts of different versions, and by the container of an upgrader. A single host that stayed
 * behind, older than all others, can go, and comes back upgraded; a single newer one is the first of an upgrade. Taking away
 * what the platform never knew is no removal.
 */
export async function requireNoUpgrade(
  ece: Ece,
  runnerId: string,
  change: HostChange,
  signal: AbortSignal,
): Promise<void> {
  if (ece.givenUp.machines.has(runnerId)) return;
  const isStaying = typeof change === "object";
  const lost = isStaying ? KEPT_ROLES.filter((role) => change.loses.includes(role)) : [];
  if (isStaying && lost.length === 0) return;
  const runners = await ece.recentRunners(signal);
  const own = runners.find(({ runner_id: id }) => id === runnerId);
  if (change !== "added" && own === undefined) return;
  const connected = runners.filter((runner) => runner.connected);
  const upgraders = connected.filter(hasUpgrader);
  const byVersion = groupByVersion(connected.filter((runner) => runner !== own));
  const [common] = byVersion.keys();
  const mayGo = change === "added" || common === undefined || !isAhead(own?.build_info?.version, common);
  if (upgraders.length === 0 && byVersion.size <= 1 && mayGo) return;

  const versions = [...byVersion].map(([version, ids]) => `  - ${version}: ${describeIds(ids)}`);
  const ownVersion = mayGo ? [] : [`  - ${own?.build_info?.version}: ${runnerId} itself`];
  const atWork = upgraders.map(({ runner_id }) => `  - an upgrader is at work on ${runner_id}`);
  const what = isStaying ? `lose the role ${describeRoles(lost)}` : `be ${change}`;
  throw new DiagnosticError(
    `The host ${runnerId} cannot ${what} while ECE is upgraded`,
    `Elastic advises against adding or removing hosts during an upgrade, and one runs here:\n${[...versions, ...ownVersion, ...atWork].join("\n")}\n\nNothing was changed. Run the command again when all hosts run one version. Where the upgrade has ended and left a host behind, upgrade it, or remove or replace that host first, by itself (-target).`,
    [isStaying ? "roles" : "runner_id"],
  );
}

/** The same for a plan, which a platform that cannot be asked does not stop: the change itself asks once more. */
export async function planNoUpgrade(
  ece: Ece,
  runnerId: string,
  change: HostChange,
  signal: AbortSignal,
): Promise<void> {
  if (!ece.isKnown) return;
  const seen = await tryBriefly(signal, (patience) => ece.recentRunners(patience));
  if (seen !== undefined) await requireNoUpgrade(ece, runnerId, change, signal);
}

/** Whether a version is not known to be an earlier one, or the same. */
function isAhead(version: string | undefined, common: string): boolean {
  if (version === undefined || version === common) return false;
  return common.localeCompare(version, "en", { numeric: true }) <= 0;
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
