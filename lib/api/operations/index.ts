/**
 * The requests of ECE's API, one class per part of the platform: paths, queries, bodies, and what replies must hold.
 *
 * May import transport, errors and models. How a request is sent is none of its business.
 */
export { AllocatorsApi, type DeleteAllocatorOptions, type MoveRequest } from "./allocators";
export { AuthenticationApi } from "./authentication";
export { type BlueprinterRole, BlueprinterRolesApi } from "./blueprinter-roles";
export { CoordinatorsApi } from "./coordinators";
export {
  type CreatedEnrollmentToken,
  type CreateEnrollmentTokenRequest,
  EnrollmentTokensApi,
} from "./enrollment-tokens";
export { DeploymentsApi } from "./deployments";
export { PlatformApi } from "./platform";
export { RunnersApi } from "./runners";
export { SecurityDeploymentApi } from "./security-deployment";
