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

test("a validation moves nothing", () => {
  const platform = createPlatform();
  platform.placeInstances("source", 1);

  const plan = platform.moveInstances("source", {}, true);

  expect(plan.moves).toHaveLength(1);
  expect(instancesOn(platform, "source")).toHaveLength(1);
});

test("instances are under way until the clock has passed the time of a move", () => {
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

test("what has no room in the zone stays, with a failure that says so", () => {
  const platform = createPlatform({ otherCapacityMb: 8192 });
  platform.placeInstances("source", [{ nodeMemoryMb: 8000 }, { nodeMemoryMb: 8000 }]);

  const plan = platform.moveInstances("source", {}, false);

  expect(plan.moves).toHaveLength(1);
  expect(plan.failures.map(({ message }) => message)).toEqual([
    "There is not enough capacity in zone [ece-zone-9] for 8000 MB",
  ]);
  expect(instancesOn(platform, "source")).toHaveLength(1);
});

test("room that is promised to instances under way is not given away twice", () => {
  const platform = createPlatform({ otherCapacityMb: 8192, moveSeconds: 60 });
  const [first, second] = platform.placeInstances("source", [{ nodeMemoryMb: 8000 }, { nodeMemoryMb: 8000 }]);
  platform.moveInstances("source", { clusterIds: new Set([first!.clusterId]) }, false);

  const plan = platform.moveInstances("source", { clusterIds: new Set([second!.clusterId]) }, false);

  expect(plan.failures).toHaveLength(1);
});

test("an allocator that is in maintenance, or gone, gets no instances", () => {
  for (const takeAway of [
    (platform: Platform) => platform.allocators.startMaintenance(platform.allocators.find("elsewhere")),
    (platform: Platform) => platform.disconnect("elsewhere"),
  ]) {
    const platform = createPlatform();
    platform.placeInstances("source", 1);
    takeAway(platform);

    expect(platform.moveInstances("source", {}, false).failures).toHaveLength(1);
  }
});

test("instances stay where they are when their target goes away before they arrive", () => {
  const platform = createPlatform({ moveSeconds: 60 });
  platform.placeInstances("source", 1);
  platform.moveInstances("source", {}, false);

  platform.disconnect("elsewhere");
  platform.clock.advance(60);

  expect(instancesOn(platform, "source")).toHaveLength(1);
});

test("an allocator out of maintenance gets its own instances back", () => {
  const platform = createPlatform();
  platform.allocators.stopMaintenance(platform.allocators.find("source"));
  platform.placeInstances("source", 1);

  const plan = platform.moveInstances("source", {}, false);

  expect(plan.failures).toHaveLength(0);
  expect(instancesOn(platform, "source")).toHaveLength(1);
});

test("only the clusters and the type that were asked for move", () => {
  const platform = createPlatform();
  const [first] = platform.placeInstances("source", [{}, {}, { clusterType: "kibana" }]);

  const byId = platform.moveInstances("source", { clusterIds: new Set([first!.clusterId]) }, true);
  const byType = platform.moveInstances("source", { clusterType: "kibana" }, true);

  expect(byId.moves.map(({ clusterId }) => clusterId)).toEqual([first!.clusterId]);
  expect(byType.moves.map(({ clusterType }) => clusterType)).toEqual(["kibana"]);
});

test("a cluster that moves already is left alone, unless the update is forced", () => {
  const platform = createPlatform({ moveSeconds: 60 });
  platform.placeInstances("source", 1);
  platform.moveInstances("source", {}, false);

  const again = platform.moveInstances("source", {}, false);
  const forced = platform.moveInstances("source", { forceUpdate: true }, false);

  expect([again.failures[0]?.message, forced.moves.length]).toEqual(["There is a pending plan for this cluster", 1]);
});

test("instances leave an allocator that is gone, unless it is held to be up", () => {
  const platform = createPlatform();
  platform.placeInstances("source", 1);
  platform.disconnect("source");

  const heldUp = platform.moveInstances("source", { allocatorDown: false }, false);
  const foundOut = platform.moveInstances("source", {}, false);

  expect([heldUp.failures.length, foundOut.failures.length]).toEqual([1, 0]);
  expect(instancesOn(platform, "elsewhere")).toHaveLength(1);
});
