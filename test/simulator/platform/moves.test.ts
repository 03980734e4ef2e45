import { Platform } from "../../../lib/simulator";
import { addHost } from "../joining";

/** A platform with two allocators in a zone of their own. */
function createPlatform(options: { otherCapacityMb?: number; moveSeconds?: number } = {}): Platform {
  const platform = new Platform({ behaviour: { moveSeconds: options.moveSeconds ?? 0 } });
  const host = { roles: ["allocator"], availabilityZone: "ece-zone-9" };
  addHost(platform, { ...host, runnerId: "source" });
  addHost(platform, { ...host, runnerId: "elsewhere", capacityMb: options.otherCapacityMb ?? 9000 });
  platform.allocators.startMaintenance(platform.allocators.find("source"));
  return platform;
}

function instancesOn(platform: Platform, allocatorId: string): readonly string[] {
  return platform.state().allocators.find((one) => one.allocatorId === allocatorId)?.instances ?? [];
}

test("instances move to the other allocator of the zone", () => {
  const platform = createPlatform();
  platform.placeInstances("source", 2);

  const plan = platform.moveInstances("source", {}, false);

  expect([plan.moves.length, plan.failures.length]).toEqual([2, 0]);
  expect(instancesOn(platform, "source")).toHaveLength(0);
  expect(instancesOn(platform, "elsewhere")).toHaveLength(2);
});

test("a plan that is only validated moves nothing", () => {
  const platform = createPlatform();
  platform.placeInstances("source", 1);

  const plan = platform.moveInstances("source", {}, true);

  expect(plan.moves).toHaveLength(1);
  expect(instancesOn(platform, "source")).toHaveLength(1);
});

test("instances are moving until the clock has passed the duration of a move", () => {
  const platform = createPlatform({ moveSeconds: 300 });
  const [instance] = platform.placeInstances("source", 1);
  platform.moveInstances("source", {}, false);
  const during = [instancesOn(platform, "source").length, platform.moves.isMoving(instance!)];

  platform.clock.advance(300);
  const after = [instancesOn(platform, "source").length, platform.moves.isMoving(instance!)];

  expect([during, after]).toEqual([
    [1, true],
    [0, false],
  ]);
});

test("an instance for which the zone has no capacity stays, and the failure says so", () => {
  const platform = createPlatform({ otherCapacityMb: 8192 });
  platform.placeInstances("source", [{ nodeMemoryMb: 8000 }, { nodeMemoryMb: 8000 }]);

  const plan = platform.moveInstances("source", {}, false);

  expect(plan.moves).toHaveLength(1);
  expect(plan.failures.map(({ message }) => message)).toEqual([
    "There is not enough capacity in zone [ece-zone-9] for 8000 MB",
  ]);
  expect(instancesOn(platform, "source")).toHaveLength(1);
});

test("capacity reserved for moving instances is not given to others", () => {
  const platform = createPlatform({ otherCapacityMb: 8192, moveSeconds: 60 });
  const [first, second] = platform.placeInstances("source", [{ nodeMemoryMb: 8000 }, { nodeMemoryMb: 8000 }]);
  platform.moveInstances("source", { clusterIds: new Set([first!.clusterId]) }, false);

  const plan = platform.moveInstances("source", { clusterIds: new Set([second!.clusterId]) }, false);

  expect(plan.failures).toHaveLength(1);
});

test("an allocator that is in maintenance mode, or disconnected, gets no instances", () => {
  for (const disable of [
    (platform: Platform) => platform.allocators.startMaintenance(platform.allocators.find("elsewhere")),
    (platform: Platform) => platform.disconnect("elsewhere"),
  ]) {
    const platform = createPlatform();
    platform.placeInstances("source", 1);
    disable(platform);

    expect(platform.moveInstances("source", {}, false).failures).toHaveLength(1);
  }
});

test("instances stay where they are if their target is disconnected before the move completes", () => {
  const platform = createPlatform({ moveSeconds: 60 });
  platform.placeInstances("source", 1);
  platform.moveInstances("source", {}, false);

  platform.disconnect("elsewhere");
  platform.clock.advance(60);

  expect(instancesOn(platform, "source")).toHaveLength(1);
});

test("an allocator that is not in maintenance mode gets its own instances back", () => {
  const platform = createPlatform();
  platform.allocators.stopMaintenance(platform.allocators.find("source"));
  platform.placeInstances("source", 1);

  const plan = platform.moveInstances("source", {}, false);

  expect(plan.failures).toHaveLength(0);
  expect(instancesOn(platform, "source")).toHaveLength(1);
});

test("only the requested clusters, or those of the requested type, move", () => {
  const platform = createPlatform();
  const [first] = platform.placeInstances("source", [{}, {}, { clusterType: "kibana" }]);

  const byId = platform.moveInstances("source", { clusterIds: new Set([first!.clusterId]) }, true);
  const byType = platform.moveInstances("source", { clusterType: "kibana" }, true);

  expect(byId.moves.map(({ clusterId }) => clusterId)).toEqual([first!.clusterId]);
  expect(byType.moves.map(({ clusterType }) => clusterType)).toEqual(["kibana"]);
});

test("a cluster that is already moving does not move again, unless forced", () => {
  const platform = createPlatform({ moveSeconds: 60 });
  platform.placeInstances("source", 1);
  platform.moveInstances("source", {}, false);

  const again = platform.moveInstances("source", {}, false);
  const forced = platform.moveInstances("source", { forceUpdate: true }, false);

  expect([again.failures[0]?.message, forced.moves.length]).toEqual([
    "There is a plan still pending, cancel that or wait for it to complete before restarting",
    1,
  ]);
});

test("instances leave a disconnected allocator, unless allocatorDown is false", () => {
  const platform = createPlatform();
  platform.placeInstances("source", 1);
  platform.disconnect("source");

  const up = platform.moveInstances("source", { allocatorDown: false }, false);
  const detected = platform.moveInstances("source", {}, false);

  expect([up.failures.length, detected.failures.length]).toEqual([1, 0]);
  expect(instancesOn(platform, "elsewhere")).toHaveLength(1);
});
