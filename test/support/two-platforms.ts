import type { ObjectValue } from "../../lib/plugin/framework";
import { Simulator } from "../../lib/simulator";
import { addHost } from "../simulator/joining";
import { errorsOf } from "./diagnostics";
import { leaveMarker } from "./installed-machine";
import { ProviderSession, type Outcome } from "./provider-session";
import { useEach } from "./use-each";
import { installEce } from "./worlds";

/** What each of two platforms has beside its first host. */
interface TwoPlatformsOptions {
  /** Instances on the allocator. @default 0 */
  readonly instances?: number;
  /** Whether the allocator has a machine that answers to SSH. @default false */
  readonly hasMachine?: boolean;
}

/** Gives each test two platforms, each with an allocator of the same runner id. */
export function useTwoPlatforms(
  runnerId: string,
  { instances = 0, hasMachine = false }: TwoPlatformsOptions = {},
): () => [own: Simulator, other: Simulator] {
  return useEach(
    async () => {
      const start = async () => {
        const simulator = await Simulator.start({ hosts: hasMachine ? [{ runnerId }] : [] });
        if (!hasMachine) addHost(simulator.platform, { runnerId, roles: ["allocator"] });
        for (const machine of simulator.hosts) {
          await installEce(simulator, machine);
          leaveMarker(machine);
        }
        simulator.platform.placeInstances(runnerId, instances);
        return simulator;
      };
      const simulators: [Simulator, Simulator] = [await start(), await start()];
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
