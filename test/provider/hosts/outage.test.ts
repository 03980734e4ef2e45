import type { ObjectValue } from "../../../lib/plugin/framework";
import { type FaultKind, Simulator } from "../../../lib/simulator";
import { addHost } from "../../simulator/joining";
import { errorsOf } from "../../support/diagnostics";
import { eceOn, leaveMarker, machineConfig } from "../../support/installed-machine";
import { ProviderSession, type Outcome } from "../../support/provider-session";
import { installEce } from "../../support/worlds";

const VM = "192.168.44.11";
const REFUGE = "192.168.44.12";

/** How many calls fail: for about a minute, as often as a wait asks. */
const CALLS = 12;

/** More calls than a removal takes. */
const MOST_MOMENTS = 100;

/** How many removals run side by side. */
const AT_ONCE = 5;

/** A resource that is destroyed, as it was made. */
interface Part {
  readonly type: string;
  readonly config: ObjectValue;
  readonly stored: Outcome;
}

/** A host with two instances, its resources in the order in which they are destroyed, and room for the instances. */
interface Scene {
  readonly simulator: Simulator;
  readonly runnerId: string;
  readonly parts: readonly Part[];
  readonly isGone: () => Promise<boolean>;
}

async function make(session: ProviderSession, type: string, config: ObjectValue): Promise<Part> {
  const stored = await session.apply(type, config);
  expect(errorsOf(stored)).toBe("");
  return { type, config, stored };
}

function isRecorded(simulator: Simulator, id: string): boolean {
  const { runners, allocators } = simulator.state();
  return runners.some(({ runnerId }) => runnerId === id) || allocators.some(({ allocatorId }) => allocatorId === id);
}

/** A host that Terraform reaches by the platform alone, which goes away when its roles are gone. */
async function hostOfVm(): Promise<Scene> {
  const simulator = await Simulator.start();
  const session = await ProviderSession.start(simulator);
  const host = await make(session, "ece_host", { runner_id: VM });
  for (const runnerId of [VM, REFUGE]) addHost(simulator.platform, { runnerId, roles: ["allocator"] });
  const roles = await make(session, "ece_host_roles", { runner_id: VM, roles: ["allocator"] });
  simulator.platform.placeInstances(VM, 2);
  simulator.platform.observe(() => {
    if (simulator.platform.runners.tryFind(VM)?.roles.has("allocator") === false) setImmediate(() => leave(simulator));
  });
  return { simulator, runnerId: VM, parts: [roles, host], isGone: async () => !isRecorded(simulator, VM) };
}

function leave({ platform }: Simulator): void {
  const runner = platform.runners.tryFind(VM);
  if (runner !== undefined && platform.runners.view(runner).connected) platform.disconnect(VM);
}

/** A host on a machine that the provider reaches. */
async function hostOfMachine(): Promise<Scene> {
  const simulator = await Simulator.start({ hosts: 1 });
  const session = await ProviderSession.start(simulator);
  const machine = simulator.hosts[0]!;
  const { runnerId } = machine;
  const made = await make(session, "ece_host_machine", machineConfig(machine));
  await installEce(simulator, machine);
  leaveMarker(machine);
  addHost(simulator.platform, { runnerId: REFUGE, roles: ["allocator"] });
  simulator.platform.placeInstances(runnerId, 2);
  const isGone = async () => machine.containers.length === 0 && (await eceOn(machine)).length === 0;
  return { simulator, runnerId, parts: [made], isGone };
}

/** Destroys what is left; each resource in a process of its own, and those after one that failed stay. */
async function destroy(
  simulator: Simulator,
  parts: readonly Part[],
): Promise<{ error: string; left: readonly Part[] }> {
  for (const [index, { type, config, stored }] of parts.entries()) {
    const session = await ProviderSession.start(simulator);
    const outcome = await session.destroy(type, stored);
    const error = errorsOf(outcome);
    if (error !== "") return { error, left: [{ type, config, stored: outcome }, ...parts.slice(index + 1)] };
  }
  return { error: "", left: [] };
}

/** What the next plan says of a host whose destroy failed, if it is to stay after all. */
async function isQuiet(simulator: Simulator, [part]: readonly Part[]): Promise<boolean> {
  if (part?.type !== "ece_host_roles") return false;
  const session = await ProviderSession.start(simulator);
  const refreshed = await session.read(part.type, part.stored);
  const { plan, diagnostics } = await session.plan(part.type, part.config, refreshed);
  return JSON.stringify(plan) === JSON.stringify(refreshed.state) && diagnostics.length === 0;
}

interface Trial {
  readonly moment: number;
  /** Whether the removal still made calls at that moment. */
  readonly wasHit: boolean;
  /** What went wrong, where anything did. */
  readonly loss: unknown;
}

/** A removal during which the API is away from the given call on, and the next run. */
async function tryOutage(build: () => Promise<Scene>, kind: FaultKind, moment: number): Promise<Trial> {
  const { simulator, runnerId, parts, isGone } = await build();
  const instances = instancesOf(simulator);
  simulator.faults.add({ path: "/", kind, after: moment, times: CALLS });

  const first = await destroy(simulator, parts);
  const wasHit = simulator.faults.pending().every(({ times }) => times !== CALLS);
  simulator.faults.clear();
  const isOut = simulator.state().allocators.some((one) => one.allocatorId === runnerId && one.maintenanceMode);
  const isUnnamed = isOut && first.error !== "" && (await isQuiet(simulator, first.left));
  const next = await destroy(simulator, first.left);

  const isWell = next.error === "" && !isUnnamed && (await isGone()) && instancesOf(simulator) === instances;
  await simulator.stop();
  return { moment, wasHit, loss: isWell ? undefined : { first: first.error, next: next.error, isUnnamed } };
}

const ANSWERS_503 = ["answers 503", "status"] as const;
const ANSWERS_LATE = ["carries out what it is told and answers 503", "status-after-commit"] as const;
const DROPS = ["drops connections", "reset-before"] as const;

describe.each([
  { host: "a host of a VM", build: hostOfVm, outages: [ANSWERS_503, ANSWERS_LATE, DROPS] },
  { host: "a host of a machine", build: hostOfMachine, outages: [ANSWERS_503, ANSWERS_LATE, DROPS] },
])("$host", ({ build, outages }) => {
  test.each(outages)(
    "is removed, at once or by the next run, whenever the API %s for a minute",
    async (_name, kind) => {
      const trials: Trial[] = [];
      // Trials of other moments run beside it: nearly all of their time is waiting.
      while (trials.at(-1)?.wasHit !== false && trials.length < MOST_MOMENTS) {
        const moments = Array.from({ length: AT_ONCE }, (_, index) => trials.length + index);
        trials.push(...(await Promise.all(moments.map((moment) => tryOutage(build, kind, moment)))));
      }

      const hits = trials.filter(({ wasHit }) => wasHit);
      expect(trials.filter(({ loss }) => loss !== undefined)).toEqual([]);
      expect(hits.length).toBeGreaterThan(10);
      expect(hits.length).toBeLessThan(trials.length);
    },
    300_000,
  );
});

function instancesOf(simulator: Simulator): string {
  const { allocators } = simulator.state();
  return allocators
    .flatMap(({ instances }) => instances)
    .sort()
    .join(", ");
}
