import { addHost } from "../joining";
import { call, errorCode, type HttpReply } from "../http-call";
import { useSimulator } from "../../support/use-simulator";

const INFRASTRUCTURE = "/api/v1/platform/infrastructure";

const simulator = useSimulator({ failOnUnknownRoute: false });
beforeEach(() => {
  addHost(simulator().platform, { runnerId: "a", roles: ["allocator"], availabilityZone: "ece-zone-2" });
  addHost(simulator().platform, { runnerId: "b", roles: ["proxy"] });
});

function post(path: string, body?: unknown): Promise<HttpReply> {
  return call(simulator(), "POST", `${INFRASTRUCTURE}/${path}`, { body });
}

async function runnersFound(query: unknown): Promise<string[]> {
  const { body } = await post("runners/_search", { query });
  return (body as { runners: { runner_id: string }[] }).runners.map(({ runner_id }) => runner_id);
}

test.each<[string, unknown, string[]]>([
  ["match_all", { match_all: {} }, ["192.168.44.10", "a", "b"]],
  ["match_none", { match_none: {} }, []],
  ["match", { match: { runner_id: { query: "A" } } }, ["a"]],
  ["term", { term: { zone: { value: "ece-zone-1" } } }, ["192.168.44.10", "b"]],
  ["prefix", { prefix: { runner_id: { value: "192." } } }, ["192.168.44.10"]],
  ["a field of a field in a list", { match: { "roles.role_name": { query: "proxy" } } }, ["192.168.44.10", "b"]],
  ["exists", { exists: { field: "roles.nothing" } }, []],
  [
    "bool.must and must_not",
    {
      bool: {
        must: [{ match: { "roles.role_name": { query: "proxy" } } }],
        must_not: [{ match: { runner_id: { query: "b" } } }],
      },
    },
    ["192.168.44.10"],
  ],
  [
    "bool.should",
    { bool: { should: [{ match: { runner_id: { query: "a" } } }, { match: { runner_id: { query: "b" } } }] } },
    ["a", "b"],
  ],
  [
    "nested, whose fields are of the same entry",
    {
      nested: {
        path: "containers",
        query: {
          bool: {
            must: [
              { match: { "containers.container_name": { query: "proxy" } } },
              { match: { "containers.container_set_name": { query: "runners" } } },
            ],
          },
        },
      },
    },
    [],
  ],
])("a search by %s", async (_, query, found) => {
  expect(await runnersFound(query)).toEqual(found);
});

test("allocators are found by zone, a page at a time, without what their instances are about to do", async () => {
  simulator().platform.placeInstances("a", 1);

  const { body } = await post("allocators/_search", { query: { match: { allocator_id: { query: "a" } } }, size: 1 });
  const { body: none } = await post("allocators/_search", { size: 0 });

  expect(body).toMatchObject({ zones: [{ zone_id: "ece-zone-2", allocators: [{ allocator_id: "a" }] }] });
  expect(JSON.stringify(body)).not.toMatch(/moving|plans_info/);
  expect(none).toEqual({ zones: [] });
});

test.each<[string, unknown]>([
  ["a query", { query: { query_string: { query: "*" } } }],
  ["a cursor", { cursor: "c" }],
])("%s that is not simulated is a 501", async (_, body) => {
  const reply = await post("runners/_search", body);

  expect([reply.status, errorCode(reply)]).toEqual([501, "simulator.unknown_query"]);
});

test.each<[unknown]>([[{ query: "a" }], [{ query: { match: { runner_id: "a" } } }], [{ size: -1 }]])(
  "%p is no search",
  async (body) => {
    expect((await post("runners/_search", body)).status).toBe(400);
  },
);

test.each(["runners", "allocators"])("%s are synchronized, one or all of them", async (kind) => {
  const all = await post(`${kind}/_resync`);

  expect([all.status, all.body]).toMatchObject([
    202,
    { results: { 1: { updated: expect.arrayContaining(["a"]) as unknown } } },
  ]);
  expect((await post(`${kind}/a/_resync`)).status).toBe(200);
  expect(errorCode(await post(`${kind}/stranger/_resync`))).toBe(`${kind}.resync_failed`);
});
