import type { EceClient, RunnerInfo } from "../../api";
import { DiagnosticError, UNKNOWN, type Diagnostics, type ObjectValue, type Value } from "../../plugin/framework";
import type { Ece } from "../platform/ece";
import type { WaitOptions } from "../platform/wait";
import { drain, type DrainOptions } from "./drain";
import { tryFindAllocatorIn, tryFindAllocatorOf, userRolesOf } from "./host-facts";

/** What is declared of a host's maintenance mode: true, false, or null where it is left to others. */
export type Maintenance = boolean | null;

/** What the configuration says of it; null also where it is not known yet. */
export function declaredMaintenance({ maintenance = null }: ObjectValue): Maintenance {
  return typeof maintenance === "boolean" ? maintenance : null;
}

/** What is to be settled: the roles of the host, what is declared of its maintenance mode, and how it is drained. */
export interface MaintenanceRequest {
  readonly runner: RunnerInfo;
  readonly roles: readonly string[];
  readonly declared: Maintenance;
  readonly drain: DrainOptions;
}

/**
 * Brings the maintenance mode of a host's allocator to what is declared; returns what it is in the end.
 *
 * `true` drains it each time, so that one that was interrupted goes on. What is not declared is somebody else's: it stays.
 */
export async function settleMaintenance(
  client: EceClient,
  { runner, roles, declared, drain: options }: MaintenanceRequest,
  wait: WaitOptions,
): Promise<boolean> {
  if (!roles.includes("allocator")) return false;
  if (declared === true) await drain(client, runner, { ...options, skip: false }, wait);
  else if (declared === false) await endMaintenance(client, runner, wait.signal);
  if (declared !== null) return declared;
  const allocator = await tryFindAllocatorOf(client, runner, wait.signal);
  return allocator?.status.maintenance_mode === true;
}

/** Lets an allocator have new instances again. */
export async function endMaintenance(client: EceClient, runner: RunnerInfo, signal: AbortSignal): Promise<void> {
  const allocator = await tryFindAllocatorOf(client, runner, signal);
  if (allocator?.status.maintenance_mode) await client.allocators.stopMaintenance(allocator.allocator_id, { signal });
}

/** What a refresh stores: as the platform shows it. A state that never knew it, as of an earlier version, stays as it is. */
export async function refreshMaintenance(
  ece: Ece,
  runner: RunnerInfo,
  before: Maintenance,
  signal: AbortSignal,
): Promise<Maintenance> {
  if (!userRolesOf(runner).includes("allocator")) return before && false;
  const { runner_id: id } = runner;
  const allocators = await ece.client.allocators.list({ signal, reader: `ece_host_roles ${id}` });
  // A list may lack some that are there.
  const allocator = tryFindAllocatorIn(allocators, runner) ?? (await ece.client.allocators.tryFind(id, { signal }));
  if (allocator === undefined) return before;
  return allocator.status.maintenance_mode ? true : before && false;
}

/** Completes the planned `maintenance`, and warns of one that nobody declared. */
export function planMaintenance(
  { config, state, isUnfinished }: { config: ObjectValue; state: ObjectValue | null; isUnfinished: boolean },
  plan: ObjectValue,
  diagnostics: Diagnostics,
): void {
  const declared = config.maintenance ?? null;
  if (!Array.isArray(plan.roles)) return;
  if (!plan.roles.includes("allocator") && !plan.roles.includes(UNKNOWN)) {
    if (declared === true) throw onlyAllocators();
    if (declared === null && plan.maintenance === true) plan.maintenance = false;
    return;
  }
  if (declared !== null || state === null) return;
  if (isUnfinished || !hasAllocator(state.roles ?? null)) plan.maintenance = UNKNOWN;
  else if (state.maintenance === true) warnOfMaintenance(state.runner_id as string, diagnostics);
}

/** Tells of a maintenance mode that nobody declared. */
export function warnOfMaintenance(runnerId: string, diagnostics: Diagnostics): void {
  diagnostics.addWarning(
    `The allocator of ${runnerId} is in maintenance mode`,
    "Nothing new is placed on it, and nothing here declares that: somebody began it in the Cloud UI, maintenance was taken out of the configuration while it was true, or a destroy of this host was interrupted. It is left as it is. Set maintenance to false to end it with the next apply, or to true to keep it and move every instance away.",
    ["maintenance"],
  );
}

function hasAllocator(roles: Value): boolean {
  return Array.isArray(roles) && roles.includes("allocator");
}

function onlyAllocators(): DiagnosticError {
  return new DiagnosticError(
    "Only an allocator has a maintenance mode",
    "maintenance is true, and the roles do not have allocator. Take maintenance away, or give the role.",
    ["maintenance"],
  );
}
