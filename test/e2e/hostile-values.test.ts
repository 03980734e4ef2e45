import { App, LocalBackend, TerraformOutput, TerraformStack, TerraformVariable, Token } from "cdktf";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ContainerEngine, EceHost, EceRole, MemorySettings } from "../../lib";
import { INSTALL_SCRIPT, renderInstallSettings, shellWord } from "../../lib/constructs/scripts/render";
import { SETTINGS } from "../constructs/simulated-install";
import { asTerraformRenders } from "../constructs/terraform-text";
import { allocatorOn, useHostStack } from "../support/host-stack";
import { type Sandbox, useSandbox } from "../support/sandbox";
import { fc } from "../support/property";
import { useSimulator } from "../support/use-simulator";

const newSandbox = useSandbox();

describe("on a simulated host", () => {
  const platform = useSimulator({ hosts: [{ engine: "podman", storageRoots: ["/srv"] }] });
  const hostStack = useHostStack(platform);

  test("every option reaches the installer as it is, and a value from a variable, too, unless the installer would mangle it", async () => {
    const [simulator, stack] = [platform(), hostStack()];
    const host = simulator.hosts[0]!;
    const deploy = (zone: string) =>
      stack.deploy((scope) => {
        const availabilityZone = new TerraformVariable(scope, "zone", { default: zone }).stringValue;
        new EceHost(scope, "host", {
          ...allocatorOn(host, simulator),
          roles: [EceRole.ALLOCATOR, EceRole.PROXY],
          availabilityZone,
          hostStoragePath: "/srv/ece-data/v1.0_a",
          hostIp: "10.1.0.11",
          capacityMb: 65536,
          memorySettings: MemorySettings.large(),
          allocatorTags: { disk: "ssd", "rack.row": "7-b" },
          dockerRegistry: "registry.example:5000/mirror",
          eceDockerRepository: "elastic/cloud_enterprise",
          containerEngine: ContainerEngine.PODMAN,
          selinux: true,
          timeoutFactor: 2.5,
          version: "4.0.3",
          force: true,
          debug: true,
        });
      });

    const refused = await deploy("zone'; touch \"$HOME/executed\"; echo '");
    const installsAfterRefusal = host.installs.length;
    const deployed = await deploy("zone-b");

    expect(refused).toMatchObject({ exitCode: 1 });
    expect(refused.output).toContain("the installer would mangle the value of --availability-zone");
    expect(existsSync(join(host.folder, "home/executed"))).toBe(false);
    expect(installsAfterRefusal).toBe(0);
    expect(deployed).toMatchObject({ exitCode: 0 });
    const [{ arguments: args, settings } = { arguments: [], settings: {} }] = host.installs;
    expect(args.filter((arg) => !arg.startsWith("(token "))).toEqual([
      ..."install --coordinator-host 127.0.0.1 --roles-token --roles allocator,proxy".split(" "),
      ..."--runner-id 192.168.44.11 --host-storage-path /srv/ece-data/v1.0_a --cloud-enterprise-version 4.0.3".split(
        " ",
      ),
      ..."--availability-zone zone-b --host-ip 10.1.0.11 --capacity 65536 --memory-settings".split(" "),
      '{"runner":{"xms":"1G","xmx":"1G"},"allocator":{"xms":"4G","xmx":"4G"}}',
      ..."--allocator-tags disk:ssd,rack.row:7-b --docker-registry registry.example:5000/mirror".split(" "),
      ..."--ece-docker-repository elastic/cloud_enterprise --timeout-factor 2.5".split(" "),
      ..."--podman --selinux --force --debug".split(" "),
    ]);
    // What the installer made of them, after its own splitting, globbing and evaluating.
    expect(settings).toMatchObject({
      RUNNER_ROLES: "allocator,proxy",
      RUNNER_ID: "192.168.44.11",
      AVAILABILITY_ZONE: "zone-b",
      HOST_STORAGE_PATH: "/srv/ece-data/v1.0_a",
      HOST_IP: "10.1.0.11",
      CAPACITY: "65536",
      MEMORY_SETTINGS: '{"runner":{"xms":"1G","xmx":"1G"},"allocator":{"xms":"4G","xmx":"4G"}}',
      ALLOCATOR_TAGS: "disk:ssd,rack.row:7-b",
      DOCKER_REGISTRY: "registry.example:5000/mirror",
      ECE_DOCKER_REPOSITORY: "elastic/cloud_enterprise",
      TIMEOUT_FACTOR: "2.5",
      PODMAN: "true",
      SELINUX: "true",
      FORCE_INSTALL: "true",
    });
  });
});

test("whatever a variable holds, the script that Terraform renders passes it on as it is or refuses it", async () => {
  const sandbox = newSandbox();
  const characters = [
    ..."az09.-_/:,{}[]()*?!~#&|;<>$`'\"\\ \n\t\r%=@+^",
    "${",
    "%{",
    "$${",
    "é",
    "‘",
    "\u2028",
    "--",
    "\\'",
  ];
  const values = fc.sample(
    fc.oneof(
      fc.string({ unit: fc.constantFrom(...characters), maxLength: 12 }),
      fc.stringMatching(/^[A-Za-z0-9/{][A-Za-z0-9./:_,{}"-]{0,12}$/),
      fc.constantFrom(
        "$(touch executed)",
        "`touch executed`",
        "'; touch executed; '",
        "a\ntouch executed",
        "*",
        "~",
        "",
      ),
    ),
    200,
  );

  const words = await renderedByTerraform(sandbox, values);
  const [prelude] = readFileSync(INSTALL_SCRIPT, "utf8").split("main() {");
  sandbox.writeFile("settings.sh", asTerraformRenders(renderInstallSettings(SETTINGS)));
  const script = [
    prelude,
    "installer_arguments=()",
    ...words.map(
      (word) => `(add --flag ${word} 2>&3 && printf '%s\\0' "\${installer_arguments[1]}") || printf 'refused\\0'`,
    ),
  ].join("\n");
  const file = sandbox.writeFile("install.sh", `exec 3>/dev/null\n${script}`);
  const { stdout } = await sandbox.run("bash", [file, "detached"]);

  const harmless = /^[A-Za-z0-9/{][A-Za-z0-9./:_,{}"-]*$/;
  expect(stdout.split("\0").slice(0, -1)).toEqual(values.map((value) => (harmless.test(value) ? value : "refused")));
  expect(values.filter((value) => harmless.test(value)).length).toBeGreaterThan(20);
  expect(existsSync(join(sandbox.folder, "executed"))).toBe(false);
});

/** What real Terraform makes of the references that stand for these values in a script. */
async function renderedByTerraform(sandbox: Sandbox, values: readonly string[]): Promise<string[]> {
  const app = new App({ outdir: sandbox.folder });
  const stack = new TerraformStack(app, "values");
  const cwd = join(sandbox.folder, "stacks/values");
  new LocalBackend(stack, { path: join(cwd, "terraform.tfstate") });
  values.forEach((_, index) => {
    const value = new TerraformVariable(stack, `value${index}`, { type: "string" });
    new TerraformOutput(stack, `word${index}`, { value: shellWord(Token.asString(value.value)) });
  });
  app.synth();
  sandbox.writeFile(
    "stacks/values/terraform.tfvars.json",
    JSON.stringify(Object.fromEntries(values.map((value, index) => [`value${index}`, value]))),
  );
  await sandbox.run("terraform", ["init", "-input=false"], { cwd });
  expect(await sandbox.run("terraform", ["apply", "-auto-approve", "-input=false"], { cwd })).toMatchObject({
    exitCode: 0,
  });
  const { stdout } = await sandbox.run("terraform", ["output", "-json"], { cwd });
  const outputs = JSON.parse(stdout) as { [name: string]: { value: string } };
  return values.map((_, index) => outputs[`word${index}`]!.value);
}
