/**
 * ECE as it stands on a host: the runner's container, the files below its storage folder, and its instances.
 *
 * Imports platform/, machine/ and engine/.
 */
export { Runner, RUNNER_CONTAINER, runnerContainer, secretsOf } from "./runner";
export { RunnerFiles } from "./runner-files";
