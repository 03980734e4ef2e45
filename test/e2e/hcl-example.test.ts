import { copyFileSync } from "node:fs";
import { join } from "node:path";
import type { SimulatedHost } from "../../lib/simulator";
import { LOOPBACK, SHOWS_PROCESSES, listeningAddresses, processesWith } from "../support/processes";
import { PACKAGE_ROOT } from "../support/sandbox";
import { liveTokens } from "../support/simulator-state";
import { TerraformFolder, operatorEnvironment } from "../support/terraform";
import { useEach } from "../support/use-each";
import { useSimulator } from "../support/use-simulator";

const simulator = useSimulator({ hosts: 1 });
const example = useEach(
  () => new TerraformFolder(operatorEnvironment(simulator()), "example"),
  (folder) => folder.remove(),
);

beforeEach(async () => {
  const { folder, sandbox } = example();
  copyFileSync(join(PACKAGE_ROOT, "examples/hcl/main.tf"), join(folder, "main.tf"));
  declare(simulator().hosts);
  const cli = join(PACKAGE_ROOT, "dist/cli/main.js");
  await sandbox.run(process.execPath, [cli, "provider", "vendor", folder]);
  expect(await example().init()).toMatchObject({ exitCode: 0 });
});

/** What the steps let the user write down. */
function declare(hosts: readonly SimulatedHost[]): void {
  const { environment, sandbox } = example();
  // All simulated hosts have keys of their own.
  environment.ECE_SSH_PRIVATE_KEY_FILE = hosts[0]?.privateKeyFile ?? environment.ECE_SSH_PRIVATE_KEY_FILE;
  const entries = hosts.map(({ runnerId, sshHost, sshPort, user, hostKey }) => [
    runnerId,
    { address: sshHost, port: sshPort, user, zone: "ece-zone-1", host_key: hostKey },
  ]);
  sandbox.writeFile(
    "example/terraform.tfvars.json",
    JSON.stringify({ coordinator_host: simulator().coordinatorHost, hosts: Object.fromEntries(entries) as object }),
  );
}

function joined(): string[] {
  return simulator()
    .state()
    .runners.filter(({ connected, roles }) => connected && roles.includes("allocator"))
    .map(({ runnerId }) => runnerId);
}

test("the HCL example runs as its steps say, and leaves the platform as it was", async () => {
  const [host] = simulator().hosts;
  const [atStart, tokensAtStart] = [joined(), liveTokens(simulator())];
  declare([host!]);

  const validation = await example().terraform(["validate"]);
  const applied = await example().apply();
  const secondPlan = await example().plan();
  const afterwards = joined();
  const withoutHost = await (declare([]), example().apply());

  const succeeded = [validation, applied, secondPlan, withoutHost];
  expect(succeeded.map(({ exitCode }) => exitCode)).toEqual(succeeded.map(() => 0));
  expect(applied.output).toContain("Elastic Cloud Enterprise installation completed successfully");
  const tokens = simulator().platform.tokens.all();
  expect(tokens.filter(({ token }) => succeeded.some(({ output }) => output.includes(token)))).toEqual([]);
  expect(tokens.filter(({ token }) => host!.grep(token).length > 0)).toEqual([]);
  expect(afterwards).toEqual([...atStart, host!.runnerId]);
  expect(joined()).toEqual(atStart);
  expect(host!.containers).toEqual([]);
  expect(liveTokens(simulator())).toEqual(tokensAtStart);
});

(SHOWS_PROCESSES ? test : test.skip)(
  "while the provider works, nothing of Terraform listens beyond loopback",
  async () => {
    const { sandbox } = example();
    let looked: { programs: number; addresses: string[] } | undefined;
    simulator().faults.add({
      method: "POST",
      path: "/platform/configuration/security/enrollment-tokens",
      kind: "delay",
      milliseconds: 60_000,
    });

    await example().terraform(["apply", "-auto-approve", "-input=false"], {
      onOutput: (output, interrupt) => {
        if (looked !== undefined || !/ece_roles_token\.allocator\[.*\]: Creating\.\.\./.test(output)) return;
        const programs = processesWith(sandbox.folder);
        looked = { programs: programs.length, addresses: listeningAddresses(programs) };
        interrupt();
      },
    });

    expect(looked?.programs).toBeGreaterThanOrEqual(2);
    expect(LOOPBACK).toEqual(expect.arrayContaining(looked?.addresses ?? ["nobody looked"]));
  },
);

test("the shipped provider, started by hand, says what it is and ends with 1", async () => {
  const started = await example().sandbox.run(join(PACKAGE_ROOT, "dist/terraform-provider-ece"), []);

  expect(started).toMatchObject({ exitCode: 1, stdout: "" });
  expect(started.stderr).toContain("Terraform provider");
});
