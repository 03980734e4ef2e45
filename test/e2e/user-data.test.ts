import type { TerraformStack } from "cdktf";
import { EceHost, HostInstall, HostToken } from "../../lib";
import { allocatorOn, useHostStack } from "../support/host-stack";
import { useSimulatedCloud } from "../support/simulated-cloud";
import { useSimulator } from "../support/use-simulator";

const simulator = useSimulator({ hosts: 1 });
const cloud = useSimulatedCloud(simulator);
const stack = useHostStack(simulator);

test("a VM installs ECE on itself, is replaced together with its host, and takes ECE along when it goes", async () => {
  const host = simulator().hosts[0]!;
  const atStart = simulator().state();
  const declare = (scope: TerraformStack) => {
    const token = HostToken.persistent({ revokeAfterJoin: true });
    const ece = new EceHost(scope, "host", {
      ...allocatorOn(host, simulator(), { token }),
      install: HostInstall.userData({ user: host.user }),
    });
    ece.afterVm(cloud().declareVm(scope, "vm", ece.userData));
  };

  const deployed = await stack().deploy(declare);
  await cloud().booted();
  const joined = simulator().state();
  const secret = simulator().platform.tokens.all().at(-1)!.token;
  const holders = [...host.grep(secret), ...stack().sandbox.filesContaining(secret)];
  const plan = await stack().plan();
  const replaced = await stack().apply(`-replace=${await stack().addressOf("ece_host")}`);
  await cloud().booted();
  const destroyed = await stack().destroy();

  expect(deployed).toMatchObject({ exitCode: 0 });
  expect(joined.runners.find(({ runnerId }) => runnerId === host.runnerId)).toMatchObject({
    connected: true,
    roles: expect.arrayContaining(["allocator"]) as string[],
  });
  expect(plan).toMatchObject({ exitCode: 0 });
  expect(replaced).toMatchObject({ exitCode: 0 });
  expect(host.installs.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
  expect(destroyed).toMatchObject({ exitCode: 0 });
  expect(simulator().state().runners).toEqual(atStart.runners);

  // The token of the user data stays in Terraform's state, where it is worth nothing by then, and nowhere on the VM.
  expect(holders).toEqual([expect.stringMatching(/tfstate$/)]);
  expect(joined.tokens.filter(({ live }) => live)).toEqual(atStart.tokens);
  expect(cloud().console).toContain("cdktf-ece: The installer is done.");
  expect(cloud().console).not.toContain(secret);
});
