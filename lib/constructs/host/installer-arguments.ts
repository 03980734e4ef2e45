import { Token } from "cdktf";
import { RULES } from "../../ece";
import { numberText } from "../cdktf-values";
import { listOf, text } from "../checks";
import type { InstallRequest } from "../install/install-method";
import { ContainerEngine, type EceHostConfig } from "./ece-host-config";

/** The flags that take a value, each with the property that it is given by. Undefined leaves the flag out. */
const OPTIONS: readonly {
  readonly flag: string;
  readonly prop: keyof EceHostConfig;
  readonly value: (config: EceHostConfig) => string | undefined;
}[] = [
  { flag: "--availability-zone", prop: "availabilityZone", value: ({ availabilityZone }) => availabilityZone },
  { flag: "--host-ip", prop: "hostIp", value: ({ hostIp }) => hostIp },
  { flag: "--capacity", prop: "capacityMb", value: ({ capacityMb }) => numberOf(capacityMb) },
  {
    flag: "--memory-settings",
    prop: "memorySettings",
    value: ({ memorySettings, roles }) => memorySettings?._render(roles),
  },
  { flag: "--allocator-tags", prop: "allocatorTags", value: ({ allocatorTags }) => tagList(allocatorTags) },
  { flag: "--docker-registry", prop: "dockerRegistry", value: ({ dockerRegistry }) => dockerRegistry },
  {
    flag: "--ece-docker-repository",
    prop: "eceDockerRepository",
    value: ({ eceDockerRepository }) => eceDockerRepository,
  },
  { flag: "--timeout-factor", prop: "timeoutFactor", value: ({ timeoutFactor }) => numberOf(timeoutFactor) },
  {
    flag: "--external-hostname",
    prop: "externalHostnames",
    value: ({ externalHostnames = [] }) => externalHostnames.join(",") || undefined,
  },
  { flag: "--api-base-url", prop: "apiBaseUrl", value: ({ apiBaseUrl }) => apiBaseUrl },
  { flag: "--host-docker-host", prop: "hostDockerHost", value: ({ hostDockerHost }) => hostDockerHost },
  { flag: "--config-file", prop: "configFile", value: ({ configFile }) => configFile },
  {
    flag: "--proxy-protocol-version",
    prop: "proxyProtocolVersion",
    value: ({ proxyProtocolVersion }) => numberOf(proxyProtocolVersion),
  },
];

/** The flags without a value. */
const FLAGS: readonly {
  readonly flag: string;
  readonly prop: keyof EceHostConfig;
  readonly isGiven: (config: EceHostConfig) => boolean | undefined;
}[] = [
  {
    flag: "--podman",
    prop: "containerEngine",
    isGiven: ({ containerEngine }) => containerEngine === ContainerEngine.PODMAN,
  },
  { flag: "--selinux", prop: "selinux", isGiven: ({ selinux }) => selinux },
  { flag: "--force", prop: "force", isGiven: ({ force }) => force },
  {
    flag: "--skip-cloud-enterprise-version-check",
    prop: "skipCloudEnterpriseVersionCheck",
    isGiven: ({ skipCloudEnterpriseVersionCheck }) => skipCloudEnterpriseVersionCheck,
  },
  {
    flag: "--overwrite-existing-image",
    prop: "overwriteExistingImage",
    isGiven: ({ overwriteExistingImage }) => overwriteExistingImage,
  },
  {
    flag: "--proxy-protocol-lenient",
    prop: "proxyProtocolLenient",
    isGiven: ({ proxyProtocolLenient }) => proxyProtocolLenient,
  },
  { flag: "--debug", prop: "debug", isGiven: ({ debug }) => debug },
];

/** The property that each flag is given by; the script adds the first of them itself. */
const PROPS: ReadonlyMap<string, string> = new Map<string, string>([
  ["--coordinator-host", "coordinatorHost"],
  ["--roles-token", "token"],
  ["--roles", "roles"],
  ["--runner-id", "runnerId"],
  ["--host-storage-path", "hostStoragePath"],
  ["--cloud-enterprise-version", "version"],
  ...[...OPTIONS, ...FLAGS].map(({ flag, prop }): [string, string] => [flag, prop]),
]);

/** What the installer is told about a host beyond what it is: the arguments that the script does not add itself. */
export function installerArguments(config: EceHostConfig): Pick<InstallRequest["settings"], "options" | "flags"> {
  const given = OPTIONS.flatMap(({ flag, value }) => {
    const text = value(config);
    return text === undefined ? [] : [[flag, text] as const];
  });
  const further = pairsOf(config.installerArguments ?? []);
  return {
    options: Object.fromEntries([
      ...given,
      ...further.flatMap(({ flag, values: [value] }) => (value === undefined ? [] : [[flag, value] as const])),
    ]),
    flags: [
      ...FLAGS.filter(({ isGiven }) => isGiven(config) === true).map(({ flag }) => flag),
      ...further.filter(({ values }) => values.length === 0).map(({ flag }) => flag),
    ],
  };
}

/** What a change of says nothing about the host as it is: its traits, and how the installer works. */
const NOT_REMEMBERED: readonly (keyof EceHostConfig)[] = [
  "availabilityZone",
  "hostIp",
  "memorySettings",
  "timeoutFactor",
];

/** What the installer is asked for and no change reaches afterwards, under the names of the props; empty where not given. */
export function rememberedArguments(config: EceHostConfig): { [prop: string]: string } | undefined {
  if (config.install === undefined) return undefined;
  const remembered = OPTIONS.filter(({ prop }) => !NOT_REMEMBERED.includes(prop));
  return {
    ...Object.fromEntries(remembered.map(({ prop, value }) => [prop, value(config) ?? ""])),
    memorySettings: config.memorySettings?._fingerprint ?? "",
    proxyProtocolLenient: config.proxyProtocolLenient === true ? "true" : "",
    installerArguments: (config.installerArguments ?? []).join(" "),
  };
}

/** What is wrong with further arguments of the installer. */
export function installerArgumentErrors({ installerArguments: words }: EceHostConfig): readonly string[] {
  if (words === undefined) return [];
  const name = "installerArguments";
  const listErrors = listOf({ pattern: /^/, allowed: "a text" })(name, words);
  if (listErrors.length > 0) return listErrors;
  const pairs = pairsOf(words);
  const flags = pairs.map(({ flag }) => flag);
  return pairs.flatMap(({ flag, values }, index) => {
    const prop = PROPS.get(flag);
    if (prop !== undefined) return [`${name} has ${flag}: give it as ${prop}`];
    if (flags.indexOf(flag) !== index) return [`${name} has ${flag} twice: give each flag once`];
    return [
      ...text(RULES.installerFlag)(`${name} has a flag that`, flag),
      ...values.slice(0, 1).flatMap((value) => text(RULES.installerValue)(`${name}, the value of ${flag},`, value)),
      ...(values.length > 1 ? [`${name} has several values for ${flag}: the installer takes one, without blanks`] : []),
    ];
  });
}

/** Words of a command line by their flags. Text that only Terraform knows is a value. */
function pairsOf(words: readonly string[]): { readonly flag: string; readonly values: string[] }[] {
  const pairs: { flag: string; values: string[] }[] = [];
  for (const word of words) {
    const last = pairs.at(-1);
    if (last === undefined || (!Token.isUnresolved(word) && word.startsWith("-")))
      pairs.push({ flag: word, values: [] });
    else last.values.push(word);
  }
  return pairs;
}

function numberOf(value: number | undefined): string | undefined {
  return value === undefined ? undefined : numberText(value);
}

function tagList(tags: { readonly [key: string]: string } = {}): string | undefined {
  const entries = Object.entries(tags);
  return entries.length === 0 ? undefined : entries.map(([key, value]) => `${key}:${value}`).join(",");
}
