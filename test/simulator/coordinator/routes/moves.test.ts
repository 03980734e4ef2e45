import { call, type HttpReply } from "../../http-call";
import { addHost } from "../../joining";
import { useSimulator } from "../../../support/use-simulator";

const NOTHING = {
  elasticsearch_clusters: [],
  kibana_clusters: [],
  apm_clusters: [],
  appsearch_clusters: [],
  enterprise_search_clusters: [],
};

const simulator = useSimulator();
beforeEach(() => {
  const host = { roles: ["allocator"], availabilityZone: "ece-zone-9" };
  addHost(simulator().platform, { ...host, runnerId: "source" });
  addHost(simulator().platform, { ...host, runnerId: "target" });
  simulator().platform.allocators.startMaintenance(simulator().platform.allocators.find("source"));
});

function move(suffix: string, body?: unknown): Promise<HttpReply> {
  return call(simulator(), "POST", `/api/v1/platform/infrastructure/allocators/source/clusters/${suffix}`, { body });
}

function remaining(): number | undefined {
  return simulator()
    .state()
    .allocators.find(({ allocatorId }) => allocatorId === "source")?.instances.length;
}

test("validate_only lists the moves by type, with a plan for each, and moves nothing", async () => {
  simulator().platform.placeInstances("source", [{ clusterId: "e1" }, { clusterId: "k1", clusterType: "kibana" }]);

  const { status, body } = await move("_move?validate_only=true");

  const kibanaPlan = {
    move_instances: [{ from: expect.any(String) as string, to: ["target"] }],
    move_allocators: [{ from: "source", to: ["target"] }],
  };
  expect([status, body]).toEqual([
    202,
    {
      moves: {
        ...NOTHING,
        elasticsearch_clusters: [
          { cluster_id: "e1", calculated_plan: { plan_configuration: { move_only: true, ...kibanaPlan } } },
        ],
        kibana_clusters: [{ cluster_id: "k1", calculated_plan: { plan_configuration: kibanaPlan } }],
      },
      failures: NOTHING,
    },
  ]);
  expect(remaining()).toBe(2);
});

test("a move without a body moves everything", async () => {
  simulator().platform.placeInstances("source", [
    {},
    { clusterType: "kibana" },
    { clusterType: "integrations_server" },
  ]);

  await move("_move");

  expect(remaining()).toBe(0);
});

test("a move of clusters in the body, or of a type, moves only these", async () => {
  simulator().platform.placeInstances("source", [{ clusterId: "e1" }, { clusterId: "e2" }, { clusterType: "kibana" }]);

  await move("elasticsearch/_move", { elasticsearch_clusters: [{ cluster_ids: ["e1"] }] });
  const afterOne = remaining();
  await move("kibana/_move");

  expect([afterOne, remaining()]).toEqual([2, 1]);
});

test("a cluster that cannot move is a failure with an error, and the reply still 202", async () => {
  simulator().platform.placeInstances("source", [{ clusterId: "e1", nodeMemoryMb: 100_000 }]);

  const { status, body } = await move("_move");

  expect([status, body]).toEqual([
    202,
    {
      moves: NOTHING,
      failures: {
        ...NOTHING,
        elasticsearch_clusters: [
          {
            cluster_id: "e1",
            errors: [{ code: "clusters.cluster_invalid_plan", message: expect.stringContaining("capacity") as string }],
          },
        ],
      },
    },
  ]);
});

test("a type that the API does not list is an error", async () => {
  expect((await move("integrations_server/_move")).status).toBe(400);
});

test("an instance that is being moved is shown as moving", async () => {
  simulator().platform.behaviour.moveSeconds = 60;
  simulator().platform.placeInstances("source", 1);
  await move("_move");

  const { body } = await call(simulator(), "GET", "/api/v1/platform/infrastructure/allocators/source");

  expect(body).toMatchObject({ instances: [{ moving: true }] });
});
