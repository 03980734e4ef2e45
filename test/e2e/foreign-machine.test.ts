import type { SimulatedHost, Simulator } from "../../lib/simulator";
import { eceOn } from "../support/installed-machine";
import { machineProgram, type MachineProgram } from "../support/machine-program";
import { textOf, useWorkspace } from "../support/terraform";
import { useSimulator } from "../support/use-simulator";
import { installEce, useWorld } from "../support/worlds";

const simulator = useSimulator({ hosts: 1 });
const world = useWorld();
const workspace = useWorkspace(simulator);
const machine = () => simulator().hosts[0]!;

/** What stands on a machine, and what both platforms know. */
async function everything(foreign: Simulator, at: SimulatedHost) {
  return {
    machine: await eceOn(at),
    ours: [simulator().state().runners, simulator().state().allocators],
    theirs: [foreign.state().runners, foreign.state().allocators],
  };
}

const REFUSALS: readonly [string, readonly string[], string?][] = [
  ["a destroy", ["destroy"]],
  ["a destroy without a refresh", ["destroy", "-refresh=false"]],
  ["a destroy of the machine alone", ["destroy", "-target=ece_host_machine.h"]],
  ["a replacement of the host", ["apply", "-replace=ece_host.h"]],
  ["a replacement of the machine alone", ["apply", "-target=ece_host_machine.h", "-replace=ece_host_machine.h"]],
  ["deleted blocks", ["apply"], ""],
];

test.each<[string, MachineProgram]>([
  ["that was installed", {}],
  ["whose install failed", { exitCode: 7 }],
  ["whose roles ignore all changes", { rolesLifecycle: "lifecycle {\n    ignore_changes = all\n  }" }],
])("a host %s, and at its address somebody else's machine: whatever is tried, it lives on", async (_, options) => {
  const { platform: foreign, machine: theirs } = await world().addStrangersMachine();
  await workspace().initialize(machineProgram(simulator(), options));
  await workspace().apply();
  machine().becomeCloneOf(theirs);
  const before = await everything(foreign, machine());

  for (const [what, [command = "", ...args], text] of REFUSALS) {
    if (text !== undefined) workspace().write(text);
    const refused = await workspace().terraform([command, "-auto-approve", "-input=false", ...args]);
    const seen = await everything(foreign, machine());
    expect([what, refused.exitCode, seen]).toEqual([what, 1, before]);
    expect([what, textOf(refused)]).toEqual([
      what,
      expect.stringContaining(`is not the machine of ${machine().runnerId}`) as string,
    ]);
  }
});

test("a machine that is imported by the address of somebody else's is neither taken over nor cleaned", async () => {
  const { platform: foreign, machine: theirs } = await world().addStrangersMachine();
  await installEce(simulator(), machine());
  const { runnerId } = machine();
  await workspace().initialize(machineProgram(simulator(), { at: theirs }));
  for (const [address, id] of [
    ["ece_host.h", runnerId],
    ["ece_host_machine.h", `${runnerId}=${theirs.user}@${theirs.sshHost}:${theirs.sshPort}`],
  ] as const)
    expect(await workspace().terraform(["import", "-input=false", address, id])).toMatchObject({ exitCode: 0 });
  const before = await everything(foreign, theirs);
  const applied = await workspace().apply("-target=ece_host_machine.h");
  const destroyed = await workspace().terraform(["destroy", "-auto-approve", "-input=false"], {
    env: { ECE_SSH_PRIVATE_KEY_FILE: theirs.privateKeyFile },
  });

  expect([applied.exitCode, destroyed.exitCode]).toEqual([1, 1]);
  expect(textOf(applied)).toContain("it runs instances that the platform's record does not have");
  expect(textOf(destroyed)).toContain("No host key");
  expect(await everything(foreign, theirs)).toEqual(before);
});

test("a host of which a clone runs elsewhere keeps running", async () => {
  await workspace().initialize(machineProgram(simulator(), { removalTimeout: "10s" }));
  expect(await workspace().apply()).toMatchObject({ exitCode: 0 });
  await world().addClone(machine());
  const held = await eceOn(machine());
  const refused = await workspace().destroy();

  expect(refused).toMatchObject({ exitCode: 1 });
  expect(textOf(refused)).toContain(`Another machine runs the host ${machine().runnerId}`);
  expect(await eceOn(machine())).toEqual(held);
});
