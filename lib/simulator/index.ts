/**
 * An Elastic Cloud Enterprise platform for tests and demonstrations: a coordinator that answers as ECE's API does, and
 * hosts on which its installer seems to run.
 *
 * It is written from what Elastic publishes (the API description, the documentation, recorded replies) and is not ECE.
 * Where these leave a question open, it is lenient, and a comment beside the rule says that it is a guess. It listens
 * on loopback only and keeps nothing once it is stopped.
 *
 * `platform/` is state and rules, without HTTP; `coordinator/` is the API in front of it; `host/` is the machines. A
 * *fault* is a failure that a test injects.
 *
 * It imports no other layer. Above all it shares no code with the API client, so that a mistake in one of them shows in
 * the other.
 */
export { Simulator, type HostAccess, type SimulatorAccess, type SimulatorOptions } from "./simulator";
export { SimulatedHost, type HostOptions } from "./host";
export {
  type AllocatorState,
  type Behaviour,
  type EnsembleCount,
  type EnsembleState,
  type Instance,
  type InstanceOptions,
  type JoinRequest,
  type JoinResult,
  type PlanFailure,
  Platform,
  type PlatformOptions,
  type RunnerState,
  SimulatedClock,
  type SimulatorState,
  type TokenState,
  type UserRole,
  Users,
} from "./platform";
export { type Fault, type FaultKind, Faults, type RecordedRequest } from "./coordinator";
