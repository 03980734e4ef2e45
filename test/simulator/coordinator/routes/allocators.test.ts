import { call, errorCode, type HttpReply } from "../../http-call";
import { addHost } from "../../joining";
import { useSimulator } from "../../../support/use-simulator";

const ALLOCATORS = "/api/v1/platform/infrastructure/allocators";

interface Page {
  readonly zones: { readonly zone_id: string; readonly allocators: { readonly allocator_id: string }[] }[];
}

const simulator = useSimulator();
beforeEach(() => {
  addHost(simulator().platform, {
    runnerId: "a",
    roles: ["allocator"],
    availabilityZone: "ece-zone-2",
    capacityMb: 9000,
  });
});

function on(suffix: string, method = "GET", body?: unknown): Promise<HttpReply> {
  return call(simulator(), method, `${ALLOCATORS}/a${suffix}`, { body });
}

describe("GET of the list", () => {
  async function ids(query = ""): Promise<string[]> {
    const { body } = await call(simulator(), "GET", ALLOCATORS + query);
    return (body as Page).zones.flatMap(({ allocators }) => allocators.map(({ allocator_id }) => allocator_id));
  }

  test("shows the first 100, unless another page is requested", async () => {
    for (let index = 100; index < 203; index++)
      addHost(simulator().platform, { runnerId: `h${index}`, roles: ["allocator"] });

    const pages = [await ids(), await ids("?from=100"), await ids("?from=100&size=3"), await ids("?size=1000")];

    expect(pages.map(({ length }) => length)).toEqual([100, 5, 3, 105]);
    expect(pages[0]?.concat(pages[1] ?? []).toSorted()).toEqual(pages[3]?.toSorted());
  });

  test("refuses a size that is not a number", async () => {
    const reply = await call(simulator(), "GET", `${ALLOCATORS}?size=many`);

    expect(reply.status).toBe(400);
  });

  test("groups by zone", async () => {
    const { body } = await call(simulator(), "GET", ALLOCATORS);

    expect((body as Page).zones.map(({ zone_id, allocators }) => [zone_id, allocators.length])).toEqual([
      ["ece-zone-1", 1],
      ["ece-zone-2", 1],
    ]);
  });
});

test("GET shows instances, used capacity and health", async () => {
  simulator().platform.placeInstances("a", [{ clusterId: "c1", nodeMemoryMb: 2048 }]);

  const { body } = await on("");

  expect(body).toMatchObject({
    allocator_id: "a",
    status: { connected: true, healthy: true, maintenance_mode: false },
    capacity: { memory: { total: 9000, used: 2048 } },
    instances: [{ cluster_id: "c1", cluster_type: "elasticsearch", node_memory: 2048, moving: false }],
  });
});

test("a disconnected allocator is healthy only if it is empty", async () => {
  simulator().platform.disconnect("a");
  const { body: empty } = await on("");
  simulator().platform.placeInstances("a", 1);
  const { body: full } = await on("");

  expect([empty, full]).toMatchObject([
    { status: { connected: false, healthy: true } },
    { status: { connected: false, healthy: false } },
  ]);
});

describe("DELETE", () => {
  test("refuses a connected allocator", async () => {
    const reply = await on("", "DELETE");

    expect([reply.status, errorCode(reply)]).toEqual([400, "allocators.delete_connected_allocator_attempt"]);
  });

  test("refuses an allocator with instances, unless remove_instances is true", async () => {
    simulator().platform.placeInstances("a", 1);
    simulator().platform.disconnect("a");

    const refused = await on("", "DELETE");
    const removed = await on("?remove_instances=true", "DELETE");

    expect([refused.status, errorCode(refused)]).toEqual([400, "allocators.delete_allocator_with_instances_attempt"]);
    expect([removed.status, removed.body]).toEqual([200, {}]);
    expect((await on("")).status).toBe(404);
  });

  test("removes an allocator whose connected host has lost the role", async () => {
    simulator().platform.setRoles("a", ["beats-runner", "services-forwarder"]);

    expect((await on("", "DELETE")).status).toBe(200);
  });
});

test("maintenance mode starts and stops", async () => {
  const started = await on("/maintenance-mode/_start?reason=drain", "POST");
  const { body: during } = await on("");
  const stopped = await on("/maintenance-mode/_stop", "POST");
  const { body: after } = await on("");

  expect([started.status, started.body, stopped.status]).toEqual([202, {}, 202]);
  expect([during, after]).toMatchObject([
    { status: { maintenance_mode: true, maintenance_mode_timestamp: expect.any(String) as string } },
    { status: { maintenance_mode: false } },
  ]);
});

describe("settings", () => {
  test("change the capacity", async () => {
    const put = await on("/settings", "PUT", { capacity: 12_000 });

    expect([put.status, put.body, (await on("/settings")).body]).toEqual([
      200,
      { capacity: 12_000 },
      { capacity: 12_000 },
    ]);
    expect((await on("")).body).toMatchObject({ capacity: { memory: { total: 12_000 } } });
  });

  test("fall back to the installed capacity if PUT omits it, but not if PATCH does", async () => {
    await on("/settings", "PUT", { capacity: 12_000 });
    const patched = await on("/settings", "PATCH", "{}");
    const put = await on("/settings", "PUT", {});

    expect([patched.body, put.body]).toEqual([{ capacity: 12_000 }, {}]);
    expect(
      simulator()
        .state()
        .allocators.find(({ allocatorId }) => allocatorId === "a")?.capacityMb,
    ).toBe(9000);
  });

  test.each([{ capacity: "12g" }, { capacity: -1 }])("refuse %p", async (settings) => {
    expect((await on("/settings", "PUT", settings)).status).toBe(400);
  });
});

describe("metadata", () => {
  const item = (key: string, value: string) => ({ key, value });

  test("are replaced all at once, or one by one", async () => {
    await on("/metadata", "PUT", { items: [item("old", "1")] });
    const replaced = await on("/metadata", "PUT", { items: [item("disk", "ssd"), item("cpu", "8")] });
    const changed = await on("/metadata/cpu", "PUT", { value: "16" });
    const removed = await on("/metadata/disk", "DELETE");

    expect([replaced.body, changed.body, removed.body]).toEqual([
      [item("disk", "ssd"), item("cpu", "8")],
      [item("disk", "ssd"), item("cpu", "16")],
      [item("cpu", "16")],
    ]);
    expect((await on("/metadata")).body).toEqual([item("cpu", "16")]);
    expect((await on("")).body).toMatchObject({ metadata: [item("cpu", "16")] });
  });

  test.each<[string, string, unknown, number, string]>([
    ["PUT", "/metadata", { items: [{ key: "", value: "x" }] }, 400, "allocators.invalid_empty_metadata_items"],
    ["PUT", "/metadata/k", { value: "" }, 400, "allocators.invalid_empty_metadata_item"],
    ["DELETE", "/metadata/k", undefined, 404, "allocators.metadata_item_not_found"],
  ])("%s %s refuses an item that is empty or missing", async (method, suffix, body, status, code) => {
    const reply = await on(suffix, method, body);

    expect([reply.status, errorCode(reply)]).toEqual([status, code]);
  });
});

test.each<[string, string]>([
  ["GET", ""],
  ["DELETE", ""],
  ["POST", "/maintenance-mode/_start"],
  ["POST", "/maintenance-mode/_stop"],
  ["POST", "/clusters/_move"],
  ["GET", "/settings"],
  ["GET", "/metadata"],
])("%s %s of an unknown allocator is not found", async (method, suffix) => {
  const reply = await call(simulator(), method, `${ALLOCATORS}/stranger${suffix}`);

  expect([reply.status, errorCode(reply)]).toEqual([404, "allocators.allocator_not_found"]);
});
