/**
 * The Terraform provider for Elastic Cloud Enterprise: ECE's rules in Terraform's terms.
 *
 * `ece-provider.ts` is its table of contents; every type has a file of its own under resources, data-sources,
 * ephemeral-resources and functions. Imports `plugin` for Terraform's side and `api` for ECE's; holds no URL, no HTTP
 * verb and no byte of the plugin protocol: only `main.ts`, which Terraform starts, imports `plugin/protocol`. The package
 * ships it as one bundled file.
 */
export { eceProvider } from "./ece-provider";
export { connectFromEnvironment, type ConnectionOptions } from "./configuration/connect";
export { tryFindAllocatorIn, userRolesOf } from "./hosts/host-facts";
export { readHosts, type HostOverview } from "./hosts/overview";
export type { Clock } from "./platform/wait";
export type { Finding } from "./preflight/finding";
export { examineMachines } from "./preflight/machines";
export { examinePlatform } from "./preflight/platform";
export type { ManagedResource } from "./rehearsal/proofs";
export { rehearseRemoval, type Rehearsal } from "./rehearsal/rehearsal";
export { revokeToken } from "./tokens/revoke";
