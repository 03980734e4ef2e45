import type { ObjectValue } from "../../../lib/plugin/framework";
import { addHost } from "../../simulator/joining";
import { errorsOf } from "../../support/diagnostics";
import { useProviderSession, type Outcome } from "../../support/provider-session";
import { useSimulator } from "../../support/use-simulator";

const ID = "192.168.44.11";

const simulator = useSimulator();
const session = useProviderSession(simulator);

beforeEach(async () => {
  addHost(simulator().platform, {
    runnerId: ID,
    roles: ["allocator"],
    allocatorTags: "rack:7,ssd:yes",
    capacityMb: 30_000,
  });
});

function apply(config: ObjectValue, stored?: Outcome): Promise<Outcome> {
  return session().apply("ece_allocator", { allocator_id: ID, ...config }, stored);
}

function allocator() {
  return simulator()
    .state()
    .allocators.find(({ allocatorId }) => allocatorId === ID)!;
}

function writes(): string[] {
  return simulator()
    .requests.filter(({ method }) => method !== "GET")
    .map(({ method, path }) => `${method} ${path}`);
}

test("tags are managed one by one: those given at install and by others stay", async () => {
  const created = await apply({ tags: { team: "search", ssd: "no" } });
  const updated = await apply({ tags: { ssd: "maybe" } }, created);
  const afterUpdate = allocator().tags;
  const destroyed = await session().destroy("ece_allocator", updated);

  expect([created, updated, destroyed].map(errorsOf)).toEqual(["", "", ""]);
  expect(created.state).toMatchObject({ tags: { team: "search", ssd: "no" }, zone: "ece-zone-1" });
  expect(afterUpdate).toEqual({ rack: "7", ssd: "maybe" });
  expect(allocator().tags).toEqual({ rack: "7" });
});

test("only what differs is sent", async () => {
  const created = await apply({ tags: { team: "search" }, capacity: 20_000 });
  simulator().requests.length = 0;

  await apply({ tags: { team: "search", floor: "2" }, capacity: 20_000 }, created);

  expect(writes()).toEqual([`PUT /platform/infrastructure/allocators/${ID}/metadata/floor`]);
});

test("capacity is set in place, and the installer's choice comes back without it", async () => {
  const created = await apply({ capacity: 16_384 });
  const set = allocator().capacityMb;
  const updated = await apply({}, created);
  const back = allocator().capacityMb;
  await apply({ capacity: 16_384 }, updated);

  await session().destroy("ece_allocator", created);

  expect([set, back, allocator().capacityMb]).toEqual([16_384, 30_000, 30_000]);
});

test("a read shows the drift of managed tags and capacity, and nothing of the others", async () => {
  const created = await apply({ tags: { team: "search", floor: "2" }, capacity: 16_384 });
  const record = simulator().platform.allocators.find(ID);
  record.tags = [
    { key: "team", value: "logs" },
    { key: "theirs", value: "x" },
  ];
  record.settings = { capacity: 9_000 };

  const read = await session().read("ece_allocator", created);

  expect(read.state).toMatchObject({ tags: { team: "logs" }, capacity: 9_000 });
});

test("capacity that is not managed is not read", async () => {
  const created = await apply({ tags: { team: "search" } });
  simulator().platform.allocators.find(ID).settings = { capacity: 9_000 };

  const read = await session().read("ece_allocator", created);

  expect(read.state).toEqual(created.state);
});

test("a change that fails halfway is seen by the next refresh", async () => {
  const created = await apply({ tags: { team: "search" } });
  const path = `/platform/infrastructure/allocators/${ID}/metadata/floor`;
  simulator().faults.add({ method: "PUT", path, kind: "status", status: 500, message: "out of order" });

  const updated = await apply({ tags: { rack: "8", floor: "2" } }, created);
  const read = await session().read("ece_allocator", updated);

  expect(errorsOf(updated)).toContain("out of order");
  expect(read.state).toMatchObject({ tags: { team: "search", rack: "8" } });
});

test("an allocator that is gone leaves the state, and destroying it is no error", async () => {
  const created = await apply({ tags: { team: "search" } });
  simulator().platform.disconnect(ID);
  simulator().platform.runners.delete(ID);
  simulator().platform.allocators.delete(simulator().platform.allocators.find(ID), true);

  const read = await session().read("ece_allocator", created);
  const destroyed = await session().destroy("ece_allocator", created);

  expect(read).toMatchObject({ state: null, diagnostics: [] });
  expect(destroyed).toMatchObject({ state: null, diagnostics: [] });
});

test("an allocator that is not there is an error that names the role and the order", async () => {
  const created = await session().apply("ece_allocator", { allocator_id: "10.9.9.9", tags: { a: "b" } });

  expect(created.state).toBeNull();
  expect(created.diagnostics).toEqual([
    expect.objectContaining({ summary: "There is no allocator 10.9.9.9", path: ["allocator_id"] }),
  ]);
  expect(errorsOf(created)).toContain("depend on its ece_host_roles");
});

test("import takes over all tags and the capacity, and the next plan is empty", async () => {
  simulator().platform.allocators.find(ID).settings = { capacity: 9_000 };

  const imported = await session().import("ece_allocator", ID);
  const config = { allocator_id: ID, tags: { rack: "7", ssd: "yes" }, capacity: 9_000 };
  const { plan } = await session().plan("ece_allocator", config, imported);

  expect(imported.state).toMatchObject({ ...config, zone: "ece-zone-1" });
  expect(plan).toEqual(imported.state);
});

test("import with arguments manages no other tags", async () => {
  const config = { allocator_id: ID, tags: { rack: "7" } };

  const imported = await session().import("ece_allocator", JSON.stringify(config));
  const { plan } = await session().plan("ece_allocator", config, imported);

  expect(imported.state).toMatchObject({ ...config, capacity: null });
  expect(plan).toEqual(imported.state);
});

test("import of what is no allocator says where the ids are", async () => {
  const unknown = await session().import("ece_allocator", "10.9.9.9");

  expect(unknown).toMatchObject({ state: null, diagnostics: [{ summary: "Unable to import the allocator" }] });
  expect(errorsOf(unknown)).toContain("`cdktf-ece hosts` lists them");
});

test.each([
  [{ capacity: 4_096 }, "8192"],
  [{ capacity: 9_000.5 }, "whole number"],
  [{ tags: { team: "" } }, "Every tag needs a key and a value"],
  [{ allocator_id: "a b" }, "is no runner id"],
] as const)("%j is refused offline", async (settings, text) => {
  const config = { allocator_id: ID, tags: null, capacity: null, zone: null, ...settings } as ObjectValue;

  const reply = await session().server.validateResourceConfig({ typeName: "ece_allocator", config });

  expect(errorsOf(reply)).toContain(text);
});
