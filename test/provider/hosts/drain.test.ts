import { errorsOf } from "../../support/diagnostics";
import { ProviderSession, type Outcome } from "../../support/provider-session";
import { useSimulator } from "../../support/use-simulator";
import { addHost } from "../../simulator/joining";

const ID = "10.0.0.1";
const OTHER = "10.0.0.2";
const ZONE = { roles: ["allocator"], availabilityZone: "ece-zone-9" };

const simulator = useSimulator();
let session: ProviderSession;

beforeEach(async () => {
  session = await ProviderSession.start(simulator());
  for (const runnerId of [ID, OTHER]) addHost(simulator().platform, { ...ZONE, runnerId });
});

/** Clusters on the host, in the order of their ids. */
function place(...clusters: readonly { clusterId: string; clusterType?: string; clusterName?: string }[]): void {
  simulator().platform.placeInstances(ID, clusters);
}

async function drained(deadline = "30m"): Promise<Outcome> {
  const timeouts = { delete: deadline };
  const created = await session.apply("ece_host_roles", { runner_id: ID, roles: ["allocator"], timeouts });
  expect(errorsOf(created)).toBe("");
  return session.destroy("ece_host_roles", created);
}

function allocator() {
  return simulator()
    .state()
    .allocators.find(({ allocatorId }) => allocatorId === ID)!;
}

/** The bodies of the moves, as the clusters that each names. */
function moves(): string[] {
  return simulator()
    .requests.filter(({ method, path, query }) => method === "POST" && path.endsWith("_move") && !isValidation(query))
    .map(
      ({ path, body }) =>
        `${path.split("/").at(-2)} ${JSON.stringify(body ?? "").match(/"cluster_ids":\["([^"]+)/)?.[1]}`,
    );
}

function isValidation(query: Readonly<Record<string, string>>): boolean {
  return query.validate_only === "true";
}

function queriesOfMoves() {
  return simulator()
    .requests.filter(({ path }) => path.endsWith("_move"))
    .map(({ query }) => query);
}

const FAILURE = { step: "suspend-snapshotting", failureType: "Snapshot:TimedOut", message: "No snapshot in an hour" };

test("a plan that fails is tried again", async () => {
  place({ clusterId: "a" }, { clusterId: "b" });
  simulator().platform.clusters.failNext("a", 2, FAILURE);

  expect(errorsOf(await drained())).toBe("");

  expect(moves().sort()).toEqual([..."aaab"].map((id) => `elasticsearch ${id}`));
  expect(allocator().instances).toEqual([]);
});

test("a plan that fails three times is named with its step and reason, and everything else is moved", async () => {
  place({ clusterId: "a" }, { clusterId: "b" });
  simulator().platform.clusters.failNext("a", 9, FAILURE);

  const destroyed = await drained();

  expect(errorsOf(destroyed)).toContain(
    "instance-0000000000 of elasticsearch a: its plan failed at suspend-snapshotting: No snapshot in an hour (Snapshot:TimedOut)",
  );
  expect(errorsOf(destroyed)).not.toContain("elasticsearch b");
  expect(errorsOf(destroyed)).toContain("stays in maintenance mode");
  expect(allocator()).toMatchObject({ instances: ["a/instance-0000000000"], maintenanceMode: true });
  expect(moves()).toHaveLength(4);
});

test.each([
  ["onlyCopy", "There is no other copy of its data"],
  ["stopped", "The cluster is stopped"],
])("a cluster that is %s is named with the reason, and everything else is moved", async (trait, reason) => {
  place({ clusterId: "a" }, { clusterId: "b" }, { clusterId: "k", clusterType: "kibana" });
  const cluster = simulator().platform.clusters.find("a");
  cluster.traits = { ...cluster.traits, [trait]: true };

  const destroyed = await drained();

  expect(errorsOf(destroyed)).toContain(`elasticsearch a: ${reason}`);
  expect(allocator().instances).toEqual(["a/instance-0000000000"]);
  expect(moves().sort()).toEqual(["elasticsearch b", "kibana k"]);
});

test("a drain that moved nothing ends the maintenance mode that it began", async () => {
  place({ clusterId: "a" });
  simulator().platform.clusters.failNext("a", 9, FAILURE);

  const destroyed = await drained();

  expect(errorsOf(destroyed)).toContain("Nothing was moved, and the maintenance mode that this drain began was ended");
  expect(allocator().maintenanceMode).toBe(false);
});

test("a drain that moved nothing leaves a maintenance mode that it did not begin", async () => {
  place({ clusterId: "a" });
  simulator().platform.clusters.failNext("a", 9, FAILURE);
  const { allocators } = simulator().platform;
  allocators.startMaintenance(allocators.find(ID));

  await drained();

  expect(allocator().maintenanceMode).toBe(true);
});

test("an interrupted drain that moved nothing ends the maintenance mode that it began", async () => {
  place({ clusterId: "a" });
  simulator().platform.clusters.begin("a", 3600);
  const created = await session.apply("ece_host_roles", { runner_id: ID, roles: ["allocator"] });

  const destroying = session.destroy("ece_host_roles", created);
  await session.clock.holdAtSleepWhen(() => allocator().maintenanceMode);
  session.server.stop();
  await destroying;

  expect(allocator().maintenanceMode).toBe(false);
});

test("a plan that turns pending before the move is waited for", async () => {
  place({ clusterId: "a" }, { clusterId: "b" });
  const { platform } = simulator();
  const plan = platform.moves.plan.bind(platform.moves);
  jest.spyOn(platform.moves, "plan").mockImplementationOnce((from, request) => {
    platform.clusters.begin("a", 60);
    return plan(from, request);
  });

  const created = await session.apply("ece_host_roles", { runner_id: ID, roles: ["allocator"] });
  const destroying = session.destroy("ece_host_roles", created);
  await session.clock.holdAtSleepWhen(() => simulator().platform.clusters.find("a").pending !== undefined);
  platform.clock.advance(60);
  session.clock.release();

  expect(errorsOf(await destroying)).toBe("");
  expect(allocator().instances).toEqual([]);
});

test("an allocator that goes away meanwhile pauses the drain and is not called down", async () => {
  place({ clusterId: "a" });
  const { platform } = simulator();
  platform.behaviour.moveSeconds = 60;
  const created = await session.apply("ece_host_roles", { runner_id: ID, roles: ["allocator"] });

  const destroying = session.destroy("ece_host_roles", created);
  await session.clock.holdAtSleepWhen(() => moves().length > 0);
  platform.disconnect(ID);
  platform.clock.advance(60);
  session.clock.release();
  await session.clock.holdAtSleep();
  const whileAway = moves();
  platform.behaviour.moveSeconds = 0;
  platform.reconnect(ID);
  session.clock.release();

  expect(errorsOf(await destroying)).toBe("");
  expect([whileAway.length, moves().length, allocator().instances]).toEqual([1, 2, []]);
  for (const query of queriesOfMoves()) {
    expect(Object.keys(query)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/skip_|override_failsafe|remove_instances/)]),
    );
    expect(query.allocator_down).toBe("false");
    expect([undefined, "false"]).toContain(query.force_move);
  }
});

test("what ECE owns moves one by one, last, and refused logins are waited out", async () => {
  const { platform } = simulator();
  const users = platform.securityDeployment!;
  place({ clusterId: "a" });
  const first = platform.allocators.find("192.168.44.10");
  const owned = first.instances.filter(({ clusterName }) => ["security", "logging-and-metrics"].includes(clusterName));
  platform.allocators.hand(owned, first, platform.allocators.find(ID));
  platform.behaviour.loginRefusals = 3;

  expect(errorsOf(await drained())).toBe("");

  expect(moves()[0]).toBe("elasticsearch a");
  expect(moves()).toContain(`elasticsearch ${users.clusterId}`);
  expect(allocator().instances).toEqual([]);
});

test("a kind without a move of its own goes with all that is left", async () => {
  place({ clusterId: "a" }, { clusterId: "i", clusterType: "integrations_server" });

  expect(errorsOf(await drained())).toBe("");

  expect(moves()).toEqual(["elasticsearch a", "clusters undefined"]);
  expect(allocator().instances).toEqual([]);
});

test("a kind without a move that stays where it is is named", async () => {
  place({ clusterId: "a" }, { clusterId: "i", clusterType: "integrations_server" });
  const cluster = simulator().platform.clusters.find("i");
  cluster.traits = { ...cluster.traits, stopped: true };

  expect(errorsOf(await drained())).toContain("integrations_server i: the API has no move for integrations_server");
});
