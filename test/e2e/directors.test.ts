import { EceHost, EceRole } from "../../lib";
import { allocatorOn, useHostStack, type HostStack } from "../support/host-stack";
import { textOf } from "../support/terraform";
import { useSimulator } from "../support/use-simulator";

const ROLES = [EceRole.COORDINATOR, EceRole.DIRECTOR];
const FIRST = "192.168.44.10";
/** Of all that a director may do late, the worst. */
const LATE = { votingAfterReads: 3, syncedAfterReads: 5, refusalsAfterRoleLoss: 2 };

const simulator = useSimulator({ hosts: 3 });
const stack = useHostStack(simulator);

/** Three hosts that are all the directors and coordinators of the platform; another zone replaces them. */
function declare(availabilityZone: string, patience: string): Parameters<HostStack["deploy"]>[0] {
  return (scope) =>
    simulator().hosts.forEach((machine, index) => {
      const config = { roles: ROLES, availabilityZone, drainTimeout: patience };
      new EceHost(scope, `director-${index}`, allocatorOn(machine, simulator(), config));
    });
}

async function deployDirectors(patience: string): Promise<void> {
  expect(await stack().deploy(declare("ece-zone-1", patience))).toMatchObject({ exitCode: 0 });
  const { platform } = simulator();
  platform.setRoles(
    FIRST,
    [...platform.runners.find(FIRST).roles].filter((role) => !ROLES.includes(role)),
  );
  platform.ensemble.demote(FIRST);
  expect(simulator().state().ensemble).toMatchObject({ voters: 3, inSync: 3 });
}

function fewestInSync(since: number): number {
  return Math.min(
    ...simulator()
      .platform.ensemble.history.slice(since)
      .map(({ inSync }) => inSync),
  );
}

test.each([
  // A patience that an install outlasts where it has no slot, and not where it has one.
  ["at Terraform's own parallelism", [], "60s", 1],
  ["one by one", ["-parallelism=1"], "6s", 3],
] as const)(
  "three directors that are replaced %s never leave fewer than two in sync",
  async (_, args, patience, most) => {
    await deployDirectors(patience);
    Object.assign(simulator().platform.behaviour, LATE);
    const since = simulator().platform.ensemble.history.length;

    const runs = [await stack().deploy(declare("ece-zone-2", patience), ...args)];
    while (runs.at(-1)?.exitCode !== 0 && runs.length < most) runs.push(await stack().apply(...args));

    expect(runs.at(-1)).toMatchObject({ exitCode: 0 });
    for (const failed of runs.slice(0, -1)) expect(textOf(failed)).toMatch(/\d of \d are done\. Run the command again/);
    expect(fewestInSync(since)).toBe(2);
    expect(simulator().hosts.map(({ installs }) => installs.length)).toEqual([2, 2, 2]);
    // The last one has its vote as soon as somebody looks.
    const { members, candidates } = simulator().state().ensemble;
    expect([...members, ...candidates]).toHaveLength(3);
    expect(await stack().plan()).toMatchObject({ exitCode: 0 });
  },
);

test("all directors cannot be destroyed: the plan is refused, and nothing was changed", async () => {
  await deployDirectors("60s");
  const before = simulator().state();

  const destroyed = await stack().destroy();

  expect(destroyed.exitCode).toBe(1);
  expect(textOf(destroyed)).toMatch(/is the last (director|coordinator).*go by the same plan.*last_of/);
  expect(simulator().state()).toEqual(before);
});
