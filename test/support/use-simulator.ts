import { Simulator, type SimulatorOptions } from "../../lib/simulator";

/** Starts a simulator before each test and stops it afterwards. Returns a function that gives the one of this test. */
export function useSimulator(options?: SimulatorOptions): () => Simulator {
  let current: Simulator | undefined;
  beforeEach(async () => {
    current = await Simulator.start(options);
  });
  afterEach(async () => {
    const simulator = current;
    current = undefined;
    await simulator?.stop();
  });
  return () => {
    if (current === undefined) throw new Error("there is a simulator only while a test runs");

    return current;
  };
}
