import { EceHost, EceRole, HostToken, RolesToken } from "../../lib";
import { allocatorOn, sshTo, useHostStack } from "../support/host-stack";
import { useSimulator } from "../support/use-simulator";

const HOSTS = 50;

const simulator = useSimulator({ hosts: HOSTS });
const stack = useHostStack(simulator);

test.each([
  ["one shared token", 1, 10],
  ["a token each", HOSTS, HOSTS],
] as const)(
  "a fleet with %s is deployed, planned with a handful of requests, and destroyed",
  async (_, tokenCount, size) => {
    const machines = simulator().hosts.slice(0, size);
    const atStart = simulator().state();

    const deployed = await stack().deploy((scope) => {
      const roles = [EceRole.ALLOCATOR];
      const token = tokenCount === 1 ? HostToken.shared(new RolesToken(scope, "token", { roles })) : undefined;
      machines.forEach((machine, i) => {
        const install = sshTo(machine);
        new EceHost(scope, `host-${i}`, { ...allocatorOn(machine, simulator()), token, install });
      });
    }, "-parallelism=25");
    const inService = simulator()
      .state()
      .allocators.filter(({ connected }) => connected);
    const beforePlan = simulator().requests.length;
    const plan = await stack().plan();
    const planned = simulator().requests.slice(beforePlan);
    const destroyed = await stack().destroy("-parallelism=25");

    expect(deployed).toMatchObject({ exitCode: 0 });
    expect(inService).toHaveLength(size + 1);
    expect(machines.map(({ installs }) => installs.length)).toEqual(machines.map(() => 1));
    expect(calls("POST", "/platform/configuration/security/enrollment-tokens")).toBe(tokenCount);
    expect(plan).toMatchObject({ exitCode: 0 });
    expect(planned.length).toBeLessThan(10);
    expect(destroyed).toMatchObject({ exitCode: 0 });
    // In four processes: of no host its own.
    expect(calls("GET", "/platform/infrastructure/runners")).toBeLessThan(20);
    expect(simulator().state().runners).toEqual(atStart.runners);
    expect(
      simulator()
        .state()
        .tokens.filter(({ live }) => live),
    ).toEqual(atStart.tokens);
  },
);

function calls(method: string, path: string): number {
  return simulator().requests.filter((request) => request.method === method && request.path === path).length;
}
