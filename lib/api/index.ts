/**
 * Speaks HTTP to Elastic Cloud Enterprise: one client class, the words of its API, and errors that say what to do.
 *
 * It knows no Terraform and imports no sibling but the version. What goes over the wire keeps ECE's spelling
 * (`models.ts`); what only this layer thinks of is in camel case. Every request may be cancelled, is retried where that
 * is safe, and fails with an {@link EceError}, in which no secret appears.
 */
export { EceClient, type EceClientOptions } from "./client";
export { checkApiKey, type Credentials } from "./transport/credentials";
export { checkCaCertificate, parseEndpoint } from "./transport/endpoint";
export type { ListOptions, RequestOptions } from "./transport/request";
export type { RequestLogEntry } from "./transport/transport";
export type { ApiWarning } from "./errors/warnings";
export {
  EceAbortedError,
  EceApiError,
  EceConnectionError,
  EceError,
  EceTimeoutError,
  EceUnexpectedReplyError,
  type ConnectionErrorReason,
} from "./errors/errors";
export { decodeRolesToken, type DecodedRolesToken } from "./roles-token-jwt";
export type {
  EnrollmentTokensApi,
  CreateEnrollmentTokenRequest,
  CreatedEnrollmentToken,
} from "./operations/enrollment-tokens";
export type { RunnersApi } from "./operations/runners";
export type { AllocatorsApi, DeleteAllocatorOptions, MoveRequest } from "./operations/allocators";
export type { CoordinatorsApi } from "./operations/coordinators";
export type { BlueprinterRolesApi, BlueprinterRole } from "./operations/blueprinter-roles";
export type { PlatformApi } from "./operations/platform";
export type { AuthenticationApi } from "./operations/authentication";
export type { SecurityDeploymentApi } from "./operations/security-deployment";
export type {
  AllocatedInstance,
  AllocatorCapacity,
  AllocatorInfo,
  AllocatorMetadataItem,
  AllocatorSettings,
  AllocatorStatus,
  ApiErrorItem,
  AuthenticationInfo,
  CoordinatorSummary,
  EnrollmentToken,
  MoveClusterDetails,
  MoveClustersConfiguration,
  MoveClustersDetails,
  MoveClustersReply,
  MoveClustersRequest,
  PlatformInfo,
  RegionInfo,
  RunnerInfo,
  RunnerRole,
  SecurityDeployment,
} from "./models";
