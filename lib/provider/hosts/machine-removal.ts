import type { MachineFacts, MachineSession } from "../../machine";
import { DiagnosticError } from "../../plugin/framework";
import type { Ece } from "../platform/ece";
import { waitFor, type WaitOptions } from "../platform/wait";
import { describeInstances, tryFindAllocatorOf, userRolesOf } from "./host-facts";
import { nothingThere, readRecord, requireReadable } from "./machine";
import type { MachineExpectation } from "./machine-access";
import { foreignMachine, isMarked, proveMachine, type PlatformRecord } from "./machine-proof";
import { setRoles } from "./roles";

/** How long a platform may take to show that a runner was stopped, or that it is back. */
const LONGEST_LAG_MS = 180_000;

/** What was seen of a machine before, and how long it may be looked at. */
interface Look {
  readonly wait: WaitOptions;
  readonly rememberedCa: string | undefined;
  readonly wasCleaning: boolean;
}

/** Everything that a removal needs beside the machine. */
interface Removal extends Look {
  /** Whether the host is to come back: its machine is replaced. */
  readonly returns: boolean;
  readonly beginsCleaning: () => void;
}

/** Drains the host, proves that the machine is it, and removes ECE from it. The record stays for ece_host. */
export async function removeEceFrom(
  ece: Ece,
  expected: MachineExpectation,
  session: MachineSession,
  removal: Removal,
): Promise<void> {
  const { wait } = removal;
  const { signal } = wait;
  const { client } = ece;
  const { runnerId } = expected;
  const seen = await lookBeforeRemoval(ece, expected, session, removal);
  if (seen === undefined) return;

  const machine = await import("../../machine/index.js");
  const { facts, record } = seen;
  if (record.runner !== undefined) {
    const hasWork = userRolesOf(record.runner).length > 0 || (record.allocator?.instances ?? []).length > 0;
    const departure = { returns: removal.returns, askZooKeeper: () => machine.readZooKeeper(session, signal) };
    if (hasWork)
      await setRoles(ece, record.runner, { roles: [], drain: { force: false, skip: false }, departure }, wait);
    const allocator = await tryFindAllocatorOf(client, record.runner, signal);
    if (allocator !== undefined && (allocator.instances ?? []).length > 0) {
      throw new DiagnosticError(
        `The host ${runnerId} still holds instances`,
        `Its allocator record still lists:\n${describeInstances(allocator)}\n\nECE was not removed. Move them in the Cloud UI (Platform > Hosts > Move nodes), then run the command again.`,
      );
    }
    await proveByStopping(ece, expected, session, facts, wait);
  }
  const emptied = await machine.readFacts(session, expected, signal);
  const alive = emptied.containers.filter(({ name, isRunning }) => name.startsWith("fac-") && isRunning);
  if (alive.length > 0) {
    throw new DiagnosticError(
      `Instances still run on the machine of ${runnerId}`,
      `The platform shows the host empty, but these containers run:\n${alive.map(({ name }) => `  - ${name}`).join("\n")}\n\nECE was not removed. Run the command again when they have ended; if they never do, ask whose they are.`,
    );
  }
  removal.beginsCleaning();
  const removeWhatIsIn = async ({ containers }: MachineFacts): Promise<MachineFacts> => {
    const names = containers.map(({ name }) => name);
    await machine.removeEce(session, expected, names, signal);
    return machine.readFacts(session, expected, signal);
  };
  let remains = await removeWhatIsIn(emptied);
  // What the runner or the allocator started again while they were stopped goes in a second round.
  if (remains.containers.length > 0) remains = await removeWhatIsIn(remains);
  if (!machine.hasEce(remains)) return;
  const names = [
    ...remains.containers.map(({ name }) => name),
    ...remains.runnerIds.map((id) => `${expected.storagePath}/${id}`),
  ];
  throw new DiagnosticError(
    `ECE is not removed from ${runnerId}`,
    `After the removal there still are: ${names.join(", ")}. Run the command again; it goes on from there.`,
  );
}

/**
 * Proves that the machine is the host, as far as that shows while the host is at work: throws where it is not, or where ECE
 * cannot be removed from it. Undefined where nothing is there. Changes nothing.
 */
export async function lookBeforeRemoval(
  ece: Ece,
  expected: MachineExpectation,
  session: MachineSession,
  { wait, rememberedCa, wasCleaning }: Look,
): Promise<{ readonly facts: MachineFacts; readonly record: PlatformRecord } | undefined> {
  const { signal } = wait;
  const { runnerId } = expected;
  const machine = await import("../../machine/index.js");
  const refusal = machine.refusalToRemove(expected.storagePath);
  if (refusal !== undefined) {
    throw new DiagnosticError(
      `ECE cannot be removed from ${runnerId}`,
      `${refusal}. Nothing was changed. Drain the host in the Cloud UI and remove ECE from it by hand, then add ${runnerId} to machines in the provider's given_up block.`,
      ["storage_path"],
    );
  }
  const facts = await machine.readFacts(session, expected, signal);
  const record = await readRecord(ece, runnerId, facts, signal);
  requireReadable(expected, facts);

  if (!machine.hasEce(facts)) {
    if (record.runner?.connected) throw nothingThere(expected);
    return undefined;
  }
  if (record.runner === undefined) requireNothingAlive(expected, facts);
  // What a removal left behind has been proven before the removal began.
  if (!wasCleaning || facts.containers.length > 0) proveMachine(expected, facts, record, rememberedCa);
  else if (facts.runnerIds.some((id) => id !== runnerId))
    throw foreignMachine(expected, `it is the runner ${facts.runnerIds.join(", ")}`);

  // Without the mark of our install, what was seen of the machine when it was taken over is all that tells it from a machine
  // of another platform with the same addresses.
  if (record.runner !== undefined && facts.isRunnerRunning && !isMarked(expected, facts))
    await requireConnected(ece, expected, { deadline: wait.deadline.atMost(LONGEST_LAG_MS), signal });
  return { facts, record };
}

/**
 * The active proof: the runner of this machine is stopped, and the platform must show the host disconnected. If it does not,
 * another machine runs this id, and the runner is started again.
 */
async function proveByStopping(
  ece: Ece,
  expected: MachineExpectation,
  session: MachineSession,
  facts: MachineFacts,
  { deadline, signal }: WaitOptions,
): Promise<void> {
  const { runnerId } = expected;
  const machine = await import("../../machine/index.js");
  if (facts.isRunnerRunning) await machine.stopRunner(session, expected, signal);
  const wait = { deadline: deadline.atMost(LONGEST_LAG_MS), signal };
  let outcome;
  try {
    outcome = await waitUntilShown(ece, runnerId, false, wait);
  } catch (error) {
    if (facts.isRunnerRunning) await machine.startRunner(session, expected, new AbortController().signal);
    throw error;
  }
  if (outcome.found !== undefined) return;

  if (facts.isRunnerRunning) await machine.startRunner(session, expected, signal);
  if (outcome.lastError !== undefined) throw outcome.lastError;
  throw new DiagnosticError(
    `Another machine runs the host ${runnerId}`,
    `The runner on ${expected.access.host} was stopped, and after ${wait.deadline.text} the platform still shows ${runnerId} connected: a clone of this machine, a restored snapshot, or a wrong address. The runner was started again, and ECE was not removed.\n\nFind the other machine by the host's address in the Cloud UI, shut it down, and run the command again. If ${expected.access.host} is the wrong one, correct ssh_host.`,
    ["ssh_host"],
  );
}

/** Waits until the platform shows a host connected, or not; a host without a record is not. */
function waitUntilShown(
  ece: Ece,
  runnerId: string,
  connected: boolean,
  wait: WaitOptions,
): ReturnType<typeof waitFor<true>> {
  return waitFor(wait, async () => {
    const runner = await ece.client.runners.tryFind(runnerId, { signal: wait.signal });
    return (runner?.connected ?? false) === connected ? true : undefined;
  });
}

/** A runner that runs here, and that this platform does not see, is perhaps another platform's. */
async function requireConnected(ece: Ece, { runnerId, access }: MachineExpectation, wait: WaitOptions): Promise<void> {
  const outcome = await waitUntilShown(ece, runnerId, true, wait);
  if (outcome.found !== undefined) return;
  if (outcome.lastError !== undefined) throw outcome.lastError;
  throw new DiagnosticError(
    `The runner of ${runnerId} runs, and the platform does not see it`,
    `The container frc-runners-runner runs on ${access.host}, but after ${wait.deadline.text} the platform still shows ${runnerId} disconnected: either the host cannot reach the coordinators, or it belongs to another platform. Nothing was removed from it. Mend its way to the coordinators (or stop that container, if you know that the machine is this host), and run the command again.`,
  );
}

/** The platform forgot the host, and its machine lives: that is for people to decide. */
function requireNothingAlive(expected: MachineExpectation, facts: MachineFacts): void {
  const { runnerId, access } = expected;
  const isOwn = isMarked(expected, facts);
  if (isOwn && facts.clusters.length === 0 && !facts.hasZooKeeperData) return;
  const found = [
    ...(facts.clusters.length > 0 ? [`instances of ${facts.clusters.join(", ")}`] : []),
    ...(facts.hasZooKeeperData ? ["the votes of a director"] : []),
    ...(isOwn ? [] : ["ECE, from an install that was not ours"]),
  ];
  throw new DiagnosticError(
    `The platform has forgotten the host ${runnerId}, and its machine lives`,
    `${access.host} holds ${found.join(" and ")}, but the platform has no record of ${runnerId}: somebody deleted it. Nothing was changed. Ask whether what is there is still needed. If not, remove ECE from the machine by hand, or add ${runnerId} to machines in the provider's given_up block, which leaves the machine as it is.`,
  );
}
