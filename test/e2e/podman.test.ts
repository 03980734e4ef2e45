import { ContainerEngine, EceHost } from "../../lib";
import { eceOn } from "../support/installed-machine";
import { allocatorOn, useHostStack } from "../support/host-stack";
import { runnerIds } from "../support/simulator-state";
import { useSimulator } from "../support/use-simulator";

const simulator = useSimulator({ hosts: [{ engine: "podman" }] });
const stack = useHostStack(simulator);
const machine = () => simulator().hosts[0]!;

test("a host of podman is checked, installed, left as it is, and removed with its containers", async () => {
  const atStart = simulator().state();
  const deploy = () =>
    stack().deploy((scope) => {
      new EceHost(scope, "host", {
        ...allocatorOn(machine(), simulator()),
        containerEngine: ContainerEngine.PODMAN,
      });
    });
  machine().faults.removeCommand("podman-remote");
  const refused = await deploy();
  machine().faults.clear();
  const deployed = await deploy();
  const joined = simulator()
    .state()
    .runners.find(({ runnerId }) => runnerId === machine().runnerId);
  const installed = await eceOn(machine());
  machine().runContainer("postgres");
  simulator().platform.placeInstances(machine().runnerId, 2);
  const planned = await stack().plan();
  const destroyed = await stack().destroy();

  expect(refused).toMatchObject({ exitCode: 1 });
  expect(refused.output).toContain("podman-remote");
  expect(deployed).toMatchObject({ exitCode: 0 });
  expect(joined).toMatchObject({ connected: true, roles: expect.arrayContaining(["allocator"]) as unknown });
  expect(installed).toContain("frc-runners-runner");
  expect(machine().installs).toEqual([
    expect.objectContaining({ exitCode: 0, arguments: expect.arrayContaining(["--podman"]) as unknown }),
  ]);
  expect(planned).toMatchObject({ exitCode: 0 });
  expect(destroyed).toMatchObject({ exitCode: 0 });
  expect(await eceOn(machine())).toEqual(["postgres"]);
  expect(runnerIds(simulator())).toEqual(atStart.runners.map(({ runnerId }) => runnerId));
});
