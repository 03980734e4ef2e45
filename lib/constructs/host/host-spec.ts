import { Fn, Token } from "cdktf";
import type { Construct } from "constructs";
import { LEAST_CAPACITY_MB, RULES } from "../../ece";
import type { Host } from "../bindings/host";
import type { HostRolesTimeouts } from "../bindings/host-roles";
import {
  check,
  hasUnresolved,
  known,
  listOf,
  oneOf,
  optional,
  positiveNumber,
  required,
  roleList,
  text,
  throwOnErrors,
  wholeNumber,
  yesOrNo,
  type Check,
  type Rule,
} from "../checks";
import { HostInstall } from "../install/host-install";
import type { InstallRequest, MachineRequest } from "../install/install-method";
import { ContainerEngine, type EceHostConfig } from "./ece-host-config";
import { HostToken } from "./host-token";
import { installerArguments, installerArgumentErrors } from "./installer-arguments";

/** The configuration of a host, checked, with the defaults that the host must have. */
export interface HostSpec extends EceHostConfig {
  readonly availabilityZone: string;
  readonly hostStoragePath: string;
  readonly containerEngine: string;
  readonly token: HostToken;
}

/** Checks the configuration of a host and fills in its defaults; errors name the scope. */
export function resolveHostSpec(scope: Construct, config: EceHostConfig): HostSpec {
  throwOnErrors(scope, check(config, CHECKS));
  const {
    availabilityZone = "ece-zone-1",
    hostStoragePath = "/mnt/data/elastic",
    containerEngine = ContainerEngine.DOCKER,
    token = HostToken.persistent(),
  } = config;
  return { ...config, availabilityZone, hostStoragePath, containerEngine, token };
}

/** Whether ECE runs on the host already, so that nothing is installed and no token is needed. */
export function isInstalledAlready({ adopt, install }: Pick<EceHostConfig, "adopt" | "install">): boolean {
  return adopt === true && (!(install instanceof HostInstall) || install._method.reachesMachine);
}

/** Arguments of the install script, for the record of a host; the version is the platform's unless it is given. */
export function installSettings(spec: HostSpec, host: Host): InstallRequest["settings"] {
  // Without a coordinator nothing is installed.
  const { runnerId, coordinatorHost = "", roles } = spec;
  return {
    runnerId,
    hostId: host.id,
    coordinatorHost,
    roles: Token.isUnresolved(roles) ? Fn.join(",", roles) : roles.join(","),
    storagePath: spec.hostStoragePath,
    version: spec.version ?? host.platformVersion,
    containerEngine: spec.containerEngine,
    ...installerArguments(spec),
  };
}

/** What the machine of a host is to become, for its checks; and what was installed on it, for its removal. */
export function machineRequest(spec: HostSpec, host: Host): MachineRequest {
  const { roles, coordinatorHost, hostIp, hostStoragePath, containerEngine, selinux, drainTimeout, provider } = spec;
  return {
    hostId: host.id,
    runnerId: host.runnerId,
    roles,
    coordinatorHost,
    hostIp,
    storagePath: hostStoragePath,
    containerEngine,
    selinux,
    timeouts: drainTimeout === undefined ? undefined : { delete: drainTimeout },
    provider,
  };
}

/**
 * What the host is, under the names of the props: the only values of which a change replaces it, beside its runner id.
 * Nothing is known of a host without an install.
 */
export function hostTraits(spec: HostSpec): { [prop: string]: string } | undefined {
  if (spec.install === undefined) return undefined;
  const { availabilityZone, hostStoragePath, containerEngine, hostIp } = spec;
  return withoutUndefined({ availabilityZone, hostStoragePath, containerEngine, hostIp });
}

/** The timeouts of the host's roles: joining creates them, draining updates or deletes them. */
export function rolesTimeouts({ joinTimeout, drainTimeout }: HostSpec): HostRolesTimeouts | undefined {
  if (joinTimeout === undefined && drainTimeout === undefined) return undefined;
  return { create: joinTimeout, update: drainTimeout, delete: drainTimeout };
}

function withoutUndefined(values: { readonly [name: string]: string | undefined }): { [name: string]: string } {
  return Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

/** In the order in which errors are told. */
const CHECKS: readonly Check<EceHostConfig>[] = [
  required("runnerId", text(RULES.runnerId)),
  required("roles", roleList),
  rolesNotKnownAtSynth,
  rolesThatTheTokenLacks,
  whereInstalled("coordinatorHost", text(RULES.coordinatorHost)),
  installErrors,
  optional("availabilityZone", text(RULES.availabilityZone)),
  optional("hostStoragePath", text(RULES.hostStoragePath)),
  optional("hostIp", text(RULES.hostIp)),
  optional("capacityMb", wholeNumber(LEAST_CAPACITY_MB)),
  tagErrors,
  optional("dockerRegistry", text(RULES.dockerRegistry)),
  optional("eceDockerRepository", text(RULES.eceDockerRepository)),
  optional("containerEngine", oneOf(ContainerEngine.DOCKER, ContainerEngine.PODMAN)),
  selinuxWithoutPodman,
  skipWithMachine,
  optional("selinux", yesOrNo),
  optional("timeoutFactor", positiveNumber),
  optional("force", yesOrNo),
  optional("skipCloudEnterpriseVersionCheck", yesOrNo),
  optional("overwriteExistingImage", yesOrNo),
  optional("externalHostnames", listOf(RULES.externalHostname)),
  optional("apiBaseUrl", text(RULES.apiBaseUrl)),
  optional("hostDockerHost", text(RULES.hostDockerHost)),
  optional("configFile", text(RULES.configFile)),
  optional("proxyProtocolVersion", wholeNumber(1, 2)),
  optional("proxyProtocolLenient", yesOrNo),
  optional("debug", yesOrNo),
  installerArgumentErrors,
  optional("adopt", yesOrNo),
  optional("version", text(RULES.version)),
  optional("joinTimeout", text(RULES.duration)),
  optional("waitForConnected", text(RULES.duration)),
  optional("drainTimeout", text(RULES.duration)),
];

function rolesNotKnownAtSynth({ roles, memorySettings, token }: EceHostConfig): string[] {
  if (!hasUnresolved(roles)) return [];
  return [
    ...(memorySettings?._followsRoles === true
      ? ["memorySettings of a size need roles that are known at synth: use MemorySettings.of()"]
      : []),
    ...(token?._isEphemeral === true ? ["an ephemeral token needs roles that are known at synth"] : []),
  ];
}

/** Must be found here: the installer succeeds with a token that lacks a role, and the host never gets that role. */
function rolesThatTheTokenLacks({ roles, token }: EceHostConfig): string[] {
  const carried = token?._roles;
  if (carried === undefined || hasUnresolved(carried) || hasUnresolved(roles)) return [];
  const missing = roles.filter((role) => !carried.includes(role));
  if (missing.length === 0) return [];
  return [
    `the shared token carries ${carried.join(", ")} but not ${missing.join(", ")}: add it to the token's roles, or take it from the host's`,
  ];
}

/** As `required`, for what only an install needs. */
function whereInstalled(prop: keyof EceHostConfig, rule: Rule): Check<EceHostConfig> {
  return (config, prefix) =>
    (isInstalledAlready(config) ? optional : required)<EceHostConfig>(prop, rule)(config, prefix);
}

function installErrors({ adopt, install, token }: EceHostConfig): string[] {
  if (adopt === true && install === undefined) return [];
  if (!(install instanceof HostInstall)) {
    return [
      "install is missing: give HostInstall.overSsh({ … }) or HostInstall.userData(), or adopt where ECE runs on the host already",
    ];
  }
  const { _method: method } = install;
  return [
    ...method.errors(),
    ...(token?._isEphemeral === true && !method.reachesMachine
      ? ["an ephemeral token cannot be stored in user data: use HostToken.persistent({ revokeAfterJoin: true })"]
      : []),
  ];
}

/** Of the values, any may be one that only Terraform knows; a map that it knows has a token for its key. */
function tagErrors({ allocatorTags = {} }: EceHostConfig): string[] {
  return Object.entries(allocatorTags).flatMap(([key, value]) => {
    const errors = known(text(RULES.tag))("each key of allocatorTags", key);
    return errors.length > 0 ? errors : text(RULES.tag)(`allocatorTags.${key}`, value);
  });
}

function selinuxWithoutPodman({ selinux, containerEngine }: EceHostConfig): string[] {
  return selinux === true && containerEngine !== ContainerEngine.PODMAN
    ? ["selinux works with containerEngine podman only"]
    : [];
}

function skipWithMachine({ drain, install }: EceHostConfig): string[] {
  return drain?.skip === true && install instanceof HostInstall && install._method.reachesMachine
    ? [
        "drain.skip would leave instances on a machine from which ECE is removed: name a machine that is gone for good in givenUp.machines of EceProvider",
      ]
    : [];
}
