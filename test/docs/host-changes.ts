import {
  EceProvider,
  EceRole,
  ContainerEngine,
  HostInstall,
  HostKey,
  HostToken,
  InstallCarrier,
  MemorySettings,
  type EceHostConfig,
  type SshInstallOptions,
} from "../../lib";
import type { TerraformStack } from "cdktf";

/** What a change of one prop does to a host that is deployed. */
type Effect = "replacement" | "in place" | "nothing" | "refused";

/** A prop of EceHost, or of `HostInstall.overSsh()`, and what a change of it alone does. */
interface HostChange {
  /** As the program writes it. */
  readonly prop: string;
  readonly effect: Effect;
  /** For the documentation. */
  readonly meaning: string;
  /** A value that differs from {@link FIRST}, or from what reaches the host. */
  readonly host?: Partial<EceHostConfig> | ((stack: TerraformStack) => Partial<EceHostConfig>);
  readonly ssh?: Partial<SshInstallOptions>;
  /** What the plan says of it. */
  readonly says?: RegExp;
}

/** What the host was deployed with, beside its own address and key. */
export const FIRST = {
  runnerId: "192.168.44.11",
  roles: [EceRole.ALLOCATOR],
  availabilityZone: "ece-zone-1",
  hostIp: "192.168.44.11",
  capacityMb: 16_384,
  allocatorTags: { rack: "1" },
} satisfies Partial<EceHostConfig>;

const NEXT_INSTALL = /For the next install of 192\.168\.44\.11/;
const ANOTHER_KEY = HostKey.of("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl");

/** In the order of the documentation. */
export const HOST_CHANGES: readonly HostChange[] = [
  { prop: "runnerId", effect: "replacement", meaning: "Another host.", host: { runnerId: "192.168.44.99" } },
  {
    prop: "availabilityZone",
    effect: "replacement",
    meaning: "ECE cannot move a host to another zone.",
    host: { availabilityZone: "ece-zone-2" },
  },
  {
    prop: "hostStoragePath",
    effect: "replacement",
    meaning: "ECE cannot move its data.",
    host: { hostStoragePath: "/mnt/data/ece" },
  },
  {
    prop: "containerEngine",
    effect: "replacement",
    meaning: "Its containers run in one of them.",
    host: { containerEngine: ContainerEngine.PODMAN },
  },
  {
    prop: "hostIp",
    effect: "replacement",
    meaning:
      "The other hosts know it by its address. Taking it out of the program changes nothing, and giving it where it was not given neither: it must be what the host has.",
    host: { hostIp: "192.168.44.98" },
  },
  { prop: "hostIp, taken out", effect: "in place", meaning: "Stands in the state alone.", host: { hostIp: undefined } },
  {
    prop: "roles",
    effect: "in place",
    meaning: "Given and taken on the platform; a host that loses `allocator` is drained.",
    host: { roles: [EceRole.ALLOCATOR, EceRole.PROXY] },
  },
  {
    prop: "maintenance",
    effect: "in place",
    meaning: "Moves every instance away, or ends that.",
    host: { maintenance: true },
  },
  {
    prop: "token",
    effect: "in place",
    meaning: "The host stays; the token that it no longer needs is revoked.",
    host: { token: HostToken.ephemeral() },
  },
  {
    prop: "adopt",
    effect: "in place",
    meaning: "The host stays; over SSH its token is revoked, and its install step forgotten.",
    host: { adopt: true },
  },
  {
    prop: "capacityMb",
    effect: "in place",
    meaning: "For the next install, and the plan says so; `Allocator` changes it now.",
    host: { capacityMb: 32_768 },
    says: NEXT_INSTALL,
  },
  {
    prop: "allocatorTags",
    effect: "in place",
    meaning: "For the next install, and the plan says so; `Allocator` changes them now.",
    host: { allocatorTags: { rack: "2" } },
    says: NEXT_INSTALL,
  },
  {
    prop: "memorySettings",
    effect: "in place",
    meaning: "For the next install, and the plan says so.",
    host: { memorySettings: MemorySettings.large() },
    says: NEXT_INSTALL,
  },
  {
    prop: "dockerRegistry",
    effect: "in place",
    meaning: "For the next install, and the plan says so.",
    host: { dockerRegistry: "registry.example" },
    says: NEXT_INSTALL,
  },
  {
    prop: "eceDockerRepository",
    effect: "in place",
    meaning: "For the next install, and the plan says so.",
    host: { eceDockerRepository: "mirror" },
    says: NEXT_INSTALL,
  },
  {
    prop: "externalHostnames",
    effect: "in place",
    meaning: "For the next install, and the plan says so.",
    host: { externalHostnames: ["host.example"] },
    says: NEXT_INSTALL,
  },
  {
    prop: "apiBaseUrl",
    effect: "in place",
    meaning: "For the next install, and the plan says so.",
    host: { apiBaseUrl: "https://ece.example" },
    says: NEXT_INSTALL,
  },
  {
    prop: "hostDockerHost",
    effect: "in place",
    meaning: "For the next install, and the plan says so.",
    host: { hostDockerHost: "unix:///var/run/docker.sock" },
    says: NEXT_INSTALL,
  },
  {
    prop: "configFile",
    effect: "in place",
    meaning: "For the next install, and the plan says so.",
    host: { configFile: "/mnt/data/elastic/installer.conf" },
    says: NEXT_INSTALL,
  },
  {
    prop: "proxyProtocolVersion",
    effect: "in place",
    meaning: "For the next install, and the plan says so.",
    host: { proxyProtocolVersion: 2 },
    says: NEXT_INSTALL,
  },
  {
    prop: "proxyProtocolLenient",
    effect: "in place",
    meaning: "For the next install, and the plan says so.",
    host: { proxyProtocolLenient: true },
    says: NEXT_INSTALL,
  },
  {
    prop: "installerArguments",
    effect: "in place",
    meaning: "For the next install, and the plan says so.",
    host: { installerArguments: ["--proxy-tags", "site:a"] },
    says: NEXT_INSTALL,
  },
  {
    prop: "version",
    effect: "nothing",
    meaning: "Hosts are upgraded in place; the next install must have the platform's version.",
    host: { version: "4.0.3" },
  },
  {
    prop: "coordinatorHost",
    effect: "nothing",
    meaning: "For the next install.",
    host: { coordinatorHost: "coordinator.example" },
  },
  { prop: "timeoutFactor", effect: "nothing", meaning: "For the next install.", host: { timeoutFactor: 2 } },
  { prop: "force", effect: "nothing", meaning: "For the next install.", host: { force: true } },
  {
    prop: "skipCloudEnterpriseVersionCheck",
    effect: "nothing",
    meaning: "For the next install.",
    host: { skipCloudEnterpriseVersionCheck: true },
  },
  {
    prop: "overwriteExistingImage",
    effect: "nothing",
    meaning: "For the next install.",
    host: { overwriteExistingImage: true },
  },
  { prop: "debug", effect: "nothing", meaning: "For the next install.", host: { debug: true } },
  {
    prop: "selinux",
    effect: "refused",
    meaning: "Works with podman only; there it is for the next install.",
    host: { selinux: true },
    says: /selinux works with containerEngine podman only/,
  },
  { prop: "drain", effect: "in place", meaning: "How it will be emptied.", host: { drain: { force: true } } },
  {
    prop: "drain.skip",
    effect: "refused",
    meaning: "For cloud VMs (`HostInstall.userData()`) only.",
    host: { drain: { skip: true } },
    says: /drain\.skip would leave instances/,
  },
  { prop: "joinTimeout", effect: "in place", meaning: "Stands in the state alone.", host: { joinTimeout: "45m" } },
  { prop: "drainTimeout", effect: "in place", meaning: "Stands in the state alone.", host: { drainTimeout: "3h" } },
  {
    prop: "waitForConnected",
    effect: "in place",
    meaning: "Stands in the state alone.",
    host: { waitForConnected: "5m" },
  },
  {
    prop: "provider",
    effect: "nothing",
    meaning: "Another way to the same platform; on another platform nothing is changed, and the error says so.",
    host: (stack) => ({ provider: new EceProvider(stack, "other", { alias: "other" }) }),
  },
  {
    prop: "install",
    effect: "refused",
    meaning: "It cannot be nothing; its options are below.",
    host: { install: undefined as unknown as HostInstall },
    says: /install is missing/,
  },
  {
    prop: "install.host",
    effect: "in place",
    meaning: "Once the machine there has proved to be the same host.",
    ssh: { host: "localhost" },
  },
  { prop: "install.port", effect: "in place", meaning: "The same.", ssh: { port: 2022 } },
  { prop: "install.user", effect: "in place", meaning: "The same.", ssh: { user: "operator" } },
  { prop: "install.hostKey", effect: "in place", meaning: "The same.", ssh: { hostKey: ANOTHER_KEY } },
  {
    prop: "install.bastionHost",
    effect: "in place",
    meaning: "The same; so are `bastionPort`, `bastionUser` and `bastionHostKey`.",
    ssh: { bastionHost: "bastion.example", bastionHostKey: ANOTHER_KEY },
  },
  {
    prop: "install.privateKeyFile",
    effect: "in place",
    meaning: "Stands in the state alone, and connects nowhere; `bastionPrivateKeyFile` likewise.",
    ssh: { privateKeyFile: "~/.ssh/another" },
  },
  {
    prop: "install.connectTimeout",
    effect: "in place",
    meaning: "Stands in the state alone.",
    ssh: { connectTimeout: "9m" },
  },
  {
    prop: "install.carrier",
    effect: "in place",
    meaning: "The install step is made anew, and does nothing on a host that runs.",
    ssh: { carrier: InstallCarrier.NULL_RESOURCE },
  },
  { prop: "install.skipAdvice", effect: "nothing", meaning: "For the next install.", ssh: { skipAdvice: true } },
  {
    prop: "install.installerFile",
    effect: "nothing",
    meaning: "For the next install.",
    ssh: { installerFile: "/etc/hosts" },
  },
  {
    prop: "install.installerPath",
    effect: "nothing",
    meaning: "For the next install.",
    ssh: { installerPath: "/opt/elastic-cloud-enterprise.sh" },
  },
  {
    prop: "install.installerUrl",
    effect: "nothing",
    meaning: "For the next install; so is `installerSha256`.",
    ssh: { installerUrl: "https://mirror.example/elastic-cloud-enterprise.sh" },
  },
];

/** The page of the documentation. */
export function renderHostChanges(): string {
  const rows = HOST_CHANGES.map(({ prop, effect, meaning }) => `| \`${prop}\` | ${effect} | ${meaning} |`);
  return `# What replaces a host

A host is replaced (drained, removed, cleaned and installed again, in that order) when what it _is_ changes, and for no other reason: its runner id, zone, storage path, container engine, or address. How it is reached, what the installer was asked for, and versions replace nothing, nor does an upgrade of ECE or of this package. To rebuild a host as it is: \`terraform apply -replace=ece_host.NAME\`.

What a change of one prop of an \`EceHost\` over SSH does, as a test tries each:

| prop | effect | |
| --- | --- | --- |
${rows.join("\n")}

In plain Terraform, \`traits\` of \`ece_host\` are what a host is, and \`install_arguments\` what its installer was asked for.
`;
}
