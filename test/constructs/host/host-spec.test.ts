import { TerraformVariable, Token } from "cdktf";
import {
  EceRole,
  HostInstall,
  HostKey,
  HostToken,
  MemorySettings,
  RolesToken,
  type EceHostConfig,
  type SshInstallOptions,
} from "../../../lib";
import { installSettings, newHost, newStack, only, sshInstall, synthesize } from "../synthesis";
import { fc } from "../../support/property";

function refusal(config: Partial<EceHostConfig>): string {
  try {
    newHost(newStack(), config);
  } catch (error) {
    return (error as Error).message;
  }
  return "";
}

const missing = undefined as unknown;

test("an address as the id of a construct is refused, as Terraform's names begin with a letter", () => {
  expect(() => newHost(newStack(), {}, "10.0.0.11")).toThrow(
    /^\[stack\/10\.0\.0\.11\] its name in Terraform would be 10\S*, which must begin with a letter/,
  );
});

test("a role that only Terraform knows stands beside one that is known", () => {
  const stack = newStack();
  const role = new TerraformVariable(stack, "role", {}).stringValue;

  newHost(stack, { roles: [EceRole.ALLOCATOR, role], token: HostToken.persistent() });

  expect(only(synthesize(stack).resource.ece_host_roles).roles).toEqual(["allocator", "${var.role}"]);
});

test("memory settings of a size say that they need roles that are known at synth", () => {
  const stack = newStack();
  const role = new TerraformVariable(stack, "role", {}).stringValue;

  expect(() => newHost(stack, { roles: [role], memorySettings: MemorySettings.small() })).toThrow(
    "memorySettings of a size need roles that are known at synth",
  );
});

test.each<[string, Partial<EceHostConfig>, string]>([
  ["an unknown role", { roles: ["allocators"] }, 'roles has "allocators": the roles of ECE are allocator, coordinator'],
  ["no role", { roles: [] }, "roles is empty"],
  ["a role twice", { roles: ["proxy", "proxy"] }, 'roles has "proxy" twice'],
  ["missing roles", { roles: missing as string[] }, "roles is empty"],
  ["a missing runner id", { runnerId: missing as string }, "runnerId is missing"],
  ["a coordinator with scheme and port", { coordinatorHost: "https://10.0.0.10:12443" }, "without scheme or port"],
  ["a coordinator with a port", { coordinatorHost: "10.0.0.10:12443" }, "without scheme or port"],
  ["a coordinator with a name and a port", { coordinatorHost: "coordinator:12443" }, "without scheme or port"],
  ["an address that is none", { coordinatorHost: "10.0.0.256" }, "without scheme or port"],
  ["a host ip with a port", { hostIp: "10.0.0.11:2222" }, "an IP address, without port"],
  ["a list that only Terraform knows, spread", { roles: [...Token.asList("${var.roles}"), "proxy"] }, "Fn.concat()"],
  ["a relative storage path", { hostStoragePath: "data/elastic" }, "hostStoragePath is"],
  ["a storage path that is too short to remove", { hostStoragePath: "/mnt" }, "at least two folders"],
  ["a storage path that leads elsewhere", { hostStoragePath: "/mnt/data/../../etc" }, "hostStoragePath is"],
  ["too little capacity", { capacityMb: 4096 }, "of at least 8192"],
  ["a capacity that is no number", { capacityMb: "8G" as unknown as number }, 'capacityMb is "8G"'],
  ["a tag that the installer would split", { allocatorTags: { disk: "fast ssd" } }, 'allocatorTags.disk is "fast ssd"'],
  ["an unknown container engine", { containerEngine: "containerd" }, "expected one of docker, podman"],
  ["selinux without podman", { selinux: true }, "podman only"],
  ["a drain that leaves instances on a machine", { drain: { skip: true } }, "drain.skip would leave instances"],
  ["a switch that is text", { force: "true" as unknown as boolean }, 'force is "true": expected true or false'],
  ["a name with a port", { externalHostnames: ["a", "b:1"] }, 'externalHostnames[1] is "b:1"'],
  ["a base URL without scheme", { apiBaseUrl: "ece.example" }, "apiBaseUrl is"],
  ["a socket that is a TCP address", { hostDockerHost: "tcp://x:1" }, "the path of a socket"],
  ["a relative configuration file", { configFile: "a.conf" }, "an absolute path on the host"],
  ["a PROXY protocol that there is not", { proxyProtocolVersion: 3 }, "from 1 to 2"],
  [
    "an argument that has a property",
    { installerArguments: ["--debug"] },
    "installerArguments has --debug: give it as debug",
  ],
  ["the roles token as an argument", { installerArguments: ["--roles-token", "x"] }, "give it as token"],
  ["an argument that is no flag", { installerArguments: ["proxy-tags"] }, "expected a flag such as --proxy-tags"],
  ["a flag with its value in it", { installerArguments: ["--proxy-tags=a"] }, "without its value"],
  ["a flag twice", { installerArguments: ["--new", "--new"] }, "has --new twice"],
  [
    "an argument that the installer would cut",
    { installerArguments: ["--new", "a b"] },
    'the value of --new, is "a b"',
  ],
  ["an argument with several values", { installerArguments: ["--new", "a", "b"] }, "several values for --new"],
  [
    "tags that only Terraform knows",
    { allocatorTags: Token.asStringMap("${var.tags}") },
    "each key of allocatorTags must be known at synth",
  ],
  ["a version that is none", { version: "latest" }, "a version such as 4.0.3"],
  ["a timeout factor of zero", { timeoutFactor: 0 }, "above 0"],
  ["a timeout without unit", { joinTimeout: "30" }, "joinTimeout is"],
  ["no install", { install: missing as HostInstall }, "install is missing"],
  [
    "an ephemeral token in user data",
    { token: HostToken.ephemeral(), install: HostInstall.userData() },
    "cannot be stored in user data",
  ],
])("refuses %s and names the construct", (_, config, message) => {
  expect(refusal(config)).toContain("[stack/host] ");
  expect(refusal(config)).toContain(message);
});

test.each<[string, Partial<SshInstallOptions>, string]>([
  ["a machine with a port", { host: "10.0.0.11:2222" }, "install.host is"],
  ["a missing host key", { hostKey: missing as HostKey }, "install.hostKey is missing"],
  ["a host key that is plain text", { hostKey: "ssh-ed25519 AAAA" as unknown as HostKey }, "HostKey.of("],
  ["the user root", { user: "root" }, "other than root"],
  [
    "a key file that Terraform would interpolate",
    { privateKeyFile: "${path.module}/key" },
    "install.privateKeyFile is",
  ],
  ["a port out of range", { port: 70000 }, "from 1 to 65535"],
  ["an unknown carrier", { carrier: "null" }, "expected one of null_resource, terraform_data"],
  ["a bastion without host key", { bastionHost: "jump.example" }, "install.bastionHostKey is missing"],
  [
    "a bastion with any key before a host with a certain one",
    { bastionHost: "jump.example", bastionHostKey: HostKey.acceptAny() },
    "install.bastionHostKey accepts any key",
  ],
  ["a bastion's user without bastion", { bastionUser: "me" }, "without install.bastionHost"],
  ["http without checksum", { installerUrl: "http://mirror.example/ece.sh" }, "installerSha256"],
  ["a URL with quotes", { installerUrl: "https://x/'; id; '" }, "install.installerUrl is"],
  ["a checksum that is none", { installerSha256: "abc" }, "64 hexadecimal digits"],
  ["two installers", { installerFile: "ece.sh", installerPath: "/opt/ece.sh" }, "several installers"],
])("refuses %s in an SSH install", (_, options, message) => {
  expect(refusal({ install: sshInstall(options) })).toContain(message);
});

test("refuses a host role that a shared token does not carry", () => {
  const stack = newStack();
  const token = HostToken.shared(new RolesToken(stack, "token", { roles: [EceRole.PROXY] }));

  expect(() => newHost(stack, { token, roles: [EceRole.PROXY, EceRole.ALLOCATOR] })).toThrow(
    "[stack/host] the shared token carries proxy but not allocator",
  );
});

test("tells everything that is wrong at once", () => {
  expect(refusal({ runnerId: "a b", roles: [], availabilityZone: "$(id)" })).toMatch(
    /runnerId.*; roles.*; availabilityZone/,
  );
});

test("lets no value through that the installer would split, glob, or execute", () => {
  const hostile = fc
    .tuple(
      fc.string({ maxLength: 8 }),
      fc.constantFrom(..." \t\n'\"`$*?[]~;&|<>\\!#%(){}"),
      fc.string({ maxLength: 8 }),
    )
    .map((parts) => parts.join(""));
  const props = [
    "runnerId",
    "coordinatorHost",
    "availabilityZone",
    "hostStoragePath",
    "hostIp",
    "dockerRegistry",
    "eceDockerRepository",
    "version",
  ];

  fc.assert(
    fc.property(
      fc.oneof(
        hostile,
        fc.string().map((text) => `-${text}`),
      ),
      fc.constantFrom(...props),
      (value, prop) => {
        expect(refusal({ [prop]: value })).toContain(`${prop} is ${JSON.stringify(value)}`);
      },
    ),
    { numRuns: 150 },
  );
});

test("what only Terraform knows can be a tag's value, a name, and the value of an argument", () => {
  const stack = newStack();
  const value = new TerraformVariable(stack, "value", {}).stringValue;

  newHost(stack, {
    allocatorTags: { disk: value },
    externalHostnames: [value],
    installerArguments: ["--proxy-tags", value],
  });

  expect(installSettings(synthesize(stack))).toContain(
    `--allocator-tags '\${replace("disk:\${var.value}", "/[^ -~]|'/", "?")}'`,
  );
  expect(installSettings(synthesize(stack))).toContain(`--proxy-tags '\${replace(var.value, "/[^ -~]|'/", "?")}'`);
});

test("a heap that only Terraform knows is refused in words", () => {
  const heap = new TerraformVariable(newStack(), "heap", {}).numberValue;

  expect(() => MemorySettings.of({ runnerGb: heap })).toThrow(
    "MemorySettings.of() got a heap for runner that only Terraform knows: it must be known at synth",
  );
});

test("needs roles that are known for heaps that follow them", () => {
  const stack = newStack();
  const roles = new TerraformVariable(stack, "roles", {}).listValue;

  expect(() => newHost(stack, { roles, memorySettings: MemorySettings.small() }, "small")).toThrow("known at synth");
  expect(() => newHost(stack, { roles, token: HostToken.ephemeral() }, "ephemeral")).toThrow("known at synth");
  expect(() => newHost(stack, { roles, memorySettings: MemorySettings.of({ runnerGb: 1 }) }, "chosen")).not.toThrow();
});
