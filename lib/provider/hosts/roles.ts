import type { RunnerInfo } from "../../api";
import { drain, type DrainOptions } from "./drain";
import type { Ece } from "../platform/ece";
import { isUserRole, difference } from "../../ece";
import { leaveEnsemble } from "./ensemble";
import { rolesOf, tryFindAllocatorOf, userRolesOf } from "./host-facts";
import type { WaitOptions } from "../platform/wait";

/** The roles that a host shall have, and how it is emptied if allocator is not among them. */
export interface RoleChange {
  readonly roles: readonly string[];
  readonly drain: DrainOptions;
}

/** Gives a host exactly these user roles, in the order that loses no data; internal roles stay. */
export async function setRoles(ece: Ece, runner: RunnerInfo, wanted: RoleChange, wait: WaitOptions): Promise<void> {
  const { client } = ece;
  const { signal } = wait;
  const present = userRolesOf(runner);
  const taken = difference(present, wanted.roles);
  const given = difference(wanted.roles, present);

  if (taken.includes("allocator")) await drain(client, runner, wanted.drain, wait);
  if (taken.length > 0 || given.length > 0) {
    const internal = rolesOf(runner).filter((role) => !isUserRole(role));
    await client.runners.setRoles(runner.runner_id, [...internal, ...wanted.roles], { signal });
  }
  // A host that goes for good may have lost the role in an earlier attempt, which ended before this.
  if (taken.includes("director") || wanted.roles.length === 0) await leaveEnsemble(ece, runner, wait);
  if (given.includes("allocator")) await endMaintenance(ece, runner, signal);
}

/** An allocator that was drained and stays, or gets its role back, would otherwise be out of service for good. */
export async function endMaintenance(ece: Ece, runner: RunnerInfo, signal: AbortSignal): Promise<void> {
  const allocator = await tryFindAllocatorOf(ece.client, runner, signal);
  if (allocator?.status.maintenance_mode)
    await ece.client.allocators.stopMaintenance(allocator.allocator_id, { signal });
}
