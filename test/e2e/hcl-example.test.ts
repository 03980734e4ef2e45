import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { LOOPBACK, SHOWS_PROCESSES, listeningAddresses, processesWith } from "../support/processes";
import { PACKAGE_ROOT } from "../support/sandbox";
import { liveTokens } from "../support/simulator-state";
import { TerraformFolder, operatorEnvironment } from "../support/terraform";
import { useEach } from "../support/use-each";
import { useSimulator } from "../support/use-simulator";

const RUNNER_ID = "10.0.0.11";
const JOINED = ["-var", `joined=["${RUNNER_ID}"]`];

interface Outputs {
  readonly platform_version: { readonly value: string };
  readonly roles_token: { readonly value: string; readonly sensitive: boolean };
}

const simulator = useSimulator();
const example = useEach(
  () => new TerraformFolder(operatorEnvironment(simulator()), "example"),
  (folder) => folder.remove(),
);

beforeEach(async () => {
  const { folder, sandbox } = example();
  copyFileSync(join(PACKAGE_ROOT, "examples/hcl/main.tf"), join(folder, "main.tf"));
  const cli = join(PACKAGE_ROOT, "dist/cli/main.js");
  await sandbox.run(process.execPath, [cli, "provider", "vendor", folder]);
  expect(await example().init()).toMatchObject({ exitCode: 0 });
});

function isAllocator(): boolean | undefined {
  return simulator()
    .state()
    .runners.find(({ runnerId }) => runnerId === RUNNER_ID)
    ?.roles.includes("allocator");
}

/** What the installer on a host does with the outputs. */
function install({ roles_token: token, platform_version: version }: Outputs): void {
  simulator().platform.join({
    coordinatorHost: "192.168.44.10",
    rolesToken: token.value,
    roles: ["allocator"],
    runnerId: RUNNER_ID,
    hostIp: RUNNER_ID,
    availabilityZone: "ece-zone-1",
    version: version.value,
  });
}

test("the HCL example runs as its steps say, and leaves the platform's tokens as they were", async () => {
  const tokensAtStart = liveTokens(simulator());

  const validation = await example().terraform(["validate"]);
  const firstPlan = await example().plan();
  const applied = await example().apply();
  const secondPlan = await example().plan();
  const outputs = JSON.parse((await example().terraform(["output", "-json"])).stdout) as Outputs;
  install(outputs);
  const joined = await example().apply(...JOINED);
  const planAfterJoin = await example().plan(...JOINED);
  const wasAllocator = isAllocator();
  const destroyed = await example().destroy(...JOINED);

  const succeeded = [validation, applied, secondPlan, joined, planAfterJoin, destroyed];
  expect(succeeded.map(({ exitCode }) => exitCode)).toEqual(succeeded.map(() => 0));
  expect(firstPlan).toMatchObject({ exitCode: 2 });
  expect(outputs).toMatchObject({ platform_version: { value: "4.0.3" }, roles_token: { sensitive: true } });
  expect(succeeded.map(({ output }) => output).join()).not.toContain(outputs.roles_token.value);
  expect([wasAllocator, isAllocator()]).toEqual([true, false]);
  expect(liveTokens(simulator())).toEqual(tokensAtStart);
});

(SHOWS_PROCESSES ? test : test.skip)(
  "while the provider works, nothing of Terraform listens beyond loopback",
  async () => {
    const { sandbox } = example();
    let looked: { programs: number; addresses: string[] } | undefined;
    simulator().faults.add({ method: "POST", path: "/platform", kind: "delay", milliseconds: 60_000 });

    await example().terraform(["apply", "-auto-approve", "-input=false"], {
      onOutput: (output, interrupt) => {
        if (looked !== undefined || !output.includes("ece_roles_token.allocators: Creating...")) return;
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
