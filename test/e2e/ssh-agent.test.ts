import { readFileSync, rmSync } from "node:fs";
import { EceHost } from "../../lib";
import { allocatorOn, sshTo, useHostStack } from "../support/host-stack";
import { runnerIds } from "../support/simulator-state";
import { useSshAgent } from "../support/ssh-agent";
import { textOf } from "../support/terraform";
import { useSimulator } from "../support/use-simulator";

const simulator = useSimulator({ hosts: 1 });
const stack = useHostStack(simulator);
const agent = useSshAgent();

test("a host whose key only the SSH agent has is installed and removed, and left alone while the agent lacks it", async () => {
  const machine = simulator().hosts[0]!;
  const atStart = runnerIds(simulator());
  const key = readFileSync(machine.privateKeyFile, "utf8");
  rmSync(machine.privateKeyFile);
  stack().provider = { ssh: { agent: true } };
  stack().sandbox.env.SSH_AUTH_SOCK = agent().socket;
  const deploy = () =>
    stack().deploy((scope) => {
      const install = sshTo(machine, { privateKeyFile: undefined, connectTimeout: "2s" });
      new EceHost(scope, "host", { ...allocatorOn(machine, simulator()), install });
    });

  const refused = await deploy();
  await agent().add(key);
  const deployed = await deploy();
  const planned = await stack().plan();
  const installed = machine.containers.map(({ name }) => name);
  await agent().forgetAll();
  const kept = await stack().destroy();
  const containersKept = machine.containers.map(({ name }) => name);
  await agent().add(key);
  const destroyed = await stack().destroy();

  expect(refused).toMatchObject({ exitCode: 1 });
  expect(textOf(refused)).toContain("accepts none of these keys: the keys of the SSH agent");
  expect(deployed).toMatchObject({ exitCode: 0 });
  expect(machine.installs).toEqual([expect.objectContaining({ exitCode: 0 })]);
  expect(installed).toContain("frc-runners-runner");
  expect(planned).toMatchObject({ exitCode: 0 });
  expect(kept).toMatchObject({ exitCode: 1 });
  expect(textOf(kept)).toContain("accepts none of these keys: the keys of the SSH agent");
  expect(containersKept).toEqual(installed);
  expect(destroyed).toMatchObject({ exitCode: 0 });
  expect(machine.containers).toEqual([]);
  expect(runnerIds(simulator())).toEqual(atStart);
});
