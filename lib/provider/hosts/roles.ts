import type { EceClient, RunnerInfo } from "../../api";
import { difference, isUserRole } from "../../ece";
import type { Ece } from "../platform/ece";
import type { WaitOptions } from "../platform/wait";
import { drain, type DrainOptions } from "./drain";
import { askWhetherToLeave, leaveRoles, type Departure } from "./ensemble";
import { rolesOf, tryFindAllocatorOf, userRolesOf } from "./host-facts";
import { endMaintenance } from "./maintenance";
import { requireNoUpgrade } from "./upgrade";

/** The roles that a host shall have, and how it is emptied if allocator is not among them. */
export interface RoleChange {
  readonly roles: readonly string[];
  readonly drain: DrainOptions;
  /** Whether an allocator that gets its role stays in maintenance mode. */
  readonly keepsMaintenance?: boolean;
  /** How the host leaves, where roles are taken from it. @default - for good, and the API alone is asked */
  readonly departure?: Departure;
  /** The roles that it had when this was planned: those that it was given since stay. @default - all that it has */
  readonly before?: readonly string[];
  /** What an earlier change began and did not end. */
  readonly unfinished?: UnfinishedChange;
}

/** What was begun on a host and did not come to its end: roles that were taken or given, an allocator that was drained. */
export interface UnfinishedChange {
  readonly taken: readonly string[];
  readonly given: readonly string[];
  /** Whether it was to be emptied, and to stay in maintenance mode. */
  readonly maintenance?: boolean;
}

/** What has to be done for a host to have these roles, with what an earlier change left undone. */
export function changeOf(present: readonly string[], { roles, before, unfinished }: RoleChange): UnfinishedChange {
  const undone = unfinished ?? { taken: [], given: [] };
  const planned = before === undefined ? present : present.filter((role) => before.includes(role));
  return {
    taken: [...new Set([...difference(planned, roles), ...difference(undone.taken, roles)])],
    given: [...new Set([...difference(roles, present), ...undone.given.filter((role) => roles.includes(role))])],
  };
}

/** Gives a host these user roles and no others but those that it was given meanwhile, in the order that loses no data and no majority; internal roles stay. */
export async function setRoles(ece: Ece, runner: RunnerInfo, wanted: RoleChange, wait: WaitOptions): Promise<void> {
  const { signal } = wait;
  const { client } = ece;
  const present = userRolesOf(runner);
  const { taken, given } = changeOf(present, wanted);
  const leaving = { ...wanted.departure, runner, roles: taken };
  // A host that keeps no role is removed: whoever removes it has asked.
  const loses = wanted.roles.length === 0 ? [] : taken;
  await requireNoUpgrade(ece, runner.runner_id, { loses }, signal);

  const isDrained = taken.includes("allocator") && present.includes("allocator");
  const changes = taken.some((role) => present.includes(role)) || difference(wanted.roles, present).length > 0;
  const replace = (roles: readonly string[]) => replaceRoles(client, runner, { roles, taken }, signal);
  const dropRoles = async (): Promise<void> => {
    if (changes) await replace(wanted.roles);
    // What was on its way to it when the drain began may have come since, and moves only off an allocator.
    while (isDrained && !wanted.drain.skip && (await holdsInstances(client, runner, signal))) {
      await replace([...wanted.roles, "allocator"]);
      await drain(client, runner, wanted.drain, wait);
      await replace(wanted.roles);
    }
  };
  if (isDrained) {
    await askWhetherToLeave(ece, leaving, wait);
    await drain(client, runner, wanted.drain, wait);
  }
  if (taken.length > 0 || wanted.roles.length === 0)
    await leaveRoles(ece, { ...leaving, keepsNone: wanted.roles.length === 0 }, dropRoles, wait);
  else await dropRoles();
  if (given.includes("allocator") && wanted.keepsMaintenance !== true) await endMaintenance(client, runner, signal);
}

/**
 * The call replaces all roles, and a drain may have taken an hour: what the host was given meanwhile stays, unless it is to
 * keep none.
 */
async function replaceRoles(
  client: EceClient,
  runner: RunnerInfo,
  { roles, taken }: { readonly roles: readonly string[]; readonly taken: readonly string[] },
  signal: AbortSignal,
): Promise<void> {
  const now = (await client.runners.tryFind(runner.runner_id, { signal })) ?? runner;
  const stays = (role: string) => !isUserRole(role) || (roles.length > 0 && !taken.includes(role));
  const together = new Set([...rolesOf(now).filter(stays), ...roles]);
  await client.runners.setRoles(runner.runner_id, [...together], { signal });
}

async function holdsInstances(client: EceClient, runner: RunnerInfo, signal: AbortSignal): Promise<boolean> {
  return ((await tryFindAllocatorOf(client, runner, signal))?.instances ?? []).length > 0;
}
