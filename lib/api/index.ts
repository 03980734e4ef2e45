/**
 * Speaks HTTP to Elastic Cloud Enterprise: one client class, the words of its API, and errors that say what to do.
 *
 * It knows nothing of Terraform and imports only `ece` and the version; inside, operations import transport, transport
 * imports errors, errors import models. What goes over the wire keeps ECE's spelling (`models.ts`); what only this
 * layer knows is in camel case. Every request can be cancelled, is retried where that is safe, and fails with an
 * {@link EceError} without any secret in it.
 */
export { EceClient, type EceClientOptions } from "./client";
export { checkApiKey, checkPassword, checkUsername, type Credentials } from "./transport/credentials";
export { checkCaCertificate, parseEndpoint, parseEndpoints } from "./transport/endpoint";
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
  AllocatorsApi,
  AuthenticationApi,
  BlueprinterRole,
  BlueprinterRolesApi,
  CoordinatorsApi,
  CreatedEnrollmentToken,
  CreateEnrollmentTokenRequest,
  DeleteAllocatorOptions,
  DeploymentsApi,
  EnrollmentTokensApi,
  MoveRequest,
  PlatformApi,
  RunnersApi,
  SecurityDeploymentApi,
} from "./operations";
export type {
  AllocatedInstance,
  AllocatorCapacity,
  AllocatorInfo,
  AllocatorMetadataItem,
  AllocatorSettings,
  AllocatorStatus,
  ApiErrorItem,
  AuthenticationInfo,
  CoordinatorCandidate,
  CoordinatorSummary,
  DeploymentResource,
  EnrollmentToken,
  MoveClusterDetails,
  MoveClustersConfiguration,
  MoveClustersDetails,
  MoveClustersReply,
  MoveClustersRequest,
  PlanAttempt,
  PlatformInfo,
  RegionInfo,
  RunnerInfo,
  RunnerRole,
  SecurityDeployment,
} from "./models";
