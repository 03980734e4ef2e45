/**
 * The Terraform provider for Elastic Cloud Enterprise: ECE's rules in Terraform's terms.
 *
 * `ece-provider.ts` is its table of contents; every type has a file of its own under resources, data-sources,
 * ephemeral-resources and functions. Imports `plugin` for Terraform's side and `api` for ECE's; holds no URL, no HTTP
 * verb and no byte of the plugin protocol. The package ships it as one bundled file, started by Terraform.
 */
export type { Ece } from "./platform/ece";
export { eceProvider } from "./ece-provider";
export { describeRoles } from "../ece";
export { connectFromEnvironment } from "./configuration/connect";
export { revokeToken } from "./tokens/revoke";
