import { Simulator } from "../../../lib/simulator";
import { addHost } from "../../simulator/joining";
import { errorsOf } from "../../support/diagnostics";
import { ProviderSession, type Outcome } from "../../support/provider-session";

const LEAVING = "10.0.0.1";
const OTHERS = ["10.0.0.2", "10.0.0.3"];
const MOVE_SECONDS = 5;

interface Scene {
  readonly simulator: Simulator;
  readonly session: ProviderSession;
  readonly roles: Outcome;
}

/** An allocator with two clusters, and others of its zone with room for them; sleeping passes time on the platform, too. */
async function build(): Promise<Scene> {
  const simulator = await Simulator.start({ behaviour: { moveSeconds: MOVE_SECONDS } });
  const { platform } = simulator;
  const session = await ProviderSession.start(simulator);
  const sleep = session.clock.sleep.bind(session.clock);
  jest.spyOn(session.clock, "sleep").mockImplementation(async (milliseconds, signal) => {
    await sleep(milliseconds, signal);
    platform.clock.advance(milliseconds / 1000);
  });
  for (const runnerId of [LEAVING, ...OTHERS])
    addHost(platform, { roles: ["allocator"], availabilityZone: "ece-zone-9", runnerId });
  platform.placeInstances(LEAVING, [{ clusterId: "a" }, { clusterId: "i", clusterType: "integrations_server" }]);
  const config = { runner_id: LEAVING, roles: ["allocator"], timeouts: { delete: "5m" } };
  const roles = await session.apply("ece_host_roles", config);
  expect(errorsOf(roles)).toBe("");
  simulator.requests.length = 0;
  return { simulator, session, roles };
}

function instancesOn({ platform }: Simulator, ids: readonly string[]): string {
  const allocators = platform.state().allocators.filter(({ allocatorId }) => ids.includes(allocatorId));
  return allocators
    .flatMap(({ instances }) => instances.map((instance) => instance.split("/")[0]))
    .sort()
    .join(", ");
}

/** Calls a function when the platform has shown the allocator that leaves so many times. */
function afterReads({ platform }: Simulator, count: number, happen: () => void): void {
  const passRead = platform.allocators.passRead.bind(platform.allocators);
  let reads = 0;
  jest.spyOn(platform.allocators, "passRead").mockImplementation((allocator) => {
    passRead(allocator);
    if (allocator.allocatorId === LEAVING && ++reads === count) happen();
  });
}

/** How often a drain without a blink has the platform show the allocator that leaves. */
async function countReads(): Promise<number> {
  const { simulator, session, roles } = await build();
  const passRead = jest.spyOn(simulator.platform.allocators, "passRead");
  expect(errorsOf(await session.destroy("ece_host_roles", roles))).toBe("");
  const reads = passRead.mock.calls.filter(([{ allocatorId }]) => allocatorId === LEAVING);
  await simulator.stop();
  return reads.length;
}

describe.each([
  ["the allocator that leaves", LEAVING],
  ["one that takes its instances", OTHERS[0]!],
])("%s", (_, blinking) => {
  test.each([
    ["three reads", { reads: 3 }],
    ["a minute", { seconds: 60 }],
    ["longer than the drain may take", { seconds: 3600 }],
  ])(
    "blinks for %s at each moment of a drain: nothing is lost or called lost, and what is not done is named",
    async (_length, blink) => {
      const wrong: unknown[] = [];
      const moments = await countReads();
      for (let after = 1; after <= moments; after++) {
        const { simulator, session, roles } = await build();
        const { platform, requests } = simulator;
        const blinker = platform.allocators.find(blinking);
        const leaving = platform.allocators.find(LEAVING);
        afterReads(simulator, after, () => platform.allocators.blink(blinker, blink));

        const first = await session.destroy("ece_host_roles", roles);
        const error = errorsOf(first);
        const isOut = error !== "" && leaving.maintenanceSince !== undefined;
        platform.allocators.blink(blinker, { reads: 0 });
        const next = error === "" ? "" : errorsOf(await session.destroy("ece_host_roles", first));

        const isUnnamed = isOut && !error.includes("maintenance mode");
        const isLost = [instancesOn(simulator, [LEAVING]), instancesOn(simulator, OTHERS)].join() !== ",a, i";
        const plans = platform.clusters.list().flatMap(({ history }) => history);
        const isCalledLost =
          requests.some(({ query }) => query.allocator_down === "true") || plans.some((plan) => plan.isAllocatorDown);
        const hasNoNextStep = error !== "" && !/run the command again/i.test(error);
        if (isUnnamed || isLost || isCalledLost || hasNoNextStep || next !== "")
          wrong.push({ after, isUnnamed, isLost, isCalledLost, error, next });
        await simulator.stop();
      }

      expect(wrong).toEqual([]);
      expect(moments).toBeGreaterThan(5);
    },
    300_000,
  );
});
