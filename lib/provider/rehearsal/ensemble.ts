import type { CoordinatorSummary, RunnerInfo } from "../../api";
import { tryFindMember } from "../hosts/ensemble";
import { userRolesOf } from "../hosts/host-facts";
import { ADVISED } from "../hosts/last-of-role";

/** The connected hosts with a role, before and after a removal. */
export interface RehearsedRole {
  readonly role: string;
  readonly before: readonly string[];
  readonly after: readonly string[];
  /** Where fewer are left than Elastic advises. */
  readonly remark?: string;
}

/** What a removal leaves of the hosts that coordinate the platform. */
export interface RehearsedEnsemble {
  readonly roles: readonly RehearsedRole[];
  /** The names of the ZooKeeper servers that have a vote. */
  readonly votes: { readonly before: readonly string[]; readonly after: readonly string[] };
}

/** The directors, the coordinators and the votes before and after some hosts leave. */
export function describeEnsemble(
  runners: readonly RunnerInfo[],
  members: readonly CoordinatorSummary[],
  leavingIds: ReadonlySet<string>,
): RehearsedEnsemble {
  const leaving = runners.filter(({ runner_id: id }) => leavingIds.has(id));
  const roles = Object.entries(ADVISED).map(([role, advised]) => {
    const holders = runners.filter((runner) => userRolesOf(runner).includes(role));
    const before = holders.filter(({ connected }) => connected).map(({ runner_id: id }) => id);
    const after = before.filter((id) => !leavingIds.has(id));
    const isFewer = holders.some((runner) => leaving.includes(runner)) && after.length < advised;
    return { role, before, after, ...(isFewer && { remark: `Elastic advises ${advised}` }) };
  });
  const gone = leaving.map((runner) => tryFindMember(runner, members));
  const after = members.filter((member) => !gone.includes(member));
  return { roles, votes: { before: members.map(({ name }) => name), after: after.map(({ name }) => name) } };
}
