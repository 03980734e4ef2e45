import type { EceClient, RunnerInfo } from "../../api";
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

/** What a removal does to the hosts that coordinate the platform. */
export interface RehearsedEnsemble {
  readonly roles: readonly RehearsedRole[];
  /** Why none of the leaving hosts may lose such a role now. */
  readonly obstacles: readonly string[];
}

/** Looks at directors and coordinators: the last may not go, and one goes only while all others are there. */
export async function rehearseEnsemble(
  client: EceClient,
  runners: readonly RunnerInfo[],
  leavingIds: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<RehearsedEnsemble> {
  const roles = [];
  const obstacles = [];
  for (const [role, advised] of Object.entries(ADVISED)) {
    const holders = runners.filter((runner) => userRolesOf(runner).includes(role));
    const connected = holders.filter((runner) => runner.connected).map(({ runner_id: id }) => id);
    const after = connected.filter((id) => !leavingIds.has(id));
    const isConcerned = holders.some(({ runner_id: id }) => leavingIds.has(id));
    const remark = isConcerned && after.length < advised ? `Elastic advises ${advised}` : undefined;
    roles.push({ role, before: connected, after, ...(remark !== undefined && { remark }) });
    if (!isConcerned) continue;
    if (after.length === 0) obstacles.push(`no connected host is left with the role ${role}`);
    for (const { runner_id: id, connected: isThere } of holders)
      if (!isThere && !leavingIds.has(id)) obstacles.push(`${id} has the role ${role} and is not connected`);
  }
  if (roles.some(({ before, after }) => before.length > after.length))
    obstacles.push(...(await unsoundServers(client, signal)));
  return { roles, obstacles };
}

/** The ZooKeeper servers that the platform does not call connected. */
async function unsoundServers(client: EceClient, signal: AbortSignal): Promise<string[]> {
  const { regions } = await client.platform.get({ signal });
  return regions
    .flatMap(({ zookeeper_states: states }) => states?.states ?? [])
    .filter(({ state }) => state !== "connected")
    .map(({ id, state }) => `the ZooKeeper server ${id} is ${state}`);
}
