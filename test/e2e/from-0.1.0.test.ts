import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { EceHost } from "../../lib";
import { allocatorOn, useHostStack } from "../support/host-stack";
import { eceOn } from "../support/installed-machine";
import { useSimulator } from "../support/use-simulator";
import { installEce } from "../support/worlds";

const simulator = useSimulator({ hosts: 1 });
const stack = useHostStack(simulator);
const machine = () => simulator().hosts[0]!;

/** The state that version 0.1.0 left of a host, with what differs from run to run filled in. */
function state(values: { readonly [name: string]: string }): string {
  const fixture = readFileSync(join(__dirname, "fixtures", "state-0.1.0.json"), "utf8");
  return fixture.replace(/"@(\w+)@"/g, (_, name: string) => JSON.stringify(values[name]));
}

/** A host as version 0.1.0 deployed it, with instances, in the state and on the platform; declared as it was. */
async function deployedBefore(): Promise<void> {
  stack().synth((scope) => void new EceHost(scope, "host", allocatorOn(machine(), simulator())));
  // Terraform takes a state that it finds before the first init for one to be migrated.
  await stack().init();
  await installEce(simulator(), machine());
  const home = join(machine().folder, "home", ".cdktf-ece");
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, "runner"), `runner ${machine().runnerId}\ncoordinator 127.0.0.1\n`);
  writeFileSync(join(home, "exit-status"), "0\n");
  const { id, token } = simulator().platform.tokens.mint({ persistent: true, roles: ["allocator"] });
  simulator().platform.placeInstances(machine().runnerId, 2);
  const { sshPort, hostKey, privateKeyFile } = machine();
  writeFileSync(
    join(stack().folder, "terraform.tfstate"),
    state({
      TOKEN: token,
      TOKEN_ID: id,
      SSH_PORT: String(sshPort),
      HOST_KEY: hostKey,
      PRIVATE_KEY_FILE: privateKeyFile,
    }),
  );
  expect(await stack().init()).toMatchObject({ exitCode: 0 });
}

/** What a plan does, by the type of the resource; updates and no-ops left out. */
async function plannedActions(): Promise<string[]> {
  await stack().terraform(["plan", "-input=false", "-out=first.plan"]);
  const { stdout } = await stack().terraform(["show", "-json", "first.plan"]);
  const { resource_changes: changes } = JSON.parse(stdout) as {
    resource_changes: { address: string; change: { actions: string[] } }[];
  };
  return changes
    .map(({ address, change }) => `${change.actions.join("+")} ${address.replace(/_[0-9A-F]{8}$/, "")}`)
    .filter((action) => !/^(no-op|update) /.test(action))
    .sort();
}

test("a host of 0.1.0 is taken on: nothing is replaced, installed, drained or revoked, and it goes as any other", async () => {
  await deployedBefore();
  const held = await eceOn(machine());
  const before = simulator().state();

  const actions = await plannedActions();
  const applied = await stack().apply();
  const after = simulator().state();
  const planned = await stack().plan();
  const destroyed = await stack().destroy();

  expect(actions).toEqual([
    "create ece_host_machine.host_machine",
    "create terraform_data.host_install-step",
    "delete ece_host_guard.host_guard",
    "delete null_resource.host_install",
    "delete terraform_data.host_cleanup",
  ]);
  expect(applied).toMatchObject({ exitCode: 0 });
  expect(applied.output).toContain(`ECE already runs here as runner ${machine().runnerId}; nothing to install.`);
  expect(after).toEqual(before);
  expect(held).not.toEqual([]);
  expect(planned).toMatchObject({ exitCode: 0 });
  expect(destroyed).toMatchObject({ exitCode: 0 });
  expect(await eceOn(machine())).toEqual([]);
  expect(
    simulator()
      .state()
      .runners.map(({ runnerId }) => runnerId),
  ).not.toContain(machine().runnerId);
});

test("a host of 0.1.0 that is destroyed at once is proven, drained and cleaned", async () => {
  await deployedBefore();
  const instances = () =>
    simulator()
      .state()
      .allocators.reduce((sum, { instances: held }) => sum + held.length, 0);
  const before = instances();

  const applied = await stack().apply();
  const destroyed = await stack().destroy("-refresh=false");

  expect([applied.exitCode, destroyed.exitCode]).toEqual([0, 0]);
  expect(instances()).toBe(before);
});
