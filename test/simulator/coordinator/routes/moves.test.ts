import type { Simulator } from "../../../../lib/simulator";
import { call, type HttpReply } from "../../http-call";
import { addHost } from "../../joining";
import { useSimulators } from "../../simulators";

const NOTHING = {
  elasticsearch_clusters: [],
  kibana_clusters: [],
  apm_clusters: [],
  appsearch_clusters: [],
  enterprise_search_clusters: [],
};

const startSimulator = useSimulators();
let simulator: Simulator;
beforeEach(async () => {
  simulator = await startSimulator();
  const host = { roles: ["allocator"], availabilityZone: "ece-zone-9" };
  addHost(simulator.platform, { ...host, runnerId: "source" });
  addHost(simulator.platform, { ...host, runnerId: "target" });
  simulator.platform.allocators.startMaintenance(simulator.platform.allocators.find("source"));
});

function move(suffix: string, body?: unknown): Promise<HttpReply> {
  return call(simulator, "POST", `/api/v1/platform/infrastructure/allocators/source/clusters/${suffix}`, { body });
}

function left(): number | undefined {
  return simulator.state().allocators.find(({ allocatorId }) => allocatorId === "source")?.instances.length;
}

test("a validation lists the moves by type, with a plan for each, and moves nothing", async () => {
  simulator.platform.placeInstances("source", [{ clusterId: "e1" }, { clusterId: "k1", clusterType: "kibana" }]);

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
  expect(left()).toBe(2);
});

test("a move without a body moves everything", async () => {
  simulator.platform.placeInstances("source", [{}, { clusterType: "kibana" }, { clusterType: "integrations_server" }]);

  await move("_move");

  expect(left()).toBe(0);
});

test("a move with clusters in its body moves these, as does one by type", async () => {
  simulator.platform.placeInstances("source", [{ clusterId: "e1" }, { clusterId: "e2" }, { clusterType: "kibana" }]);

  await move("elasticsearch/_move", { elasticsearch_clusters: [{ cluster_ids: ["e1"] }] });
  const afterOne = left();
  await move("kibana/_move");

  expect([afterOne, left()]).toEqual([2, 1]);
});

test("what cannot move is a failure with an error in a reply that is accepted", async () => {
  simulator.platform.placeInstances("source", [{ clusterId: "e1", nodeMemoryMb: 100_000 }]);

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

test("a type that the API does not list is refused", async () => {
  expect((await move("integrations_server/_move")).status).toBe(400);
});

test("an instance under way says so", async () => {
  simulator.platform.behaviour.moveSeconds = 60;
  simulator.platform.placeInstances("source", 1);
  await move("_move");

  const { body } = await call(simulator, "GET", "/api/v1/platform/infrastructure/allocators/source");

  expect(body).toMatchObject({ instances: [{ moving: true }] });
});
