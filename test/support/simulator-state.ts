import type { Simulator } from "../../lib/simulator";

/** The ids of the hosts that the platform knows. */
export function runnerIds(simulator: Simulator): string[] {
  return simulator
    .state()
    .runners.map(({ runnerId }) => runnerId)
    .sort();
}

/** The ids of the roles tokens that a host can still join with. */
export function liveTokens(simulator: Simulator): string[] {
  return simulator
    .state()
    .tokens.filter(({ live }) => live)
    .map(({ id }) => id)
    .sort();
}

/** The calls that would change a platform. */
export function changesOf(simulator: Simulator): string[] {
  return simulator.requests.filter(({ method }) => method !== "GET").map(({ method, path }) => `${method} ${path}`);
}
