import { loadOpenApi } from "../support/openapi";
import { useSimulator } from "../support/use-simulator";
import { call } from "./http-call";
import { addHost } from "./joining";

const ALLOCATORS = "/api/v1/regions/ece-region/platform/infrastructure/allocators";
const KINDS = ["elasticsearch", "kibana", "apm", "appsearch", "enterprise_search", "integrations_server"];

interface Step {
  readonly step_id: string;
  readonly status: string;
}
interface Attempt {
  readonly plan_attempt_id: string;
  readonly plan_attempt_log: readonly Step[];
}
interface Plans {
  readonly pending?: Attempt;
  readonly current: Attempt;
  readonly history: readonly Attempt[];
}
interface Deployment {
  readonly id: string;
  readonly resources: Readonly<Record<string, readonly { readonly id: string; readonly info: { plan_info: Plans } }[]>>;
}

const simulator = useSimulator({ behaviour: { moveSeconds: 60 } });
const openApi = loadOpenApi();
beforeEach(() => {
  const host = { roles: ["allocator"], availabilityZone: "ece-zone-9" };
  addHost(simulator().platform, { ...host, runnerId: "source" });
  addHost(simulator().platform, { ...host, runnerId: "target" });
});

/** Sends a call and returns its reply's body. Both must be as Elastic describes them (ECE_OPENAPI). */
async function send<Body>(method: string, path: string, body?: unknown): Promise<Body> {
  const reply = await call(simulator(), method, path, { body });
  const exchange = { method, path, status: reply.status };
  const problems = [
    ...(openApi?.checkRequest({ method, path, body }) ?? []),
    ...(openApi?.checkResponse({ ...exchange, body: reply.body }) ?? []),
  ];
  expect([exchange, problems]).toEqual([{ ...exchange, status: method === "GET" ? 200 : reply.status }, []]);
  expect(reply.status).toBeLessThan(300);
  return reply.body as Body;
}

/** The search by which Elastic's SDK finds the deployment of a cluster. */
function searchFor(clusterId: string): unknown {
  const should = KINDS.map((kind) => ({
    nested: {
      path: `resources.${kind}`,
      query: { match: { [`resources.${kind}.id`]: { query: clusterId } } },
    },
  }));
  return { query: { bool: { should } } };
}

async function plansOf(clusterId: string, kind: string, detail = ""): Promise<Plans> {
  const { deployments } = await send<{ deployments: Deployment[] }>(
    "POST",
    "/api/v1/deployments/_search",
    searchFor(clusterId),
  );
  expect(deployments).toHaveLength(1);
  const found = await send<Deployment>(
    "GET",
    `/api/v1/deployments/${deployments[0]!.id}?show_plans=true&show_plan_logs=true${detail}`,
  );
  return found.resources[kind]!.find(({ id }) => id === clusterId)!.info.plan_info;
}

/** Moves a cluster as Elastic's tool does it, up to the move itself. */
async function startVacate(kind: string, clusterId: string): Promise<void> {
  const one = `${ALLOCATORS}/source`;
  await send("POST", `${one}/clusters/_move?validate_only=true`);
  const { status } = await send<{ status: { connected: boolean; healthy: boolean } }>("GET", one);
  const down = `allocator_down=${!status.connected || !status.healthy}`;
  const { moves } = await send<{ moves: Record<string, { calculated_plan: unknown }[]> }>(
    "POST",
    `${one}/clusters/_move?validate_only=true&${down}`,
    { [`${kind}_clusters`]: [{ cluster_ids: [clusterId] }] },
  );
  const [{ calculated_plan }] = moves[`${kind}_clusters`] as [{ calculated_plan: unknown }];
  await send("POST", `${one}/clusters/${kind}/_move?${down}`, {
    [`${kind}_clusters`]: [{ cluster_ids: [clusterId], plan_override: calculated_plan }],
  });
}

test.each(["elasticsearch", "kibana", "apm", "appsearch", "enterprise_search"])(
  "a move of %s is tracked as Elastic's tool does it: until no plan is pending, then by its history",
  async (kind) => {
    await send("POST", `${ALLOCATORS}/source/maintenance-mode/_start`);
    simulator().platform.placeInstances("source", [{ clusterId: "c", clusterType: kind }, { clusterId: "other" }]);

    await startVacate(kind, "c");

    const begun = await plansOf("c", kind);
    simulator().clock.advance(35);
    const halfway = await plansOf("c", kind);
    simulator().clock.advance(35);
    const over = await plansOf("c", kind, "&show_plan_history=true");
    expect(begun.pending?.plan_attempt_log).toMatchObject([{ status: "pending" }]);
    expect(halfway.pending?.plan_attempt_log.map(({ status }) => status)).toEqual([
      "success",
      "success",
      "success",
      "pending",
    ]);
    expect([halfway.current.plan_attempt_log.at(-1)?.step_id, halfway.history]).toEqual(["plan-completed", []]);
    expect(over.pending).toBeUndefined();
    expect(over.history.map(({ plan_attempt_id }) => plan_attempt_id)).toEqual([
      begun.current.plan_attempt_id,
      begun.pending?.plan_attempt_id,
    ]);
    for (const ended of [over.current, over.history.at(-1)!])
      expect(ended.plan_attempt_log.at(-1)).toMatchObject({ step_id: "plan-completed", status: "success" });
    const instances = simulator()
      .state()
      .allocators.map((allocator) => [allocator.allocatorId, allocator.instances]);
    expect(instances).toContainEqual(["source", ["other/instance-0000000001"]]);
    expect(instances).toContainEqual(["target", ["c/instance-0000000000"]]);
  },
);

test("the clusters of a deployment are its resources, and integrations_server is one of them", async () => {
  const deploymentId = "d".repeat(32);
  const types = ["elasticsearch", "integrations_server"];
  simulator().platform.placeInstances(
    "source",
    types.map((clusterType) => ({ clusterId: clusterType, clusterType, deploymentId })),
  );

  const { resources } = await send<Deployment>("GET", `/api/v1/deployments/${deploymentId}`);

  expect(KINDS.flatMap((kind) => resources[kind]!.map(({ id }) => id))).toEqual(types);
});

test("without show_plans and show_plan_logs, a deployment shows neither", async () => {
  simulator().platform.placeInstances("source", [{ clusterId: "c", deploymentId: "d" }]);

  const { resources } = await send<Deployment>("GET", "/api/v1/deployments/d?show_plans=false");

  expect(resources.elasticsearch?.[0]?.info.plan_info).toMatchObject({
    current: { plan_attempt_log: [] },
    history: [],
  });
  expect(resources.elasticsearch?.[0]?.info.plan_info.current).not.toHaveProperty("plan");
});

test("a search without a query finds every deployment, a page at a time", async () => {
  const search = (body?: unknown) =>
    send<{ match_count: number; return_count: number }>("POST", "/api/v1/deployments/_search", body);

  expect(await search()).toMatchObject({ match_count: 3, return_count: 3 });
  expect(await search({ query: { match_all: {} }, size: 2, from: 2 })).toMatchObject({
    match_count: 3,
    return_count: 1,
  });
});

test("a deployment that there is not is not found", async () => {
  const reply = await call(simulator(), "GET", "/api/v1/deployments/stranger");

  expect([reply.status, reply.text]).toEqual([404, expect.stringContaining("deployments.deployment_not_found")]);
});
