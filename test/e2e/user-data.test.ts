import type { TerraformStack } from "cdktf";
import { EceHost, HostInstall, HostToken } from "../../lib";
import { Simulator } from "../../lib/simulator";
import { HostStack, allocatorOn } from "../support/host-stack";
import { SimulatedCloud } from "../support/simulated-cloud";

let simulator: Simulator;
let cloud: SimulatedCloud;
let stack: HostStack;

beforeEach(async () => {
  simulator = await Simulator.start({ hosts: 1 });
  cloud = await SimulatedCloud.start(simulator.hosts[0]!);
  stack = await HostStack.create(simulator);
});

afterEach(async () => {
  stack?.remove();
  await cloud?.stop();
  await simulator?.stop();
});

test("a VM installs ECE on itself, is replaced together with its host, and takes ECE along when it goes", async () => {
  const host = simulator.hosts[0]!;
  const atStart = simulator.state();
  const declare = (scope: TerraformStack) => {
    const token = HostToken.persistent({ revokeAfterJoin: true });
    const ece = new EceHost(scope, "host", {
      ...allocatorOn(host, simulator, { token }),
      install: HostInstall.userData({ user: host.user }),
    });
    ece.afterVm(cloud.declareVm(scope, "vm", ece.userData));
  };

  const deployed = await stack.deploy(declare);
  const joined = simulator.state();
  const secret = simulator.platform.tokens.all().at(-1)!.token;
  const holders = [...host.grep(secret), ...stack.sandbox.filesContaining(secret)];
  const plan = await stack.plan();
  const record = /^ece_host\.\S+$/m.exec((await stack.terraform(["state", "list"])).stdout)?.[0];
  const replaced = await stack.apply(`-replace=${record}`);
  const destroyed = await stack.destroy();

  expect(deployed).toMatchObject({ exitCode: 0 });
  expect(joined.runners.find(({ runnerId }) => runnerId === host.runnerId)).toMatchObject({
    connected: true,
    roles: expect.arrayContaining(["allocator"]) as string[],
  });
  expect(plan).toMatchObject({ exitCode: 0 });
  expect(replaced).toMatchObject({ exitCode: 0 });
  expect(host.installs.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
  expect(destroyed).toMatchObject({ exitCode: 0 });
  expect(simulator.state().runners).toEqual(atStart.runners);

  // The token of the user data stays in Terraform's state, where it is worth nothing by then, and nowhere on the VM.
  expect(holders).toEqual([expect.stringMatching(/tfstate$/)]);
  expect(joined.tokens.filter(({ live }) => live)).toEqual(atStart.tokens);
  expect(cloud.console).toContain("cdktf-ece: The installer is done.");
  expect(cloud.console).not.toContain(secret);
});
