import type { ObjectValue } from "../../lib/plugin/framework";
import { Simulator } from "../../lib/simulator";
import { addHost } from "../simulator/joining";
import { errorsOf } from "./diagnostics";
import { ProviderSession, type Outcome } from "./provider-session";
import { useEach } from "./use-each";

/** Gives each test two platforms, each with an allocator of the same runner id, on which instances may be. */
export function useTwoPlatforms(runnerId: string, instances = 0): () => [own: Simulator, other: Simulator] {
  return useEach(
    async () => {
      const simulators: [Simulator, Simulator] = [await Simulator.start(), await Simulator.start()];
      for (const { platform } of simulators) {
        addHost(platform, { runnerId, roles: ["allocator"] });
        platform.placeInstances(runnerId, instances);
      }
      return simulators;
    },
    async (simulators) => {
      for (const simulator of simulators) await simulator.stop();
    },
  );
}

/** What a session of its own makes on a platform. */
export async function made(typeName: string, config: ObjectValue, simulator: Simulator): Promise<Outcome> {
  const outcome = await (await ProviderSession.start(simulator)).apply(typeName, config);
  expect(errorsOf(outcome)).toBe("");
  return outcome;
}
