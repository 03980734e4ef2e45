import { chmodSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { freePort } from "../support/free-port";
import { PACKAGE_ROOT, type RunOptions } from "../support/sandbox";
import { machineConfig } from "../support/installed-machine";
import { operatorEnvironment } from "../support/terraform";
import { useSimulator } from "../support/use-simulator";
import { installEce } from "../support/worlds";
import { useCommandLine } from "./command-line";

interface Told {
  readonly subject: string;
  readonly verdict: "well" | "advice" | "fault";
  readonly found: string;
  readonly remedy?: string;
}

const commandLine = useCommandLine();
const simulator = useSimulator({ hosts: 1, coordinators: 2 });
const machine = () => simulator().hosts[0]!;

beforeEach(() => symlinkSync(join(PACKAGE_ROOT, "node_modules"), join(commandLine.sandbox.folder, "node_modules")));

function environment(overrides: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  return { ...operatorEnvironment(simulator()), ...overrides };
}

function doctor(args: string[] = [], { env = {}, ...options }: RunOptions = {}) {
  return commandLine.run(["doctor", ...args], { env: environment(env), ...options });
}

async function told(args: string[] = [], options: RunOptions = {}) {
  const { exitCode, stdout } = await doctor(["--json", ...args], options);
  const { findings } = JSON.parse(stdout) as { findings: readonly Told[] };
  const about = (subject: string) => findings.filter((finding) => finding.subject.startsWith(subject));
  return { exitCode, findings, about };
}

/** What `terraform show -json` writes of a plan with one machine, in a module. */
function planOf(values: object): string {
  const resources = [
    { type: "terraform_data", values: { input: "a-secret" } },
    { type: "ece_host_machine", values },
  ];
  return JSON.stringify({
    format_version: "1.2",
    planned_values: { root_module: { child_modules: [{ resources }] } },
  });
}

describe("doctor", () => {
  test("finds everything well, says so line by line, and changes nothing", async () => {
    const before = simulator().state();

    const plan = planOf({ ...machineConfig(machine()), roles: ["proxy"] });
    const { exitCode, stdout, stderr } = await doctor(["--plan", "-"], { input: plan });

    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toMatch(/^✔ node: \d+\.\d+\.\d+\n✔ terraform: terraform \d+\.\d+\.\d+\n✔ cdktf: cdktf-cli \d/);
    expect(stdout).toMatch(/\n✔ provider: terraform\.local\/cdktf-ece\/ece \S+, h1:\S+=\n/);
    expect(stdout).toContain(`\n✔ coordinator ${simulator().endpoint}: answers, with a certificate that is accepted\n`);
    expect(stdout).toContain("\n✔ platform: runs ECE 4.0.3\n");
    expect(stdout).toContain("\n✔ rights: admin may do all that a deploy asks for\n");
    expect(stdout).toContain(`\n✔ host ${machine().runnerId}: 127.0.0.1 can take ECE\n`);
    expect(stdout).not.toContain("✘");
    expect(simulator().state()).toEqual(before);
    expect(simulator().requests.filter(({ method }) => method !== "GET")).toEqual([]);
    expect([simulator().password, "a-secret"].filter((secret) => stdout.includes(secret))).toEqual([]);
  });

  test("tells settings that are missing, and tools, before anything is asked", async () => {
    const { exitCode, about } = await told([], { env: { ECE_ENDPOINT: "", PATH: dirname(process.execPath) } });

    expect(exitCode).toBe(2);
    expect(about("settings")).toMatchObject([{ verdict: "fault", found: "No ECE endpoint" }]);
    expect(about("terraform")).toMatchObject([{ verdict: "fault", found: "neither terraform nor tofu is on PATH" }]);
    expect(simulator().requests).toEqual([]);
  });

  test("tells a Terraform that is too old, or that TERRAFORM_BINARY_NAME names in vain", async () => {
    const old = commandLine.sandbox.writeFile("old", `#!/bin/sh\necho '{"terraform_version":"1.3.9"}'\n`);
    chmodSync(old, 0o755);

    const outdated = await told([], { env: { TERRAFORM_BINARY_NAME: old } });
    const missing = await told([], { env: { TERRAFORM_BINARY_NAME: "terraform-of-nobody" } });

    expect(outdated.about("terraform")).toMatchObject([{ verdict: "fault", found: `${old} 1.3.9 is too old` }]);
    expect(missing.about("terraform")[0]?.found).toContain("terraform-of-nobody (TERRAFORM_BINARY_NAME) does not run");
  });

  test("tells each coordinator by itself: one that is gone, one that is trusted by nobody", async () => {
    const closed = await freePort();
    const [first = ""] = simulator().endpoints;

    const partly = await told([], { env: { ECE_ENDPOINT: `https://127.0.0.1:${closed},${first}` } });
    const untrusted = await told([], { env: { ECE_CA_CERTIFICATE_FILE: "" } });

    expect(partly.exitCode).toBe(2);
    expect(partly.about("coordinator")).toMatchObject([{ verdict: "fault" }, { verdict: "well" }]);
    expect(partly.about("coordinator")[0]?.found).toMatch(/^refused: /);
    expect(partly.about("platform")).toMatchObject([{ verdict: "well" }]);
    expect(untrusted.exitCode).toBe(2);
    expect(untrusted.about("coordinator")[0]?.found).toMatch(/^certificate: /);
    expect(untrusted.about("coordinator")[0]?.remedy).toContain("openssl s_client");
  });

  test("tells a password that is not taken, and never shows it", async () => {
    const { stdout, exitCode } = await doctor([], { env: { ECE_PASSWORD: "not-the-password" } });

    expect(exitCode).toBe(2);
    expect(stdout).toMatch(/✘ coordinator \S+: GET \/api\/v1\/users\/auth: 401/);
    expect(stdout).not.toContain("not-the-password");
  });

  test.each([true, false])("tells a user that may read only, permissions listed: %s", async (tellsPermissions) => {
    Object.assign(simulator().users, { role: "ece_platform_viewer", tellsPermissions });

    const { exitCode, about } = await told();

    expect(exitCode).toBe(2);
    expect(about("rights")).toMatchObject([
      { verdict: "fault", found: expect.stringContaining("may not create-enrollment-token") as string },
    ]);
    expect(about("rights")[0]?.remedy).toContain("Platform admin");
  });

  test("says so where the platform does not tell what its user may do", async () => {
    // The first call below this path asks who the user is.
    simulator().faults.add({ path: "/user", kind: "status", status: 404, after: 1 });

    const { exitCode, about } = await told();

    expect(exitCode).toBe(0);
    expect(about("rights")).toMatchObject([{ verdict: "advice" }]);
  });

  test("warns of an API key that expires soon", async () => {
    simulator().users.apiKeyExpiresAt = new Date(Date.now() + 10 * 24 * 60 * 60 * 1000);
    const key = { ECE_API_KEY: simulator().apiKey, ECE_USERNAME: "", ECE_PASSWORD: "" };

    const { exitCode, about } = await told([], { env: key });

    expect(exitCode).toBe(0);
    expect(about("credentials")[0]?.found).toContain("The ECE API key expires on");
  });

  test("tells what a machine lacks, as ece_host_machine would", async () => {
    machine().faults.portsInUse.add(21000);

    const { exitCode, about } = await told(["--plan", "-"], { input: planOf(machineConfig(machine())) });

    expect(exitCode).toBe(2);
    expect(about("host")).toMatchObject([
      { verdict: "fault", found: expect.stringContaining("The installer needs the port 21000") as string },
    ]);
  });

  test("tells a machine that cannot be reached, or whose address nobody knows yet", async () => {
    const away = planOf(machineConfig(machine(), { ssh_port: await freePort() }));
    const later = planOf({ ...machineConfig(machine()), ssh_host: undefined });
    const keyless = planOf(machineConfig(machine(), { ssh_private_key_file: "no-such-key" }));

    const [unreachable, unknown, locked] = [
      await told(["--plan", "-"], { input: away }),
      await told(["--plan", "-"], { input: later }),
      await told(["--plan", "-"], { input: keyless }),
    ];

    expect(unreachable).toMatchObject({ exitCode: 2 });
    expect(unreachable.about("host")[0]?.found).toContain("cannot be reached by SSH");
    expect(unknown).toMatchObject({ exitCode: 0 });
    expect(unknown.about("host")[0]?.found).toBe("its address is not known yet");
    expect(locked.about("host")[0]?.found).toContain("no-such-key");
  });

  test("takes a machine of a state that is a host already as it is", async () => {
    await installEce(simulator(), machine());
    const instances = [{ attributes: machineConfig(machine()) }];
    const resources = [{ mode: "managed", type: "ece_host_machine", name: "this", instances }];

    const { exitCode, about } = await told(["--state", "-"], { input: JSON.stringify({ version: 4, resources }) });

    expect(exitCode).toBe(0);
    expect(about("host")).toMatchObject([
      { verdict: "well", found: `ECE runs there already, as ${machine().runnerId}` },
    ]);
  });

  test.each(["{}", "not JSON: a-secret", `{"format_version":"1.2"}`])("refuses %s as a plan", async (input) => {
    const { exitCode, stdout, stderr } = await doctor(["--plan", "-"], { input });

    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
    expect(stderr).toContain("terraform show -json PLANFILE");
    expect(stderr).not.toContain("a-secret");
  });
});
