/**
 * The machine of a host as the resources see it: connected, asked who it is, and its errors as diagnostics.
 *
 * The layer `machine` brings SSH, so it is loaded when something connects.
 */
import type { MachineFacts, MachineSession, ZooKeeperSight } from "../../machine";
import { DiagnosticError, type ObjectValue, type PrivateState } from "../../plugin/framework";
import type { Ece } from "../platform/ece";
import type { WaitOptions } from "../platform/wait";
import { tryFindAllocatorOf } from "./host-facts";
import type { MachineExpectation } from "./machine-access";
import { foreignMachine, isMarked, proveMachine, type PlatformRecord } from "./machine-proof";

/** Runs work on the machine, and turns its errors into diagnostics that say what was not done. */
export async function onMachine<T>(
  ece: Ece,
  expected: MachineExpectation,
  { deadline, signal }: WaitOptions,
  work: (session: MachineSession) => Promise<T>,
): Promise<T> {
  const { openSession, MachineError } = await import("../../machine/index.js");
  const { clock } = deadline;
  try {
    const options = { settings: ece.sshSettings, signal, now: () => clock.now(), sleep: clock.sleep.bind(clock) };
    const session = await openSession(expected.access, options);
    try {
      return await work(session);
    } finally {
      session.close();
    }
  } catch (error) {
    if (!(error instanceof MachineError)) throw error;
    const summary =
      error.reason === "command"
        ? `Unable to work on the machine of ${expected.runnerId}`
        : `Unable to reach the machine of ${expected.runnerId}`;
    throw new DiagnosticError(
      summary,
      `${error.message}\n\nRun the command again when that is mended; it goes on from there. If the machine is gone for good, add ${expected.runnerId} to machines in the provider's given_up block.`,
    );
  }
}

export async function readRecord(
  ece: Ece,
  runnerId: string,
  facts: MachineFacts,
  signal: AbortSignal,
): Promise<PlatformRecord> {
  const { client } = ece;
  const runner = await client.runners.tryFind(runnerId, { signal });
  const allocator = await tryFindAllocatorOf(client, runner ?? { runner_id: runnerId, host_ip: "" }, signal);
  return { runner, allocator, platformHosts: await ece.coordinatingHosts(facts.platformHosts, signal) };
}

/**
 * Asks the machine of a host that is to be emptied whether it is this host; throws where it is not, or cannot be asked.
 *
 * @param rememberedCa the sum of the platform's authority that was seen on it before
 */
export async function askMachine(
  ece: Ece,
  expected: MachineExpectation,
  rememberedCa: string | undefined,
  wait: WaitOptions,
): Promise<void> {
  await onMachine(ece, expected, wait, async (session) => {
    const { hasEce, readFacts } = await import("../../machine/index.js");
    const facts = await readFacts(session, expected, wait.signal);
    const record = await readRecord(ece, expected.runnerId, facts, wait.signal);
    requireReadable(expected, facts);
    if (hasEce(facts)) proveMachine(expected, facts, record, rememberedCa);
    else if (record.runner?.connected) throw nothingThere(expected);
  });
}

/** Asks ZooKeeper on the machine of a host. */
export async function askZooKeeper(
  ece: Ece,
  expected: MachineExpectation,
  wait: WaitOptions,
): Promise<ZooKeeperSight | undefined> {
  return onMachine(ece, expected, wait, async (session) => {
    const { readZooKeeper } = await import("../../machine/index.js");
    return readZooKeeper(session, wait.signal);
  });
}

/** Looks at the machine of a host that has joined; what it shows of itself is compared with later. */
export async function learnMachine(ece: Ece, expected: MachineExpectation, wait: WaitOptions): Promise<ObjectValue> {
  return onMachine(ece, expected, wait, async (session) => {
    const { readFacts } = await import("../../machine/index.js");
    const facts = await readFacts(session, expected, wait.signal);
    return acceptInstalled(expected, facts, await readRecord(ece, expected.runnerId, facts, wait.signal));
  });
}

/** A machine on which ECE runs is taken when it is this runner, and nothing speaks against it; nothing is done to it. */
export function acceptInstalled(
  expected: MachineExpectation,
  facts: MachineFacts,
  record: PlatformRecord,
): ObjectValue {
  const { runnerId } = expected;
  const isOwn = isMarked(expected, facts);
  if (record.runner === undefined && !isOwn) {
    const ids = facts.runnerIds.join(", ") || "without a runner";
    throw foreignMachine(expected, `ECE is on it already (${ids}), and this platform knows no host ${runnerId}`);
  }
  if (facts.runnerIds.length === 0 && record.runner !== undefined && !isOwn)
    throw foreignMachine(expected, "ECE's containers run on it, but none says which runner it is");
  // Seen now, while the platform shows this host: a later proof compares with it.
  proveMachine(expected, facts, record, facts.caSha256 ?? "");
  return witnessOf(facts);
}

/** The sum of the platform's authority that a private state remembers of its machine. */
export function rememberedCaIn({ caSha256 }: PrivateState): string | undefined {
  return typeof caSha256 === "string" ? caSha256 : undefined;
}

export function witnessOf({ caSha256 }: MachineFacts): ObjectValue {
  return caSha256 === undefined ? {} : { caSha256 };
}

export function requireReadable(expected: MachineExpectation, facts: MachineFacts): void {
  if (facts.engineError !== undefined) {
    throw new DiagnosticError(
      `The container engine of ${expected.runnerId} does not answer`,
      `${expected.containerEngine} on ${expected.access.host} says: ${facts.engineError}. A machine whose containers cannot be seen proves nothing, so nothing was changed. Start it, and run the command again.`,
    );
  }
  if (facts.missingMount !== undefined) throw notMounted(expected, facts.missingMount);
  if (facts.storageError !== undefined) {
    throw new DiagnosticError(
      `The storage of ${expected.runnerId} cannot be read`,
      `${expected.storagePath} on ${expected.access.host}: ${facts.storageError}. A folder that cannot be looked into proves nothing, so nothing was changed. Let ${expected.access.user} read it, or use sudo without a password, and run the command again.`,
      ["storage_path"],
    );
  }
  if (facts.otherEngine.length > 0) throw otherEngine(expected, facts);
}

export function notMounted({ runnerId, access, storagePath }: MachineExpectation, mount: string): DiagnosticError {
  return new DiagnosticError(
    `The storage of ${runnerId} is not mounted`,
    `/etc/fstab on ${access.host} has ${mount}, below which ${storagePath} is, and it is not mounted: what looks empty may hold data. Nothing was changed. Mount it (mount ${mount}), and run the command again.`,
    ["storage_path"],
  );
}

export function otherEngine(
  { runnerId, access, containerEngine }: MachineExpectation,
  facts: MachineFacts,
): DiagnosticError {
  return new DiagnosticError(
    `ECE runs in another container engine on ${runnerId}`,
    `${access.host} has ECE's containers (${facts.otherEngine.join(", ")}) in an engine other than ${containerEngine}. Nothing was changed. Set container_engine to the one that runs them.`,
    ["container_engine"],
  );
}

/** The error for a machine without ECE, while the platform sees that host somewhere. */
export function nothingThere(expected: MachineExpectation): DiagnosticError {
  return foreignMachine(
    expected,
    `there is nothing of ECE on it, while the platform shows ${expected.runnerId} connected`,
  );
}
