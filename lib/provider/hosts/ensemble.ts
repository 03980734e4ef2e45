import {
  EceApiError,
  type CoordinatorCandidate,
  type CoordinatorSummary,
  type EceClient,
  type RunnerInfo,
} from "../../api";
import type { ZooKeeperSight } from "../../machine";
import { describeRoles } from "../../ece";
import { DiagnosticError } from "../../plugin/framework";
import type { Ece } from "../platform/ece";
import { waitFor, type WaitOptions } from "../platform/wait";
import { userRolesOf } from "./host-facts";
import { ADVISED, refuseLast } from "./last-of-role";

/** How long the platform may take to see that a host is no longer a director. */
const LONGEST_DEMOTION_MS = 120_000;
/** How long a host waits for the others: not for long, since these may lack the slot of Terraform's that this host holds. */
const LONGEST_PATIENCE_MS = 120_000;
/** How long it waits for those that are seen to be made anew, in a slot of their own. */
const LONGEST_RETURN_MS = 2_700_000;

/** The roles whose hosts go one by one, while all others are back. */
const GUARDED_ROLES = Object.keys(ADVISED);
/** The fewest others of Elastic's advice, with which one director can be away. */
const FEWEST_OTHER_DIRECTORS = 2;

/** How a host leaves, as its resource knows it. */
export interface Departure {
  /** Whether the host is to have its roles again: its resource is replaced. */
  readonly returns?: boolean;
  /** Asks ZooKeeper itself, on the machine of the host; absent where there is no way to it. */
  readonly askZooKeeper?: () => Promise<ZooKeeperSight | undefined>;
}

/** A host that loses roles, and its vote if it has one. */
interface Leaving extends Departure {
  readonly runner: RunnerInfo;
  readonly roles: readonly string[];
}

/**
 * Takes roles from a host by the given call, and its vote with the role director, so that the ensemble is never broken: one
 * host of the process at a time, and only while all others are back; which is asked before and after each step, since
 * others may be at work.
 *
 * @param roles those that it loses; a host that keeps none gives up its vote whatever these are
 */
export async function leaveRoles(
  ece: Ece,
  leaving: Leaving & { readonly keepsNone: boolean },
  dropRoles: () => Promise<void>,
  wait: WaitOptions,
): Promise<void> {
  const { runner, returns = false } = leaving;
  const { client, departures } = ece;
  const { runner_id: runnerId } = runner;
  const { signal } = wait;
  const { roles, guarded, hasVote } = await lossOf(ece, leaving, signal);
  await refuseLast(ece, runner, roles, { returns, signal });
  if (guarded.length === 0) return dropRoles();

  departures.begin(runnerId);
  await departures.oneAtATime(async () => {
    const all = { ...leaving, roles: guarded };
    await requireOthersBack(ece, all, "keeps its roles and its vote", wait);
    // From here on the others wait for it, even if it does not get to the end.
    if (returns) departures.await(runnerId, guarded);
    await dropRoles();
    if (hasVote) {
      await requireOthersBack(ece, all, "has lost its roles and keeps its vote", wait);
      await demote(client, runner, wait);
    }
    departures.end(runnerId);
    await requireOthersBack(ece, all, "has lost its roles and its vote; nothing more was done with it", wait);
  });
}

/** What a host loses with its roles: with the role director its vote, which it may have without the role. */
export async function lossOf(
  { client }: Ece,
  { runner, roles: taken, keepsNone }: Pick<Leaving, "runner" | "roles"> & { readonly keepsNone: boolean },
  signal: AbortSignal,
): Promise<{ readonly roles: readonly string[]; readonly guarded: readonly string[]; readonly hasVote: boolean }> {
  // A host that goes for good may have lost the role in an earlier attempt, which ended before its vote was gone.
  const mayVote = taken.includes("director") || keepsNone;
  const hasVote = mayVote && tryFindMember(runner, await client.coordinators.list({ signal })) !== undefined;
  const roles = hasVote ? [...new Set([...taken, "director"])] : taken;
  return { roles, guarded: roles.filter((role) => GUARDED_ROLES.includes(role)), hasVote };
}

/** Asks once, before anything else is done with a host, whether it could leave; waits a short time for the others. */
export async function askWhetherToLeave(ece: Ece, leaving: Leaving, wait: WaitOptions): Promise<void> {
  const guarded = leaving.roles.filter((role) => GUARDED_ROLES.includes(role));
  await refuseLast(ece, leaving.runner, leaving.roles, { returns: leaving.returns === true, signal: wait.signal });
  if (guarded.length === 0) return;
  ece.departures.begin(leaving.runner.runner_id);
  await ece.departures.holdingSlot(() =>
    requireOthersBack(ece, { ...leaving, roles: guarded }, "keeps its roles and its instances", wait),
  );
}

async function requireOthersBack(ece: Ece, leaving: Leaving, left: string, all: WaitOptions): Promise<void> {
  const { departures } = ece;
  const { signal } = all;
  const { runner_id: runnerId } = leaving.runner;
  let obstacles: readonly string[] = [];
  const areBack = async (): Promise<true | undefined> => {
    obstacles = await obstaclesTo(ece, leaving, signal);
    return obstacles.length === 0 ? true : undefined;
  };
  let wait = { deadline: all.deadline.atMost(LONGEST_PATIENCE_MS), signal };
  let outcome = await waitFor(wait, areBack);
  if (outcome.found === undefined && departures.areComing(runnerId)) {
    const arrival = { deadline: all.deadline.atMost(LONGEST_RETURN_MS), signal };
    await waitFor(arrival, async () => (await areBack()) ?? (departures.areComing(runnerId) ? undefined : false));
    wait = { deadline: all.deadline.atMost(LONGEST_PATIENCE_MS), signal };
    outcome = await waitFor(wait, areBack);
  }
  if (outcome.found !== undefined) return;
  const reasons = outcome.lastError === undefined ? obstacles : [`the platform: ${outcome.lastError.message}`];
  const found = reasons.map((reason) => `  - ${reason}`).join("\n");
  throw new DiagnosticError(
    `The host ${runnerId} does not leave while others are away`,
    `It is ${describeRoles(leaving.roles)}, and such a host leaves only when all others are back. After ${wait.deadline.text}:\n${found}\n\nThe host ${left}. Of the directors and coordinators that were to leave, ${departures.progress} are done. Run the command again when the others are back; it goes on from here. Hosts of one for_each, or that refer to each other, cannot come back before all have left: change those one at a time.`,
  );
}

/** What speaks against letting a host go now, read anew; empty if nothing does. Changes nothing. */
export async function obstaclesTo(ece: Ece, leaving: Leaving, signal: AbortSignal): Promise<string[]> {
  const { client, departures, givenUp } = ece;
  const { runner, roles, returns } = leaving;
  const [runners, members, candidates, platform] = await Promise.all([
    client.runners.list({ signal }),
    client.coordinators.list({ signal }),
    listCandidates(client, signal),
    client.platform.get({ signal }),
  ]);
  const own = [runner.runner_id, runner.host_ip];
  const others = runners.filter(
    (other) => other.runner_id !== runner.runner_id && userRolesOf(other).some((role) => GUARDED_ROLES.includes(role)),
  );
  const directors = others.filter((other) => userRolesOf(other).includes("director"));
  const sick = others.flatMap((other) => {
    const named = `${other.runner_id} (${describeRoles(userRolesOf(other))})`;
    if (!other.connected) return [`${named} is not connected`];
    if (!other.healthy) return [`${named} is not healthy`];
    const votes = directors.includes(other) ? members.filter((member) => isMember(other, member)).length : 1;
    return votes === 1 ? [] : [`${named} is ${votes} times in the list of coordinators`];
  });
  const strangers = members
    .filter((member) => !own.includes(member.name) && !directors.some((other) => isMember(other, member)))
    .map(
      ({ name }) =>
        `${name} has a vote, and no host with the role director has that name: demote it in the Cloud UI, or give the role back`,
    );
  const pending = candidates
    .filter(({ name, state }) => state !== "accepted" && !own.includes(name))
    .map(({ name }) => `${name} waits for its vote`);
  const servers = platform.regions.flatMap(({ zookeeper_states: shown }) => shown?.states ?? []);
  const down = servers.filter(({ id, state }) => !own.includes(id) && state !== "connected" && state !== "reconnected");
  // Elastic does not say what the ids of servers are. A single unknown one that is down is that of the host, if it is down.
  const isKnown = down.some(({ id: name }) => runners.some((other) => isMember(other, { name })));
  const isOwn = !runner.connected && down.length === 1 && !isKnown;
  const silent = isOwn ? [] : down.map(({ id, state }) => `the ZooKeeper server ${id} is ${state}`);

  const absent = [...departures.awaited].filter(([runnerId, had]) => {
    const now = others.find((other) => other.runner_id === runnerId);
    const isBack = now !== undefined && had.every((role) => userRolesOf(now).includes(role));
    if (isBack && sick.length === 0) departures.returned(runnerId);
    return !isBack && runnerId !== runner.runner_id;
  });
  const away = absent.map(([runnerId]) => `${runnerId} has left, and is not back`);
  const few =
    returns === true && roles.includes("director") && directors.length < FEWEST_OTHER_DIRECTORS
      ? [
          `without it, ${directors.length} would be left until it is back: add a director first (Elastic advises three), or add director to last_of in the provider's given_up block to take that risk`,
        ]
      : [];
  return [
    ...[...sick, ...strangers, ...pending, ...silent, ...away],
    ...(givenUp.lastOf.has("director") ? [] : few),
    ...(await askedOfZooKeeper(leaving, members, servers)),
  ];
}

/** What ZooKeeper itself says against it; nothing where it cannot be asked, or does not answer. */
async function askedOfZooKeeper(
  { runner, askZooKeeper }: Leaving,
  members: readonly CoordinatorSummary[],
  servers: readonly { readonly id: string; readonly state: string }[],
): Promise<string[]> {
  const sight = await askZooKeeper?.();
  if (sight === undefined) return [];
  const voters = Math.max(sight.voters ?? 0, members.length);
  const isVoter = tryFindMember(runner, members) !== undefined;
  const shown = servers.find(({ id }) => id === runner.runner_id || id === runner.host_ip)?.state;
  const isDown = isVoter && (!runner.connected || shown === "lost");
  const needed = isDown ? voters - 1 : voters;
  return sight.inSync >= needed ? [] : [`ZooKeeper counts ${voters} votes, of which ${sight.inSync} are in sync`];
}

async function listCandidates(client: EceClient, signal: AbortSignal): Promise<CoordinatorCandidate[]> {
  try {
    return await client.coordinators.listCandidates({ signal });
  } catch (error) {
    if (error instanceof EceApiError && error.status === 404) return [];
    throw error;
  }
}

/** Takes a former director out of the ensemble. The platform refuses while it still sees the host's director at work. */
async function demote(client: EceClient, runner: RunnerInfo, { deadline, signal }: WaitOptions): Promise<void> {
  let refusal: unknown;
  const outcome = await waitFor({ deadline: deadline.atMost(LONGEST_DEMOTION_MS), signal }, async () => {
    const member = tryFindMember(runner, await client.coordinators.list({ signal }));
    if (member === undefined) return true;
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
export function tryFindMember(
  { runner_id: runnerId, host_ip: hostIp }: RunnerInfo,
  members: readonly CoordinatorSummary[],
): CoordinatorSummary | undefined {
  const sameId = members.find(({ name }) => name === runnerId);
  if (sameId !== undefined || !hostIp) return sameId;
  const [sameAddress, another] = members.filter(({ name }) => name === hostIp);
  return another === undefined ? sameAddress : undefined;
}

function isMember({ runner_id: runnerId, host_ip: hostIp }: RunnerInfo, { name }: CoordinatorSummary): boolean {
  return name === runnerId || (hostIp !== undefined && name === hostIp);
}
