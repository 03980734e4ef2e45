import { readFileSync } from "node:fs";
import { join } from "node:path";
import { COMMAND_FILE } from "../cli/command-line";
import { addHost } from "../simulator/joining";
import { PACKAGE_ROOT } from "../support/sandbox";
import { liveTokens } from "../support/simulator-state";
import { operatorEnvironment, TerraformFolder, useWorkspace } from "../support/terraform";
import { useSimulator } from "../support/use-simulator";

const simulator = useSimulator();
const workspace = useWorkspace(simulator);

const IDS = Array.from({ length: 19 }, (_, i) => `192.168.45.${i + 1}`);
const [FIRST, SECOND] = IDS as [string, string];

/** What nothing of a takeover may change. */
let before: { readonly state: unknown; readonly tokens: readonly string[] };

/** With the host of its own, a platform of 20 hosts. */
beforeEach(() => {
  const { platform } = simulator();
  for (const runnerId of IDS) addHost(platform, { runnerId, roles: ["allocator"], allocatorTags: "rack:7" });
  platform.tokens.mint({ roles: ["proxy"], persistent: true });
  platform.allocators.startMaintenance(platform.allocators.find(SECOND));
  before = { state: simulator().state(), tokens: liveTokens(simulator()) };
});

/** Applies a folder with the program as it was written; Terraform says what it did. */
async function takeOver(folder: TerraformFolder): Promise<void> {
  expect(await folder.init()).toMatchObject({ exitCode: 0 });
  const imported = await folder.apply();
  expect(imported.output).toMatch(/ imported, 0 added, 0 changed, 0 destroyed/);
  expect(simulator().state()).toEqual(before.state);
  expect(await folder.plan()).toMatchObject({ exitCode: 0 });
}

/** Applies a change by which one host goes; somebody removes ECE from it once it has no roles. */
async function removeFirst(folder: TerraformFolder): Promise<void> {
  const removed = await folder.terraform(["apply", "-auto-approve", "-input=false"], {
    onOutput: (output) => {
      if (/ece_host_roles\S+: Destruction complete/.test(output)) simulator().platform.disconnect(FIRST);
    },
  });
  expect(removed.output).toContain("0 added, 0 changed, 3 destroyed");
  const { runners, allocators } = simulator().state();
  expect(runners.map(({ runnerId }) => runnerId)).not.toContain(FIRST);
  expect(allocators.find(({ allocatorId }) => allocatorId === SECOND)).toMatchObject({ maintenanceMode: true });
  expect(liveTokens(simulator())).toEqual(before.tokens);
}

test("a platform of 20 hosts is taken over in HCL, one host gets a role, and one goes", async () => {
  const folder = workspace();
  const { sandbox } = folder;
  const run = await sandbox.run(process.execPath, [COMMAND_FILE, "import", "--hcl"], {
    cwd: folder.folder,
    env: folder.environment,
  });
  expect(run).toMatchObject({ exitCode: 0 });
  const file = join(folder.folder, "ece-platform.tf");
  const program = readFileSync(file, "utf8");

  await takeOver(folder);
  const third = new RegExp(`(resource "ece_host_roles" "host_192_168_45_3" \\{[^}]*)\\["allocator"\\]`);
  sandbox.writeFile("stack/ece-platform.tf", program.replace(third, '$1["allocator", "proxy"]'));
  const changed = await folder.apply();
  expect(changed.output).toContain("0 added, 1 changed, 0 destroyed");
  const without = program
    .replace(third, '$1["allocator", "proxy"]')
    .replaceAll(/import \{\n {2}to = \w+\.\w+_192_168_45_1\n[^]*?\n\}\n\nresource [^]*?\n\}\n\n/g, "");
  sandbox.writeFile("stack/ece-platform.tf", without);
  await removeFirst(folder);
});

test("a platform of 20 hosts is taken over in TypeScript, one host gets a role, and one goes", async () => {
  const folder = new TerraformFolder(operatorEnvironment(simulator()), join("cdktf.out", "stacks", "ece"));
  const { sandbox } = folder;
  try {
    const cwd = sandbox.folder;
    const run = await sandbox.run(process.execPath, [COMMAND_FILE, "import"], { cwd, env: folder.environment });
    expect(run).toMatchObject({ exitCode: 0 });
    const program = readFileSync(join(cwd, "ece-platform.ts"), "utf8");
    const synth = async (text: string) => {
      const main = sandbox.writeFile(
        "main.ts",
        text
          .replace('"cdktf"', JSON.stringify(require.resolve("cdktf")))
          .replace('"cdktf-ece"', JSON.stringify(join(PACKAGE_ROOT, "lib"))),
      );
      const synthesized = await sandbox.run(process.execPath, [require.resolve("tsx/cli"), main], { cwd });
      expect(synthesized).toMatchObject({ exitCode: 0, output: "" });
    };

    await synth(program);
    await takeOver(folder);
    const changed = program.replace(
      /("192\.168\.45\.3",\n\s+roles: )\[EceRole\.ALLOCATOR\]/,
      "$1[EceRole.ALLOCATOR, EceRole.PROXY]",
    );
    await synth(changed);
    expect((await folder.apply()).output).toContain("0 added, 1 changed, 0 destroyed");
    await synth(changed.replace(/const host_192_168_45_1 = [^]*?importFrom\(.*\n/, ""));
    await removeFirst(folder);
  } finally {
    folder.remove();
  }
});
