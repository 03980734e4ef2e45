import { Fn, Token } from "cdktf";
import { ContainerEngine } from "./container-engine";
import type { EceHostConfig } from "./ece-host";
import type { InstallSettings } from "../scripts/render";
import { numberText } from "../number-text";

/** What the installer is told about a host; `version` is the one to install. */
export function installSettings(config: EceHostConfig, version: string): InstallSettings {
  const { runnerId, coordinatorHost, roles, adopt = false } = config;
  return {
    runnerId,
    coordinatorHost,
    roles: Token.isUnresolved(roles) ? Fn.join(",", roles) : roles.join(","),
    storagePath: storagePathOf(config),
    version,
    containerEngine: engineOf(config),
    adopt,
    options: given({
      "--availability-zone": zoneOf(config),
      "--host-ip": config.hostIp,
      "--capacity": config.capacityMb === undefined ? undefined : numberText(config.capacityMb),
      "--memory-settings": config.memorySettings?._render(roles),
      "--allocator-tags": tagList(config.allocatorTags),
      "--docker-registry": config.dockerRegistry,
      "--ece-docker-repository": config.eceDockerRepository,
      "--timeout-factor": config.timeoutFactor === undefined ? undefined : numberText(config.timeoutFactor),
    }),
    flags: [
      ...(config.containerEngine === ContainerEngine.PODMAN ? ["--podman"] : []),
      ...(config.selinux === true ? ["--selinux"] : []),
      ...(config.force === true ? ["--force"] : []),
      ...(config.debug === true ? ["--debug"] : []),
    ],
  };
}

/** What cannot be changed without a new install, as text that a plan shows when it replaces the host. */
export function installFingerprint(config: EceHostConfig, machine: readonly string[]): string {
  const parts = given({
    zone: zoneOf(config),
    storage: storagePathOf(config),
    engine: engineOf(config),
    "host ip": config.hostIp,
    heaps: config.memorySettings?._fingerprint,
    version: config.version,
  });
  return [...Object.entries(parts).map(([name, value]) => `${name} ${value}`), ...machine].join(", ");
}

function zoneOf({ availabilityZone = "ece-zone-1" }: EceHostConfig): string {
  return availabilityZone;
}

function storagePathOf({ hostStoragePath = "/mnt/data/elastic" }: EceHostConfig): string {
  return hostStoragePath;
}

function engineOf({ containerEngine = ContainerEngine.DOCKER }: EceHostConfig): string {
  return containerEngine;
}

function tagList(tags: { [key: string]: string } | undefined): string | undefined {
  const entries = Object.entries(tags ?? {});
  return entries.length === 0 ? undefined : entries.map(([key, value]) => `${key}:${value}`).join(",");
}

function given(values: { readonly [name: string]: string | undefined }): { [name: string]: string } {
  return Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
