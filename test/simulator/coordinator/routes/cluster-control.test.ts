import { addHost } from "../../joining";
import { call, errorCode, type HttpReply } from "../../http-call";
import { useSimulator } from "../../../support/use-simulator";

const CLUSTERS = "/api/v1/platform/infrastructure/allocators/source/clusters";
const DEPLOYMENT = "/api/v1/deployments/d?show_plan_logs=true&show_plan_history=true";
const PENDING = "There is a plan still pending, cancel that or wait for it to complete before restarting";

interface Log {
  readonly plan_attempt_log: readonly { step_id: string; status: string; info_log: readonly unknown[] }[];
}
interface Plans {
  readonly healthy: boolean;
  readonly pending?: Log;
  readonly current: Log;
  readonly history: readonly Log[];
}

const simulator = useSimulator();
beforeEach(() => {
  const { platform } = simulator();
  const host = { roles: ["allocator"], availabilityZone: "ece-zone-9" };
  addHost(platform, { ...host, runnerId: "source" });
  addHost(platform, { ...host, runnerId: "target" });
  platform.allocators.startMaintenance(platform.allocators.find("source"));
  platform.placeInstances("source", [{ clusterId: "c", deploymentId: "d" }, { clusterId: "other" }]);
});

function control(action: string, body: unknown, cluster = "c"): Promise<HttpReply> {
  return call(simulator(), "POST", `/_simulator/clusters/${cluster}/${action}`, { body });
}

/** Moves everything and returns what could not move. */
async function move(query = ""): Promise<unknown> {
  const { body } = await call(simulator(), "POST", `${CLUSTERS}/_move${query}`);
  return (body as { failures: { elasticsearch_clusters: unknown } }).failures.elasticsearch_clusters;
}

function clustersLeft(): string[] {
  const allocator = simulator()
    .state()
    .allocators.find(({ allocatorId }) => allocatorId === "source");
  return allocator!.instances.map((instance) => instance.split("/")[0]!);
}

async function plans(): Promise<Plans> {
  const { body } = await call(simulator(), "GET", DEPLOYMENT);
  const { resources } = body as { resources: { elasticsearch: [{ info: { plan_info: Plans } }] } };
  return resources.elasticsearch[0].info.plan_info;
}

test("as many plans of a cluster fail as asked for, at the step and for the reason given, and leave it where it is", async () => {
  const reason = { step: "suspend-snapshotting", failureType: "Snapshot:TimedOut", message: "No snapshot in an hour" };
  await control("fail-plans", { times: 2, ...reason });

  expect(await move()).toEqual([]);
  await move();

  expect(clustersLeft()).toEqual(["c"]);
  const { healthy, current, history } = await plans();
  expect([healthy, history.length]).toEqual([false, 3]);
  expect(current).toMatchObject({ plan_attempt_log: history[0]!.plan_attempt_log });
  expect(history.at(-1)!.plan_attempt_log).toMatchObject([
    { step_id: "plan-validator", status: "success" },
    {
      step_id: "suspend-snapshotting",
      status: "error",
      info_log: [{ message: reason.message, details: { failure_type: reason.failureType } }],
    },
    { step_id: "plan-completed", status: "error", info_log: [{ details: { failure_type: reason.failureType } }] },
  ]);
  await move();
  expect([clustersLeft(), (await plans()).healthy]).toEqual([[], true]);
});

test("a plan that is to fail is pending first", async () => {
  simulator().platform.behaviour.moveSeconds = 60;
  await control("fail-plans", {});
  await move();
  const during = (await plans()).pending?.plan_attempt_log.map(({ status }) => status);

  simulator().clock.advance(60);

  expect(during).toEqual(["pending"]);
  expect([(await plans()).pending, clustersLeft()]).toEqual([undefined, ["c"]]);
});

test("a plan of somebody else keeps its cluster from moving until the clock has passed it", async () => {
  await control("start-plan", { seconds: 600 });
  const { body } = await call(simulator(), "GET", "/api/v1/platform/infrastructure/allocators/source");
  const refused = [await move("?validate_only=true"), await move()];
  const left = clustersLeft();
  simulator().clock.advance(600);

  expect((body as { instances: unknown }).instances).toMatchObject([
    { moving: false, plans_info: { pending: true } },
    { moving: false, plans_info: { pending: false } },
  ]);
  const failure = { cluster_id: "c", errors: [{ code: "clusters.cluster_plan_state_error", message: PENDING }] };
  expect([refused, left]).toEqual([[[failure], [failure]], ["c"]]);
  expect([await move(), clustersLeft()]).toEqual([[], []]);
});

test("a forced move takes the place of the plan of somebody else, which ends as an error", async () => {
  await control("start-plan", { seconds: 600 });

  expect(await move("?force_update=true")).toEqual([]);

  const { history, pending } = await plans();
  expect(history.map(({ plan_attempt_log }) => plan_attempt_log.at(-1)?.status)).toEqual([
    "success",
    "error",
    "success",
  ]);
  expect([pending, clustersLeft()]).toEqual([undefined, []]);
});

test.each([
  ["onlyCopy", "clusters.cluster_invalid_plan", "There is no other copy of its data"],
  ["stopped", "clusters.cluster_plan_state_error", "The cluster is stopped"],
])("a cluster with the trait %s does not move until that is taken away", async (trait, code, message) => {
  await control("traits", { [trait]: true });

  expect(await move()).toEqual([{ cluster_id: "c", errors: [{ code, message }] }]);
  expect(clustersLeft()).toEqual(["c"]);
  await control("traits", { [trait]: false });
  expect([await move(), clustersLeft()]).toEqual([[], []]);
});

test("a move off an allocator that goes away meanwhile fails, unless it was said to be down", async () => {
  simulator().platform.behaviour.moveSeconds = 60;
  await move();
  simulator().platform.disconnect("source");
  simulator().clock.advance(60);
  const { history } = await plans();
  await move("?allocator_down=true");
  simulator().clock.advance(60);

  expect(history.at(-1)!.plan_attempt_log).toMatchObject(
    expect.arrayContaining([expect.objectContaining({ step_id: "migrate-data", status: "error" })]) as unknown[],
  );
  expect(clustersLeft()).toEqual([]);
});

test("calls are refused for a while when the deployment of the users begins to move", async () => {
  const { platform } = simulator();
  platform.behaviour.loginRefusals = 3;
  addHost(platform, { runnerId: "free", roles: ["allocator"] });
  const security = { elasticsearch_clusters: [{ cluster_ids: [platform.securityDeployment!.clusterId] }] };
  const allocator = "/api/v1/platform/infrastructure/allocators/192.168.44.10";
  await call(simulator(), "POST", `${allocator}/clusters/_move`, { body: security });

  const replies: HttpReply[] = [];
  for (let i = 0; i < 4; i += 1) replies.push(await call(simulator(), "GET", allocator));

  expect(replies.map(({ status }) => status)).toEqual([401, 502, 401, 200]);
});

test.each<[string, unknown, RegExp]>([
  ["fail-plans", { times: 0 }, /times must be a whole number of at least 1/],
  ["fail-plans", { step: "explode" }, /step must be one of plan-validator, /],
  ["fail-plans", { message: 1 }, /must be texts/],
  ["fail-plans", { reason: "r" }, /unknown reason/],
  ["traits", { onlyCopy: 1 }, /onlyCopy must be true or false/],
  ["traits", { big: true }, /unknown big/],
  ["start-plan", {}, /seconds must be a number of at least 0/],
  ["start-plan", { seconds: -1 }, /seconds must be a number of at least 0/],
])("POST clusters/c/%s with %p is an error that gives the reason", async (action, body, reason) => {
  const reply = await control(action, body);

  expect([reply.status, errorCode(reply)]).toEqual([400, "root.invalid_json_request"]);
  expect(reply.text).toMatch(reason);
});

test("a cluster that there is not is not found", async () => {
  expect((await control("fail-plans", {}, "stranger")).status).toBe(404);
  expect((await control("start-plan", { seconds: 1 }, "stranger")).status).toBe(404);
});
