import { errorsOf } from "../../support/diagnostics";
import { eventually } from "../../support/eventually";
import { ProviderSession, type Outcome } from "../../support/provider-session";
import { useSimulator } from "../../support/use-simulator";
import { addAllocators } from "../../simulator/joining";

const simulator = useSimulator();
let session: ProviderSession;

beforeEach(async () => {
  session = await ProviderSession.start(simulator());
});

/** Destroys hosts at the same time, as Terraform does it. */
async function leave(ids: readonly string[]): Promise<Outcome[]> {
  const created: Outcome[] = [];
  for (const id of ids) created.push(await session.apply("ece_host_roles", { runner_id: id, roles: ["allocator"] }));
  simulator().requests.length = 0;
  const destroying = ids.map((_, index) => session.destroy("ece_host_roles", created[index]!));
  await session.clock.holdAtSleep();
  await eventually(() => ids.every((id) => requests().includes(`GET allocators/${id}`)));
  session.clock.release();
  return Promise.all(destroying);
}

function requests(): string[] {
  return simulator().requests.map(({ method, path }) => `${method} ${path.replace("/platform/infrastructure/", "")}`);
}

function moves(): string[] {
  return requests().filter((request) => request.endsWith("/elasticsearch/_move"));
}

function allocator(id: string) {
  return simulator()
    .state()
    .allocators.find(({ allocatorId }) => allocatorId === id)!;
}

function instances(): string[] {
  return simulator()
    .state()
    .allocators.flatMap((one) => one.instances)
    .sort();
}

test("ten of thirty hosts leave: all are in maintenance mode before the first move, and no instance moves twice", async () => {
  const ids = addAllocators(simulator().platform, 30);
  const before = instances();
  const leaving = ids.slice(0, 10);

  const outcomes = await leave(leaving);

  expect(outcomes.map(errorsOf).join("")).toBe("");
  expect(leaving.flatMap((id) => allocator(id).instances)).toEqual([]);
  expect(instances()).toEqual(before);
  expect(moves()).toHaveLength(20);
  const begins = requests().flatMap((request, index) => (request.endsWith("/_start") ? [index] : []));
  expect(begins).toHaveLength(10);
  expect(Math.max(...begins)).toBeLessThan(requests().findIndex((request) => request.endsWith("/elasticsearch/_move")));
});

test("of a zone whose hosts all leave, one goes at a time and the others stay in service", async () => {
  const ids = addAllocators(simulator().platform, 6).filter((_, index) => index % 3 === 0);

  const outcomes = await leave(ids);
  const [first, second] = outcomes.map(errorsOf);

  expect(first).toBe("");
  expect(second).toContain("Of the hosts of this zone that leave now, 1 of 2 can go");
  expect(allocator(ids[0]!).instances).toEqual([]);
  expect(allocator(ids[1]!)).toMatchObject({ maintenanceMode: false, connected: true });
  expect(allocator(ids[1]!).instances).toHaveLength(4);
});

test("a host without room elsewhere is left as it is", async () => {
  const [id] = addAllocators(simulator().platform, 1);

  const [destroyed] = await leave([id!]);

  expect(errorsOf(destroyed!)).toContain("Nothing was changed on this one");
  expect(requests().filter((request) => !request.startsWith("GET"))).toEqual([]);
});

test("what came after the drain is moved, too", async () => {
  const ids = addAllocators(simulator().platform, 6);
  const { platform } = simulator();
  const setRoles = platform.setRoles.bind(platform);
  jest.spyOn(platform, "setRoles").mockImplementationOnce((id, roles) => {
    platform.placeInstances(id, [{ clusterId: "late" }]);
    return setRoles(id, roles);
  });

  const [destroyed] = await leave([ids[0]!]);

  expect(errorsOf(destroyed!)).toBe("");
  expect(allocator(ids[0]!)).toMatchObject({ instances: [], connected: false });
  expect(instances().filter((instance) => instance.startsWith("late/"))).toHaveLength(1);
});

test("requests grow with the hosts that leave and their instances, not with their product", async () => {
  const ids = addAllocators(simulator().platform, 300);

  const outcomes = await leave(ids.slice(0, 30));

  expect(outcomes.map(errorsOf).join("")).toBe("");
  expect(moves()).toHaveLength(60);
  expect(requests().length).toBeLessThan(30 * 20 + 60 * 6);
});
