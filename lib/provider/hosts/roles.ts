import { EceApiError, type CoordinatorSummary, type EceClient, type RunnerInfo } from "../../api";
import { difference, isUserRole } from "../../ece";
import { waitFor, type WaitOptions } from "../platform/wait";
import { drain, type DrainOptions } from "./drain";
import { rolesOf, userRolesOf } from "./host-facts";
import { endMaintenance } from "./maintenance";

/** How long the platform may take to see that a host is no longer a director. */
const LONGEST_DEMOTION_MS = 120_000;

/** The roles that a host shall have, and how it is emptied if allocator is not among them. */
export interface RoleChange {
  readonly roles: readonly string[];
  readonly drain: DrainOptions;
  /** Whether an allocator that gets its role stays in maintenance mode. */
  readonly keepsMaintenance?: boolean;
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
export function changeOf(present: readonly string[], { roles, unfinished }: RoleChange): UnfinishedChange {
  const before = unfinished ?? { taken: [], given: [] };
  return {
    taken: [...new Set([...difference(present, roles), ...difference(before.taken, roles)])],
    given: [...new Set([...difference(roles, present), ...before.given.filter((role) => roles.includes(role))])],
  };
}

/** Gives a host exactly these user roles, in the order that loses no data; internal roles stay. */
export async function setRoles(
  client: EceClient,
  runner: RunnerInfo,
  wanted: RoleChange,
  wait: WaitOptions,
): Promise<void> {
  const { signal } = wait;
  const present = userRolesOf(runner);
  const { taken, given } = changeOf(present, wanted);

  if (taken.includes("allocator") && present.includes("allocator")) await drain(client, runner, wanted.drain, wait);
  if (difference(present, wanted.roles).length > 0 || difference(wanted.roles, present).length > 0) {
    // The call replaces all roles, and a drain may have taken an hour: what the platform gave meanwhile stays.
    const now = (await client.runners.tryFind(runner.runner_id, { signal })) ?? runner;
    const internal = rolesOf(now).filter((role) => !isUserRole(role));
    await client.runners.setRoles(runner.runner_id, [...internal, ...wanted.roles], { signal });
  }
  // A host that goes for good may have lost the role in an earlier attempt, which ended before this.
  if (taken.includes("director") || wanted.roles.length === 0) await leaveEnsemble(client, runner, wait);
  if (given.includes("allocator") && wanted.keepsMaintenance !== true) await endMaintenance(client, runner, signal);
}

/**
 * Takes a former director out of the ZooKeeper ensemble, in which it would stay otherwise; other hosts are not in it.
 *
 * The platform refuses while it still sees the host's director at work.
 */
async function leaveEnsemble(client: EceClient, runner: RunnerInfo, { deadline, signal }: WaitOptions): Promise<void> {
  const member = memberOf(runner, await client.coordinators.list({ signal }));
  if (member === undefined) return;

  let refusal: unknown;
  const outcome = await waitFor({ deadline: deadline.atMost(LONGEST_DEMOTION_MS), signal }, async () => {
    try {
      await client.coordinators.demote(member.name, { signal });
      return true;
    } catch (error) {
      if (!(error instanceof EceApiError)) throw error;
      if (error.isNotFound) return true;
      if (!error.hasCode("coordinators.coordinator_demote_failed")) throw error;
      refusal = error;
      return undefined;
    }
  });
  if (outcome.found === undefined) throw outcome.lastError ?? refusal;
}

/**
 * The member of the ensemble that a host is: by its runner id, else by its address where just one member has that.
 *
 * A public hostname tells nothing: hosts may have none, or share one.
 */
function memberOf(
  { runner_id: runnerId, host_ip: hostIp }: RunnerInfo,
  members: readonly CoordinatorSummary[],
): CoordinatorSummary | undefined {
  const sameId = members.find(({ name }) => name === runnerId);
  if (sameId !== undefined || !hostIp) return sameId;
  const [sameAddress, another] = members.filter(({ name }) => name === hostIp);
  return another === undefined ? sameAddress : undefined;
}
