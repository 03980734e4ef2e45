import { addHost } from "../simulator/joining";
import { operatorEnvironment, TerraformWorkspace, textOf, useWorkspace } from "../support/terraform";
import { useSimulator } from "../support/use-simulator";

const simulator = useSimulator();
const workspace = useWorkspace(simulator);
const IDS = Array.from({ length: 30 }, (_, index) => `host-${String(index).padStart(2, "0")}`);

beforeEach(() => {
  const { platform } = simulator();
  IDS.forEach((runnerId, index) => {
    const availabilityZone = `ece-zone-${"abc"[index % 3]}`;
    addHost(platform, { roles: ["allocator"], runnerId, hostIp: runnerId, availabilityZone });
    platform.placeInstances(runnerId, [{ clusterId: `x-${runnerId}` }, { clusterId: `y-${runnerId}` }]);
  });
});

function rolesOf(ids: readonly string[]): string {
  return `resource "ece_host_roles" "host" {
  for_each  = toset(${JSON.stringify(ids)})
  runner_id = each.key
  roles     = ["allocator"]
}
`;
}

/** The cluster of each instance, sorted. */
function clusters(ids?: readonly string[]): string[] {
  return simulator()
    .state()
    .allocators.filter(({ allocatorId }) => ids?.includes(allocatorId) ?? true)
    .flatMap(({ instances }) => instances.map((instance) => instance.split("/")[0]!))
    .sort();
}

function moves(): number {
  return simulator().requests.filter(({ path }) => path.endsWith("/elasticsearch/_move")).length;
}

test("ten of thirty allocators leave: no instance is lost or moves twice, and the one that cannot move is named", async () => {
  const leaving = IDS.slice(0, 10);
  const before = clusters();
  const stuck = simulator().platform.clusters.find("x-host-03");
  stuck.traits = { ...stuck.traits, onlyCopy: true };
  await workspace().initialize(rolesOf(leaving));
  expect(await workspace().apply()).toMatchObject({ exitCode: 0 });

  const refused = await workspace().destroy();

  expect(refused.exitCode).toBe(1);
  expect(textOf(refused)).toContain("x-host-03: There is no other copy of its data");
  expect(clusters(leaving)).toEqual(["x-host-03"]);
  expect(clusters()).toEqual(before);
  expect(moves()).toBe(19);
  stuck.traits = { ...stuck.traits, onlyCopy: false };
  expect(await workspace().destroy()).toMatchObject({ exitCode: 0 });
  expect(clusters(leaving)).toEqual([]);
});

test("with few slots, and from two stacks at once, leaving ends well or with a next step", async () => {
  const other = new TerraformWorkspace(operatorEnvironment(simulator()));
  const [here, there] = [IDS.slice(0, 5), IDS.slice(5, 10)];
  const before = clusters();
  try {
    for (const [stack, ids] of [
      [workspace(), here],
      [other, there],
    ] as const) {
      await stack.initialize(rolesOf(ids));
      expect(await stack.apply()).toMatchObject({ exitCode: 0 });
    }

    const both = await Promise.all([workspace().destroy("-parallelism=1"), other.destroy("-parallelism=2")]);

    expect(both.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
    expect(clusters([...here, ...there])).toEqual([]);
    expect(clusters()).toEqual(before);
  } finally {
    other.remove();
  }
});
