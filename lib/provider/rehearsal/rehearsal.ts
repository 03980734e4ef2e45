/**
 * What a removal of hosts would find, without the removal: every proof, a place for every instance, and who would still
 * coordinate the platform. Reads and changes nothing. Imports the rooms `hosts`, `platform` and `configuration`.
 */
import { EceError, type EceClient, type MoveClusterDetails, type RunnerInfo } from "../../api";
import { describeRoles } from "../../ece";
import { DiagnosticError, type ObjectValue, type PrivateState } from "../../plugin/framework";
import { readSshSettings } from "../configuration/blocks";
import { tryFindAllocatorIn, userRolesOf } from "../hosts/host-facts";
import { askMachine, rememberedCaIn } from "../hosts/machine";
import { expectationOf } from "../hosts/machine-access";
import { requireNoUpgrade } from "../hosts/upgrade";
import { Ece, Warnings } from "../platform/ece";
import { provePlatform } from "../platform/proof";
import { findRoom, type RehearsedInstance, type RehearsedZone } from "./capacity";
import { rehearseEnsemble, type RehearsedEnsemble } from "./ensemble";

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
  readonly proof: "platform" | "record" | "machine" | "upgrade";
  readonly outcome: "passed" | "failed" | "not asked";
  readonly found: string;
}

/** What the removal of one host would find. */
export interface RehearsedHost {
  readonly runnerId: string;
  readonly passes: boolean;
  readonly proofs: readonly RehearsedProof[];
  readonly instances: readonly RehearsedInstance[];
}

/** What the removal of hosts that leave together would find. */
export interface Rehearsal {
  readonly passes: boolean;
  readonly hosts: readonly RehearsedHost[];
  readonly zones: readonly RehearsedZone[];
  readonly ensemble: RehearsedEnsemble;
}

/** Rehearses the removal of hosts that leave together; `managed` is what Terraform's states know of hosts. */
export async function rehearseRemoval(
  client: EceClient,
  runnerIds: readonly string[],
  managed: readonly ManagedResource[],
): Promise<Rehearsal> {
  const ece = new Ece(client, new Warnings(), { sshSettings: readSshSettings({}) });
  const { signal } = new AbortController();
  const [runners, allocators] = await Promise.all([
    client.runners.list({ signal }),
    client.allocators.list({ signal }),
  ]);
  const leaving = new Set(runnerIds);
  const allocatorOf = (runnerId: string) => {
    const runner = runners.find(({ runner_id: id }) => id === runnerId);
    return tryFindAllocatorIn(allocators, runner ?? { runner_id: runnerId });
  };
  const leavingAllocators = new Set([...leaving].flatMap((id) => allocatorOf(id)?.allocator_id ?? []));
  const room = findRoom(allocators, leavingAllocators);

  const hosts: RehearsedHost[] = [];
  for (const runnerId of leaving) {
    const runner = runners.find(({ runner_id: id }) => id === runnerId);
    const allocatorId = allocatorOf(runnerId)?.allocator_id;
    const instances = (allocatorId === undefined ? undefined : room.instances.get(allocatorId)) ?? [];
    if (allocatorId !== undefined && instances.length > 0) await addRefusals(client, allocatorId, instances, signal);
    const own = managed.filter(({ attributes }) => attributes.runner_id === runnerId);
    const proofs = [
      await provedPlatform(ece, own, signal),
      provedRecord(runner, instances),
      await provedMachine(ece, own, signal),
      await proved("upgrade", async () => {
        await requireNoUpgrade(ece, runnerId, "removed", signal);
        return "none is seen to be in progress";
      }),
    ];
    const passes =
      proofs.every(({ outcome }) => outcome !== "failed") && instances.every(({ obstacle }) => obstacle === undefined);
    hosts.push({ runnerId, passes, proofs, instances });
  }
  const ensemble = await rehearseEnsemble(client, runners, leaving, signal);
  const passes = hosts.every((host) => host.passes) && ensemble.obstacles.length === 0;
  return { passes, hosts, zones: room.zones, ensemble };
}

/** What the platform itself says against moving the instances of an allocator. */
async function addRefusals(
  client: EceClient,
  allocatorId: string,
  instances: readonly RehearsedInstance[],
  signal: AbortSignal,
): Promise<void> {
  const { failures } = await client.allocators.validateMove(allocatorId, {}, { signal });
  for (const { cluster_id: id, errors = [] } of Object.values<MoveClusterDetails[]>(failures).flat()) {
    const reasons =
      errors.map(({ message }) => message).join("; ") || "the platform cannot move it and gives no reason";
    for (const instance of instances) if (instance.clusterId === id) instance.obstacle ??= reasons;
  }
}

async function provedPlatform(ece: Ece, own: readonly ManagedResource[], signal: AbortSignal): Promise<RehearsedProof> {
  if (own.length === 0) return { proof: "platform", outcome: "failed", found: "no given state has the host" };
  return proved("platform", async () => {
    for (const { privateState } of own) await provePlatform(ece, privateState, signal);
    return `it is the one that ${own.map(({ type }) => type).join(", ")} was made on`;
  });
}

function provedRecord(runner: RunnerInfo | undefined, instances: readonly RehearsedInstance[]): RehearsedProof {
  if (runner === undefined)
    return { proof: "record", outcome: "failed", found: "the platform has no host with this runner id" };
  const presence = runner.connected ? "connected" : "not connected";
  const found = `${presence}, ${describeRoles(userRolesOf(runner))}, ${instances.length} instances`;
  const canMove = runner.connected || instances.length === 0;
  return { proof: "record", outcome: canMove ? "passed" : "failed", found };
}

async function provedMachine(ece: Ece, own: readonly ManagedResource[], signal: AbortSignal): Promise<RehearsedProof> {
  const machine = own.find(({ type }) => type === "ece_host_machine");
  if (machine === undefined)
    return { proof: "machine", outcome: "not asked", found: "the state has no ece_host_machine of the host" };
  const { attributes, privateState } = machine;
  const stored = expectationOf(attributes);
  const expected = { ...stored, access: { ...stored.access, connectTimeoutMs: CONNECT_TIMEOUT_MS } };
  return proved("machine", async () => {
    await askMachine(ece, expected, rememberedCaIn(privateState), ece.startWaiting(LONGEST_LOOK_MS, signal));
    return `${expected.access.host} says that it is this host; that no other one is, shows when its runner is stopped`;
  });
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
