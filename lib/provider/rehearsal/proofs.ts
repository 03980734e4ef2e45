import { EceError, type AllocatorInfo, type RunnerInfo } from "../../api";
import type { ZooKeeperSight } from "../../machine";
import { describeRoles } from "../../ece";
import { DiagnosticError, isObjectValue, type ObjectValue, type PrivateState } from "../../plugin/framework";
import { isAway } from "../hosts/drain";
import { lossOf, obstaclesTo } from "../hosts/ensemble";
import { userRolesOf } from "../hosts/host-facts";
import { refuseLast } from "../hosts/last-of-role";
import { askMachine, askZooKeeper, onMachine, rememberedCaIn } from "../hosts/machine";
import { expectationOf, type MachineExpectation } from "../hosts/machine-access";
import { lookBeforeRemoval } from "../hosts/machine-removal";
import { requireNoUpgrade } from "../hosts/upgrade";
import type { Ece } from "../platform/ece";
import { isOnGivenUpPlatform, provePlatform } from "../platform/proof";

/** A machine is given seconds: nobody waits here for one that starts. */
const CONNECT_TIMEOUT_MS = 10_000;
const LONGEST_LOOK_MS = 60_000;

/** A resource in a Terraform state. */
export interface ManagedResource {
  readonly type: string;
  readonly attributes: ObjectValue;
  readonly privateState: PrivateState;
}

/** A proof that a removal asks for, and what was found. */
export interface RehearsedProof {
  readonly proof:
    "platform" | "record" | "upgrade" | "machine" | "active proof" | "last of a role" | "ensemble" | "ZooKeeper";
  readonly outcome: "passed" | "failed" | "not asked";
  readonly found: string;
}

/** A host that is to leave, as the platform and Terraform's states know it. */
export interface LeavingHost {
  readonly runnerId: string;
  readonly runner: RunnerInfo | undefined;
  readonly allocator: AllocatorInfo | undefined;
  /** What the states have of it. */
  readonly managed: readonly ManagedResource[];
  /** The ids of all that leave together, its own among them. */
  readonly together: ReadonlySet<string>;
}

/** Whether Terraform forgets the host without touching anything. */
export function isForgotten(ece: Ece, { managed }: LeavingHost): boolean {
  return managed.length > 0 && managed.every(({ privateState }) => isOnGivenUpPlatform(privateState, ece));
}

/** Every proof that the plan and the Deletes of a host ask for, in their order, each by their own code. */
export async function proveRemoval(ece: Ece, host: LeavingHost, signal: AbortSignal): Promise<RehearsedProof[]> {
  if (isForgotten(ece, host)) {
    const found = "its platform is given up: Terraform forgets the host, and touches neither platform nor machine";
    return [{ proof: "platform", outcome: "not asked", found }];
  }
  const machine = await proveMachine(ece, host, signal);
  return [
    await provePlatformOf(ece, host, signal),
    proveRecord(ece, host),
    await proveNoUpgrade(ece, host, signal),
    ...machine,
    ...(await proveEnsemble(ece, host, machine[0]?.outcome === "passed", signal)),
  ];
}

async function provePlatformOf(ece: Ece, { managed }: LeavingHost, signal: AbortSignal): Promise<RehearsedProof> {
  if (managed.length === 0) return { proof: "platform", outcome: "failed", found: "no given state has the host" };
  return proved("platform", async () => {
    for (const { privateState } of managed) await provePlatform(ece, privateState, signal);
    return `it is the one that ${managed.map(({ type }) => type).join(", ")} was made on`;
  });
}

function proveRecord({ givenUp }: Ece, { runnerId, runner, allocator }: LeavingHost): RehearsedProof {
  if (runner === undefined)
    return { proof: "record", outcome: "failed", found: "the platform has no host with this runner id" };
  const instances = allocator?.instances ?? [];
  const presence = runner.connected ? "connected" : "not connected";
  const found = `${presence}, ${describeRoles(userRolesOf(runner))}, ${instances.length} instances`;
  if (allocator === undefined || instances.length === 0 || !isAway(allocator) || givenUp.machines.has(runnerId))
    return { proof: "record", outcome: "passed", found };
  const state = allocator.status.connected ? "healthy" : "connected";
  const away = `its allocator is not ${state}, and a host that does not answer cannot hand over its data`;
  return { proof: "record", outcome: "failed", found: `${found}; ${away}` };
}

async function proveNoUpgrade(ece: Ece, { runnerId }: LeavingHost, signal: AbortSignal): Promise<RehearsedProof> {
  if (ece.givenUp.machines.has(runnerId)) {
    const found = "the machine is given up, and goes during an upgrade, too";
    return { proof: "upgrade", outcome: "not asked", found };
  }
  return proved("upgrade", async () => {
    await requireNoUpgrade(ece, runnerId, "removed", signal);
    return "none is seen to be in progress";
  });
}

/** What a machine says of itself while its host is at work. The active proof would stop that, so it is not made. */
async function proveMachine(
  ece: Ece,
  { runnerId, runner, managed }: LeavingHost,
  signal: AbortSignal,
): Promise<[RehearsedProof, ...RehearsedProof[]]> {
  const machine = machineOf(managed);
  if (machine === undefined) {
    const found =
      "no given state has an ece_host_machine of the host: whether its machine ends by itself, nobody asked";
    return [{ proof: "machine", outcome: "not asked", found }];
  }
  if (ece.givenUp.machines.has(runnerId)) {
    if (runner?.connected)
      return [{ proof: "machine", outcome: "failed", found: "it is given up, and the platform shows it connected" }];
    return [{ proof: "machine", outcome: "not asked", found: "it is given up: it is neither asked nor cleaned" }];
  }
  const asked = await proved("machine", async () => {
    for (const each of managed) await askAsItsDelete(ece, each, signal);
    return `${machine.access.host} says that it is this host`;
  });
  if (asked.outcome === "failed") return [asked];
  const found = "that no other machine runs this id shows when its runner is stopped";
  return [asked, { proof: "active proof", outcome: "not asked", found }];
}

/** Asks the machine of a resource as its Delete does it first. */
async function askAsItsDelete(
  ece: Ece,
  { type, attributes, privateState }: ManagedResource,
  signal: AbortSignal,
): Promise<void> {
  const rememberedCa = rememberedCaIn(privateState);
  const wait = ece.startWaiting(LONGEST_LOOK_MS, signal);
  if (type === "ece_host_machine") {
    const expected = soonReached(attributes);
    const look = { wait, rememberedCa, wasCleaning: privateState.cleaning === true };
    await onMachine(ece, expected, wait, (session) => lookBeforeRemoval(ece, expected, session, look));
  } else if (isObjectValue(attributes.machine)) {
    await askMachine(ece, soonReached(attributes.machine), rememberedCa, wait);
  }
}

function machineOf(managed: readonly ManagedResource[]): MachineExpectation | undefined {
  const own = managed.find(({ type }) => type === "ece_host_machine")?.attributes;
  const stored = own ?? managed.map(({ attributes }) => attributes.machine).find(isObjectValue);
  return stored && soonReached(stored);
}

function soonReached(stored: ObjectValue): MachineExpectation {
  const expected = expectationOf(stored);
  return { ...expected, access: { ...expected.access, connectTimeoutMs: CONNECT_TIMEOUT_MS } };
}

/** Whether it is the last of a role, and whether the others are back, as is asked right before a host leaves. */
async function proveEnsemble(
  ece: Ece,
  { runner, managed, together }: LeavingHost,
  isMachineProven: boolean,
  signal: AbortSignal,
): Promise<RehearsedProof[]> {
  if (runner === undefined) return [];
  const leaving = { runner, roles: userRolesOf(runner), keepsNone: true };
  const machine = isMachineProven ? machineOf(managed) : undefined;
  const wait = ece.startWaiting(LONGEST_LOOK_MS, signal);
  let guarded: readonly string[] = [];
  let sight: ZooKeeperSight | undefined;
  const last = await proved("last of a role", async () => {
    const loss = await lossOf(ece, leaving, signal);
    guarded = loss.guarded;
    await refuseLast(ece, runner, loss.roles, { returns: false, together, signal });
    const givenUp = loss.roles.filter((role) => ece.givenUp.lastOf.has(role));
    const unasked = givenUp.length === 0 ? "" : `, apart from ${describeRoles(givenUp)}, whose last host is given up`;
    return `it is the last of none that the platform needs${unasked}`;
  });
  if (guarded.length === 0) return [last];
  const ask = machine && (async () => (sight = await askZooKeeper(ece, machine, wait)));
  const others = await proved("ensemble", async () => {
    const obstacles = await obstaclesTo(ece, { runner, roles: guarded, askZooKeeper: ask }, signal);
    if (obstacles.length > 0)
      throw new DiagnosticError("It does not leave while others are away", obstacles.join("; "));
    const asked = sight === undefined ? "" : `; ZooKeeper itself has ${sight.inSync} votes in sync`;
    return `all other directors and coordinators are back${asked}`;
  });
  if (sight !== undefined) return [last, others];
  const why =
    machine === undefined ? "there is no proven machine to ask it through" : "no leader answers on its machine";
  return [last, others, { proof: "ZooKeeper", outcome: "not asked", found: why }];
}

/** The outcome of a proof whose work throws where it fails. */
async function proved(proof: RehearsedProof["proof"], work: () => Promise<string>): Promise<RehearsedProof> {
  try {
    return { proof, outcome: "passed", found: await work() };
  } catch (error) {
    if (error instanceof DiagnosticError)
      return { proof, outcome: "failed", found: `${error.summary}. ${error.detail.split("\n\n")[0] ?? ""}` };
    if (error instanceof EceError) return { proof, outcome: "failed", found: error.message };
    throw error;
  }
}
