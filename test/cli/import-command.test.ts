import { readFileSync } from "node:fs";
import { join } from "node:path";
import { addHost } from "../simulator/joining";
import { operatorEnvironment } from "../support/terraform";
import { useSimulator } from "../support/use-simulator";
import { useCommandLine } from "./command-line";

const ID = "192.168.44.11";

const commandLine = useCommandLine();
const simulator = useSimulator();

function runImport(...args: string[]) {
  const cwd = commandLine.sandbox.makeFolder("program");
  return commandLine.run(["import", ...args], { cwd, env: operatorEnvironment(simulator()) });
}

function written(file: string): string {
  return readFileSync(join(commandLine.sandbox.folder, "program", file), "utf8");
}

describe("import", () => {
  test("declares hosts, allocators and tokens as they are, tells nothing secret, and changes nothing", async () => {
    const { platform, password } = simulator();
    addHost(platform, { runnerId: ID, roles: ["allocator", "proxy"], allocatorTags: "rack:7" });
    const { id } = platform.tokens.mint({ roles: ["proxy"], persistent: true });
    platform.allocators.startMaintenance(platform.allocators.find(ID));
    const before = simulator().state();

    const { exitCode, stdout, stderr } = await runImport();

    const program = written("ece-platform.ts");
    expect({ exitCode, stdout }).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining("ece-platform.ts") as string,
    });
    expect(program).toContain(`// In maintenance mode, which is left as it is.
const host_192_168_44_11 = new EceHost(stack, "host-192-168-44-11", {
  runnerId: "${ID}",
  roles: [EceRole.ALLOCATOR, EceRole.PROXY],
  availabilityZone: "ece-zone-1",
  adopt: true,
});
new Allocator(stack, "allocator-192-168-44-11", {
  allocatorId: host_192_168_44_11.runnerId,
  tags: {
    "rack": "7",
  },
}).importFrom("${ID}");
`);
    expect(program).toContain(`{ roles: [EceRole.PROXY] }).importFrom("${id}");`);
    expect(stderr).toMatch(/Left out: token \S+: it has the roles of the platform's emergency token/);
    const secrets = [password, ...platform.tokens.all().map(({ token }) => token)];
    expect(secrets.filter((secret) => `${program}${stdout}${stderr}`.includes(secret))).toEqual([]);
    expect(simulator().state()).toEqual(before);
    expect(simulator().requests.filter(({ method }) => method !== "GET")).toEqual([]);
  });

  test("overwrites a file only with --force", async () => {
    const file = commandLine.sandbox.writeFile("program/ece-platform.tf", "mine");

    const refused = await runImport("--hcl");
    const kept = readFileSync(file, "utf8");
    const forced = await runImport("--hcl", "--force");

    expect(refused).toMatchObject({ exitCode: 1, stdout: "" });
    expect(refused.stderr).toContain("ece-platform.tf is there already and was left as it is");
    expect(kept).toBe("mine");
    expect(forced).toMatchObject({ exitCode: 0 });
    expect(written("ece-platform.tf")).toContain(`provider "ece" {}`);
  });

  test("exits with 2 where a host cannot be declared, which it names", async () => {
    addHost(simulator().platform, { runnerId: ID, roles: ["allocator"] });
    simulator().platform.setRoles(ID, ["beats-runner"]);

    const { exitCode, stdout, stderr } = await runImport("--json");

    expect(exitCode).toBe(2);
    expect(stderr).toContain(`Left out: host ${ID}: it has no role`);
    expect(JSON.parse(stdout)).toMatchObject({
      file: "ece-platform.ts",
      hosts: [{ name: "host_192_168_44_10", runnerId: "192.168.44.10", connected: true, maintenance: false }],
    });
    expect(written("ece-platform.ts")).toContain(`// - host ${ID}: it has no role`);
  });

  test("gives each its own name, and no text of the platform is taken for a template", async () => {
    const { platform } = simulator();
    for (const runnerId of ["a-1", "a.1", "a:1"]) addHost(platform, { runnerId, roles: ["allocator"] });
    platform.allocators.find("a-1").tags = [{ key: '"${path}%{', value: "*/ \\" }];

    const { stdout } = await runImport("--hcl", "--out", "-");

    expect(stdout.match(/^resource "ece_host" "\w+"/gm)).toEqual(
      ["192_168_44_10", "a_1", "a_1_2", "a_1_3"].map((name) => `resource "ece_host" "host_${name}"`),
    );
    expect(stdout).toContain('"\\"$${path}%%{" = "*/ \\\\"');
  });

  test("prints a program, or JSON, not both", async () => {
    expect(await runImport("--out", "-", "--json")).toMatchObject({ exitCode: 1, stdout: "" });
  });
});
