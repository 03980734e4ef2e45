import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { SimulatedHost } from "../../lib/simulator";
import { eceOn } from "../support/installed-machine";
import { machineProgram, type MachineProgram } from "../support/machine-program";
import { liveTokens } from "../support/simulator-state";
import { textOf, useWorkspace } from "../support/terraform";
import { useSimulator } from "../support/use-simulator";
import { installEce, useWorld } from "../support/worlds";

const simulator = useSimulator({ hosts: 2 });
const world = useWorld();
const workspace = useWorkspace(simulator);
const machine = () => simulator().hosts[0]!;
const another = () => simulator().hosts[1]!;

/** A machine with the same runner id and address, which runs ECE for another platform. */
async function foreignMachine(): Promise<SimulatedHost> {
  const platform = await world().addInstalledPlatform(1);
  return platform.hosts[0]!;
}

const program = (options?: MachineProgram): string => machineProgram(simulator(), options);

function runner(runnerId = machine().runnerId) {
  return simulator()
    .state()
    .runners.find((one) => one.runnerId === runnerId);
}

function instances(): number {
  return simulator()
    .state()
    .allocators.reduce((sum, { instances: held }) => sum + held.length, 0);
}

/** Deploys the host, with two instances on it. */
async function deployed(
  options: MachineProgram = {},
): Promise<{ readonly instances: number; readonly tokens: number }> {
  const tokens = liveTokens(simulator()).length;
  await workspace().initialize(program(options));
  const applied = await workspace().apply();
  expect(applied).toMatchObject({ exitCode: 0 });
  expect(runner()).toMatchObject({ connected: true });
  simulator().platform.placeInstances(machine().runnerId, 2);
  return { instances: instances(), tokens };
}

/** Nothing of the host is left, and no instance is lost. */
async function expectGone(before: { readonly instances: number; readonly tokens: number }): Promise<void> {
  expect(await eceOn(machine())).toEqual([]);
  expect(runner()).toBeUndefined();
  expect([instances(), liveTokens(simulator()).length]).toEqual([before.instances, before.tokens]);
}

async function expectAlive(): Promise<void> {
  expect(runner()).toMatchObject({ connected: true });
  expect(await eceOn(machine())).toContain("frc-runners-runner");
}

test("a host lives and goes, its plan is quiet in between, and no secret of the runner shows anywhere", async () => {
  const before = await deployed();
  const secrets = machine().plantedSecrets;
  const planned = await workspace().plan();
  const destroyed = await workspace().terraform(["destroy", "-auto-approve", "-input=false"], {
    env: { TF_LOG: "trace" },
  });

  expect(planned).toMatchObject({ exitCode: 0 });
  expect(destroyed).toMatchObject({ exitCode: 0 });
  await expectGone(before);
  const backup = readFileSync(join(workspace().folder, "terraform.tfstate.backup"), "utf8");
  expect(secrets).not.toEqual([]);
  for (const secret of secrets) expect(backup + destroyed.output + planned.output).not.toContain(secret);
});

test("a host whose blocks are deleted goes as on destroy", async () => {
  const before = await deployed();
  workspace().write("");
  const applied = await workspace().apply();

  expect(applied).toMatchObject({ exitCode: 0 });
  await expectGone(before);
});

test.each(["ece_host.h", "ece_host_machine.h", "ece_roles_token.h", "terraform_data.install", "ece_host_roles.h"])(
  "destroy of %s alone, then of the rest, loses nothing",
  async (address) => {
    const before = await deployed();
    const first = await workspace().destroy(`-target=${address}`);
    const rest = await workspace().destroy();

    expect(first).toMatchObject({ exitCode: 0 });
    expect(rest).toMatchObject({ exitCode: 0 });
    await expectGone(before);
  },
);

test.each(["ece_host.h", "ece_host_machine.h"])(
  "-replace=%s makes the host anew, and no instance is lost",
  async (address) => {
    const before = await deployed();
    const replaced = await workspace().apply(`-replace=${address}`);

    expect(replaced).toMatchObject({ exitCode: 0 });
    await expectAlive();
    expect(instances()).toBe(before.instances);
    expect(await workspace().plan()).toMatchObject({ exitCode: 0 });
  },
);

test("an ignore_changes on the roles does not let a machine be cleaned with instances on it", async () => {
  const before = await deployed({ rolesLifecycle: "lifecycle {\n ignore_changes = all\n }" });
  const replaced = await workspace().apply("-replace=ece_host_machine.h");

  expect(instances()).toBe(before.instances);
  expect(replaced.exitCode).toBe(0);
});

test("an install that failed after the join is cleaned up, with its instances moved", async () => {
  const tokens = liveTokens(simulator()).length;
  await workspace().initialize(program({ exitCode: 7 }));
  const failed = await workspace().apply();
  simulator().platform.placeInstances(machine().runnerId, 2);
  const before = { instances: instances(), tokens };
  const destroyed = await workspace().destroy();

  expect(failed).toMatchObject({ exitCode: 1 });
  expect(destroyed).toMatchObject({ exitCode: 0 });
  await expectGone(before);
});

test("a machine of another platform is refused, and outlives the corrected address and the destroy", async () => {
  const foreign = await foreignMachine();
  const held = await eceOn(foreign);
  await workspace().initialize(program({ at: foreign }));
  const refused = await workspace().apply();
  workspace().write(program());
  const corrected = await workspace().apply();
  const destroyed = await workspace().destroy();

  expect(refused).toMatchObject({ exitCode: 1 });
  expect(textOf(refused)).toContain(`is not the machine of ${machine().runnerId}`);
  expect([corrected.exitCode, destroyed.exitCode]).toEqual([0, 0]);
  expect(await eceOn(foreign)).toEqual(held);
});

test("an address that is changed to that of another machine is refused, and nothing is taken from either", async () => {
  await deployed();
  await installEce(simulator(), another());
  workspace().write(program({ at: another() }));
  const refused = await workspace().apply();

  expect(refused).toMatchObject({ exitCode: 1 });
  expect(textOf(refused)).toContain(`is not the machine of ${machine().runnerId}`);
  await expectAlive();
  expect(runner(another().runnerId)).toMatchObject({ connected: true });
});

test("without its key a host is planned and validated, not destroyed; with the key elsewhere it is", async () => {
  const before = await deployed();
  workspace().write(program({ keyFile: "/nowhere/key" }));
  const validated = await workspace().terraform(["validate"]);
  const applied = await workspace().apply();
  const refused = await workspace().destroy();
  await expectAlive();
  const destroyed = await workspace().terraform(["destroy", "-auto-approve", "-input=false"], {
    env: { ECE_SSH_PRIVATE_KEY_FILE: machine().privateKeyFile },
  });

  expect([validated.exitCode, applied.exitCode]).toEqual([0, 0]);
  expect(refused).toMatchObject({ exitCode: 1 });
  expect(textOf(refused)).toContain("ECE_SSH_PRIVATE_KEY_FILE");
  expect(textOf(refused)).not.toContain("Destruction complete");
  expect(destroyed).toMatchObject({ exitCode: 0 });
  await expectGone(before);
});

test("a machine that is unreachable is not drained; given up, it is forgotten", async () => {
  await deployed();
  machine().disconnect();
  const refused = await workspace().destroy();
  const requests = simulator().requests.filter(({ path }) => path.includes("maintenance-mode"));

  expect(refused).toMatchObject({ exitCode: 1 });
  expect(textOf(refused)).toContain(`Unable to reach the machine of ${machine().runnerId}`);
  expect(textOf(refused)).toContain("given_up");
  expect(requests).toEqual([]);
});

test("an import by runner id and address takes a host over without touching it", async () => {
  await installEce(simulator(), machine());
  const held = await eceOn(machine());
  const { runnerId, user, sshHost, sshPort } = machine();
  await workspace().initialize(
    program()
      .replace(/resource "(terraform_data|ece_roles_token)"[^]*?\n}\n/g, "")
      .replace(/install_id.*\n/, ""),
  );
  for (const [address, id] of [
    ["ece_host.h", runnerId],
    ["ece_host_machine.h", `${runnerId}=${user}@${sshHost}:${sshPort}`],
    ["ece_host_roles.h", runnerId],
  ] as const)
    expect(await workspace().terraform(["import", "-input=false", address, id])).toMatchObject({ exitCode: 0 });

  const applied = await workspace().apply();
  const planned = await workspace().plan();

  expect(applied).toMatchObject({ exitCode: 0 });
  expect(applied.output).toContain("0 added, 3 changed, 0 destroyed");
  expect(planned).toMatchObject({ exitCode: 0 });
  expect(await eceOn(machine())).toEqual(held);
});
