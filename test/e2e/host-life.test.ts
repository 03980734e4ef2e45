import { EceHost, InstallCarrier } from "../../lib";
import { allocatorOn, sshTo, useHostStack } from "../support/host-stack";
import { runnerIds } from "../support/simulator-state";
import { useSimulator } from "../support/use-simulator";

const simulator = useSimulator({ hosts: 2 });
const stack = useHostStack(simulator);

test.each([InstallCarrier.NULL_RESOURCE, InstallCarrier.TERRAFORM_DATA])(
  "hosts carried by %s join with their role, stay as they are, and go without a trace",
  async (carrier) => {
    const atStart = simulator().state();

    const deployed = await stack().deploy((scope) => {
      simulator().hosts.forEach(
        (host, i) =>
          new EceHost(scope, `host-${i}`, { ...allocatorOn(host, simulator()), install: sshTo(host, { carrier }) }),
      );
    });
    const joined = simulator()
      .state()
      .runners.filter(({ runnerId }) => simulator().hosts.some((host) => host.runnerId === runnerId));
    const secondPlan = await stack().plan();
    const destroyed = await stack().destroy();

    expect(deployed).toMatchObject({ exitCode: 0 });
    expect(joined).toHaveLength(2);
    expect(joined.every(({ connected, roles }) => connected && roles.includes("allocator"))).toBe(true);
    expect(secondPlan).toMatchObject({ exitCode: 0 });
    expect(destroyed).toMatchObject({ exitCode: 0 });
    expect(runnerIds(simulator())).toEqual(atStart.runners.map(({ runnerId }) => runnerId));
    expect(
      simulator()
        .state()
        .tokens.filter(({ live }) => live),
    ).toEqual(atStart.tokens);
  },
);
