/**
 * Constructs: ECE hosts, their roles tokens and the provider behind them, as CDKTF declares them.
 *
 * One class for each Terraform type (`RolesToken`, `Host`, …), and `EceHost`, which puts them together: token, platform
 * record, install and roles, ordered so that Terraform builds them up and takes them down without stranding anything.
 *
 * Runs at synth time only: reaches no network and loads neither the provider nor the API client. Imports cdktf, constructs,
 * the null provider's bindings and `vendor`; no other layer.
 */
export { Allocator, type AllocatorConfig } from "./allocator";
export { ContainerEngine } from "./container-engine";
export type { UserDataOptions } from "./cloud-init-install";
export { DataEceHosts } from "./data-ece-hosts";
export { DataEcePlatform } from "./data-ece-platform";
export { DataEceRolesTokens } from "./data-ece-roles-tokens";
export { EceHost, type EceHostConfig } from "./ece-host";
export { EceProvider, type EceProviderConfig } from "./ece-provider";
export { EceRole } from "./ece-role";
export { EphemeralRolesToken, type EphemeralRolesTokenConfig } from "./ephemeral-roles-token";
export { Host, type HostConfig, type HostTimeouts } from "./host";
export { HostGuard, type HostGuardConfig, type HostGuardTimeouts } from "./host-guard";
export { HostInstall } from "./host-install";
export { HostKey } from "./host-key";
export { HostRoles, type HostDrain, type HostRolesConfig, type HostRolesTimeouts } from "./host-roles";
export { HostToken, type PersistentTokenOptions } from "./host-token";
export { InstallCarrier } from "./install-carrier";
export { MemorySettings, type MemorySettingsOptions } from "./memory-settings";
export { RetiredEceHost, type RetiredEceHostConfig } from "./retired-ece-host";
export { RolesToken, type RolesTokenConfig } from "./roles-token";
export { RolesTokenRevocation, type RolesTokenRevocationConfig } from "./roles-token-revocation";
export type { SshInstallOptions } from "./ssh-install-options";
