import { Simulator, type SimulatorOptions } from "../../lib/simulator";
import { useEach } from "./use-each";

/** Starts a simulator before each test and stops it afterwards. Returns a function that gives the one of this test. */
export function useSimulator(options?: SimulatorOptions): () => Simulator {
  return useEach(
    () => Simulator.start(options),
    (simulator) => simulator.stop(),
  );
}
