import { addHost } from "../../simulator/joining";
import { errorsOf } from "../../support/diagnostics";
import { useProviderSession } from "../../support/provider-session";
import { useSimulator } from "../../support/use-simulator";

const ID = "192.168.44.11";

const simulator = useSimulator();
const session = useProviderSession(simulator);

function instancesOn(allocator: string): readonly string[] {
  return simulator()
    .state()
    .allocators.find(({ allocatorId }) => allocatorId === allocator)!.instances;
}

test("destroying a guard drains a host that joined without anybody waiting for it, and leaves its roles", async () => {
  const created = await session().apply("ece_host_guard", { runner_id: ID });
  addHost(simulator().platform, { runnerId: ID, roles: ["allocator"] });
  simulator().platform.placeInstances(ID, 2);

  const destroyed = await session().destroy("ece_host_guard", created);

  expect(errorsOf(destroyed)).toBe("");
  expect(instancesOn(ID)).toEqual([]);
  expect(simulator().requests.filter(({ method }) => method === "PUT")).toEqual([]);
});

test("a guard whose host cannot be drained stays", async () => {
  const created = await session().apply("ece_host_guard", { runner_id: ID });
  addHost(simulator().platform, { runnerId: ID, roles: ["allocator"], availabilityZone: "ece-zone-9" });
  simulator().platform.placeInstances(ID, 1);

  const destroyed = await session().destroy("ece_host_guard", created);

  expect(errorsOf(destroyed)).toContain(`Unable to drain allocator ${ID}`);
  expect(destroyed.state).toEqual(created.state);
  expect(instancesOn(ID)).toHaveLength(1);
});

test("the guard of a host that never joined, or may be given up, is in nobody's way", async () => {
  const created = await session().apply("ece_host_guard", { runner_id: ID });
  const neverJoined = await session().destroy("ece_host_guard", created);
  addHost(simulator().platform, { runnerId: ID, roles: ["allocator"] });
  simulator().platform.placeInstances(ID, 1);

  const config = { runner_id: ID, drain: { skip: true, force: null } };
  const given = await session().apply("ece_host_guard", config, created);
  const givenUp = await session().destroy("ece_host_guard", given);

  expect(neverJoined).toMatchObject({ state: null, diagnostics: [] });
  expect(givenUp).toMatchObject({ state: null, diagnostics: [] });
  expect(instancesOn(ID)).toHaveLength(1);
});

test("a guard asks the platform only who it is before it is destroyed", async () => {
  const created = await session().apply("ece_host_guard", { runner_id: ID });
  const read = await session().read("ece_host_guard", created);
  const imported = await session().import("ece_host_guard", ID);

  expect(read.state).toEqual(created.state);
  expect(imported.state).toEqual(created.state);
  expect(simulator().requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
    "GET /platform/configuration/security/deployment",
    "GET /platform/configuration/security/enrollment-tokens",
  ]);
});
