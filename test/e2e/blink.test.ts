import { useLoneHost } from "../support/lone-host";
import { textOf } from "../support/terraform";

const LONG = 3600;

const host = useLoneHost();

/** Lets the allocator go away as soon as both of its clusters are on their way. */
function blinkDuringTheMoves(happen: () => void): void {
  const { platform } = host().simulator;
  platform.behaviour.moveSeconds = LONG;
  const start = platform.moves.start.bind(platform.moves);
  jest.spyOn(platform.moves, "start").mockImplementation((...args) => {
    start(...args);
    const { instances } = allocator();
    if (platform.behaviour.moveSeconds > 0 && instances.every((one) => platform.moves.isMoving(one))) happen();
  });
}

function allocator() {
  return host().simulator.platform.allocators.find(host().machine.runnerId);
}

/** Whether the platform was let take the allocator for lost, be it told or by its own guess. */
function wasCalledLost(): boolean {
  const { requests, platform } = host().simulator;
  const plans = platform.clusters.list().flatMap(({ history }) => history);
  return requests.some(({ query }) => query.allocator_down === "true") || plans.some((plan) => plan.isAllocatorDown);
}

function failedPlans(): number {
  const { platform } = host().simulator;
  return platform.clusters.list().flatMap(({ history }) => history.filter(({ failure }) => failure !== undefined))
    .length;
}

test("an allocator that blinks while it is drained is drained all the same, and is not called lost", async () => {
  const { platform } = host().simulator;
  expect(await host().deploy({ drainTimeout: "10m" })).toMatchObject({ exitCode: 0 });
  host().placeInstances();
  blinkDuringTheMoves(() => {
    platform.behaviour.moveSeconds = 0;
    platform.allocators.blink(allocator(), { reads: 3 });
    platform.clock.advance(LONG);
  });

  const destroyed = await host().destroy();

  expect(destroyed).toMatchObject({ exitCode: 0 });
  expect([failedPlans(), wasCalledLost()]).toEqual([2, false]);
  await host().expectNoTrace();
});

test("an allocator that stays away while it is drained fails the drain with what to do, and the next one goes on", async () => {
  const { platform, clock } = host().simulator;
  await host().deployWithInstances();
  blinkDuringTheMoves(() => platform.allocators.blink(allocator(), { seconds: 2 * LONG }));

  const refused = await host().destroy();
  const left = host().allocator;
  platform.behaviour.moveSeconds = 0;
  clock.advance(2 * LONG);

  expect(refused.exitCode).toBe(1);
  expect(textOf(refused)).toMatch(/it is not connected.*stays in maintenance mode.*run the command again/);
  expect(left).toMatchObject({ maintenanceMode: true });
  expect(left?.instances).toHaveLength(2);
  await host().expectDestroyWithoutTrace();
  expect(wasCalledLost()).toBe(false);
});
