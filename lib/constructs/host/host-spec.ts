import { Token } from "cdktf";
import { RULES, LEAST_CAPACITY_MB } from "../../ece";
import { optionalTextFaults, textFaults, wholeNumberFaults } from "../checks";
import { ContainerEngine } from "./container-engine";
import type { EceHostConfig } from "./ece-host";
import { roleFaults } from "../bindings/ece-role";
import { HostInstall } from "../install/host-install";

/** Everything that is wrong with the configuration of a host; values that only Terraform knows are left to the host. */
export function hostFaults(config: EceHostConfig): string[] {
  return [
    ...textFaults("runnerId", config.runnerId, RULES.runnerId),
    ...(Token.isUnresolved(config.roles)
      ? unresolvedRolesFaults(config)
      : [...roleFaults(config.roles), ...tokenFaults(config)]),
    ...textFaults("coordinatorHost", config.coordinatorHost, RULES.coordinatorHost),
    ...installFaults(config),
    ...optionalTextFaults("availabilityZone", config.availabilityZone, RULES.availabilityZone),
    ...optionalTextFaults("hostStoragePath", config.hostStoragePath, RULES.hostStoragePath),
    ...optionalTextFaults("hostIp", config.hostIp, RULES.hostIp),
    ...wholeNumberFaults("capacityMb", config.capacityMb, LEAST_CAPACITY_MB, Infinity),
    ...tagFaults(config.allocatorTags ?? {}),
    ...optionalTextFaults("dockerRegistry", config.dockerRegistry, RULES.dockerRegistry),
    ...optionalTextFaults("eceDockerRepository", config.eceDockerRepository, RULES.eceDockerRepository),
    ...engineFaults(config),
    ...timeoutFactorFaults(config.timeoutFactor),
    ...optionalTextFaults("version", config.version, RULES.version),
    ...optionalTextFaults("joinTimeout", config.joinTimeout, RULES.duration),
    ...optionalTextFaults("drainTimeout", config.drainTimeout, RULES.duration),
  ];
}

function unresolvedRolesFaults({ memorySettings, token }: EceHostConfig): string[] {
  return [
    ...(memorySettings?._followsRoles === true
      ? ["memorySettings of a size need roles that are known at synth: use MemorySettings.of()"]
      : []),
    ...(token?._isEphemeral === true ? ["an ephemeral token needs roles that are known at synth"] : []),
  ];
}

/** A token that lacks a role fails in silence: the installer succeeds, and the host never gets the role. */
function tokenFaults({ roles, token }: EceHostConfig): string[] {
  const carried = token?._roles;
  if (carried === undefined || Token.isUnresolved(carried)) return [];
  const missing = roles.filter((role) => !carried.includes(role));
  if (missing.length === 0) return [];
  return [
    `the shared token carries ${carried.join(", ")} but not ${missing.join(", ")}: add it to the token's roles, or take it from the host's`,
  ];
}

function installFaults({ install, token }: EceHostConfig): string[] {
  if (!(install instanceof HostInstall))
    return ["install is missing: give HostInstall.overSsh({ … }) or HostInstall.userData()"];
  const { _method: method } = install;
  return [
    ...method.faults(),
    ...(token?._isEphemeral === true && !method.takesEphemeralTokens
      ? ["an ephemeral token cannot be stored in user data: use HostToken.persistent({ revokeAfterJoin: true })"]
      : []),
  ];
}

function tagFaults(tags: { [key: string]: string }): string[] {
  return Object.entries(tags).flatMap(([key, value]) => [
    ...textFaults(`allocatorTags has the key`, key, RULES.tag),
    ...textFaults(`allocatorTags.${key}`, value, RULES.tag),
  ]);
}

function engineFaults({ containerEngine = ContainerEngine.DOCKER, selinux }: EceHostConfig): string[] {
  const engines: readonly string[] = [ContainerEngine.DOCKER, ContainerEngine.PODMAN];
  return [
    ...(engines.includes(containerEngine)
      ? []
      : [`containerEngine is ${JSON.stringify(containerEngine)}: expected one of ${engines.join(", ")}`]),
    ...(selinux === true && containerEngine !== ContainerEngine.PODMAN
      ? ["selinux works with containerEngine podman only"]
      : []),
  ];
}

function timeoutFactorFaults(factor: number | undefined): string[] {
  if (factor === undefined || Token.isUnresolved(factor) || (Number.isFinite(factor) && factor > 0)) return [];
  return [`timeoutFactor is ${JSON.stringify(factor)}: expected a number above 0`];
}
