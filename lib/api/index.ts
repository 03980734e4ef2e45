/**
 * Speaks HTTP to Elastic Cloud Enterprise: one client class, the words of its API, and errors that say what to do.
 *
 * It knows no Terraform and imports no sibling but the version. What goes over the wire keeps ECE's spelling
 * (`models.ts`); what only this layer thinks of is in camel case. Every request may be cancelled, is retried where that
 * is safe, and fails with an {@link EceError}, in which no secret appears.
 */
export { EceClient, type EceClientOptions } from "./client";
export { checkApiKey, type Credentials } from "./credentials";
export { checkCaCertificate } from "./ca-certificate";
export { parseEndpoint } from "./endpoint";
export type { ListOptions, RequestOptions } from "./request";
export type { RequestLogEntry } from "./transport";
export type { ApiWarning } from "./warnings";
export {
  EceAbortedError,
  EceApiError,
  EceConnectionError,
  EceError,
  EceTimeoutError,
  EceUnexpectedReplyError,
  type ConnectionFaultReason,
} from "./errors";
export { decodeRolesToken, type DecodedRolesToken } from "./roles-token-jwt";
export type { EnrollmentTokensApi, CreateEnrollmentTokenRequest, CreatedEnrollmentToken } from "./enrollment-tokens";
export type { RunnersApi } from "./runners";
export type { AllocatorsApi, DeleteAllocatorOptions, MoveRequest } from "./allocators";
export type { CoordinatorsApi } from "./coordinators";
export type { BlueprinterRolesApi, BlueprinterRole } from "./blueprinter-roles";
export type { PlatformApi } from "./platform";
export type { AuthenticationApi } from "./authentication";
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
} from "./models";
