import { Simulator, type SimulatorOptions } from "../../lib/simulator";

/** Gives a function that starts simulators, and stops them after each test, whatever became of it. */
export function useSimulators(): (options?: SimulatorOptions) => Promise<Simulator> {
  const started: Simulator[] = [];
  afterEach(() => Promise.all(started.splice(0).map((simulator) => simulator.stop())));
  return async (options) => {
    const simulator = await Simulator.start(options);
    started.push(simulator);
    return simulator;
  };
}
