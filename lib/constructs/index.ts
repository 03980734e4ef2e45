/**
 * Constructs: ECE hosts, their roles tokens and the provider behind them, as CDKTF declares them.
 *
 * One class for each Terraform type (`RolesToken`, `Host`, …), and `EceHost`, which puts them together: token, platform
 * record, install and roles, ordered so that Terraform builds them up and takes them down without stranding anything.
 *
 * Runs at synth time only: reaches no network and loads neither the provider nor the API client. Imports cdktf, constructs,
 * `delivery` and `ece`; no other layer.
 */
export { Allocator, type AllocatorConfig } from "./bindings/allocator";
export type { UserDataOptions } from "./install/cloud-init-install";
export { DataEceHosts } from "./bindings/data-ece-hosts";
export { DataEcePlatform } from "./bindings/data-ece-platform";
export { DataEceRolesTokens } from "./bindings/data-ece-roles-tokens";
export { EceHost } from "./host/ece-host";
export { ContainerEngine, type EceHostConfig } from "./host/ece-host-config";
export {
  EceProvider,
  type EceProviderConfig,
  type EceProviderGivenUp,
  type EceProviderSsh,
} from "./bindings/ece-provider";
export { EceRole } from "./bindings/ece-role";
export { EphemeralRolesToken, type EphemeralRolesTokenConfig } from "./bindings/ephemeral-roles-token";
export { Host, type HostConfig, type HostTimeouts } from "./bindings/host";
export { HostMachine, type HostMachineConfig, type HostMachineTimeouts } from "./bindings/host-machine";
export { HostInstall } from "./install/host-install";
export { HostKey, InstallCarrier, type SshInstallOptions } from "./install/ssh-options";
export { HostRoles, type HostDrain, type HostRolesConfig, type HostRolesTimeouts } from "./bindings/host-roles";
export { HostToken, type PersistentTokenOptions } from "./host/host-token";
export { HostUserData, type HostUserDataConfig } from "./bindings/host-user-data";
export { MemorySettings, type MemorySettingsOptions } from "./host/memory-settings";
export { RolesToken, type RolesTokenConfig } from "./bindings/roles-token";
export { RolesTokenRevocation, type RolesTokenRevocationConfig } from "./bindings/roles-token-revocation";
