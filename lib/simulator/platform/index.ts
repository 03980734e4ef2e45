/**
 * The platform: its state, and the rules by which it changes. It knows neither HTTP nor SSH.
 *
 * Imports neither coordinator/ nor host/.
 */
export type { Allocator, Instance, InstanceOptions, Tag } from "./allocator";
export { ApiError } from "./api-error";
export type { BlinkOptions } from "./blink";
export { type Cluster, type ClusterTraits, currentPlanOf } from "./clusters";
export { SimulatedClock } from "./clock";
export { type EnsembleCount, type EnsembleMember, SERVER_STATES, type ServerFault } from "./ensemble";
export type { MovePlan, MoveRequest } from "./moves";
export { PLAN_STEPS, type PlanAttempt, type PlanFailure, stepsOf } from "./plan-attempts";
export {
  type Assignment,
  type Behaviour,
  type HostPlatform,
  type JoinRequest,
  type JoinResult,
  Platform,
  type PlatformOptions,
  REGION,
} from "./platform";
export type { RolesTokenRequest } from "./roles-tokens";
export { ALL_ROLES, INTERNAL_ROLES, type Runner } from "./runners";
export type { AllocatorState, EnsembleState, RunnerState, SimulatorState, TokenState } from "./state";
export { type Session, type UserRole, Users } from "./users";
