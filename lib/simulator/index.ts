/**
 * An Elastic Cloud Enterprise platform for tests and demonstrations: a coordinator that answers as ECE's API does, and
 * hosts on which its installer seems to run.
 *
 * It is written from what Elastic publishes (the API description, the documentation, recorded replies) and is not ECE.
 * Where that leaves a question open it does the lenient thing, and a comment beside the rule says that it is a guess. It
 * listens on loopback only and keeps nothing once it is stopped.
 *
 * State and rules (`platform`) know no HTTP; routes translate; the server carries bytes and faults. The layer shares no
 * code with the API client, so that a mistake in one of them shows in the other.
 */
export { Simulator, type HostAccess, type SimulatorAccess, type SimulatorOptions } from "./simulator";
export { SimulatedHost, type HostOptions } from "./host";
export { Platform, type Behaviour, type JoinRequest, type JoinResult, type PlatformOptions } from "./platform/platform";
export { SimulatedClock } from "./platform/clock";
export { Faults, type Fault, type FaultKind } from "./coordinator/faults";
export type { Instance, InstanceOptions } from "./platform/allocators";
export type { RecordedRequest } from "./coordinator/request-log";
export type { AllocatorState, RunnerState, SimulatorState, TokenState } from "./platform/state";
