import { execFileSync } from "node:child_process";
import { chmodSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { eventually } from "../support/eventually";
import { liveTokens } from "../support/simulator-state";
import { textOf, useWorkspace } from "../support/terraform";
import { useSimulator } from "../support/use-simulator";

const ONE_TOKEN = `
provider "ece" {}

resource "ece_roles_token" "this" {
  roles = ["allocator"]
}
`;

const simulator = useSimulator();
const workspace = useWorkspace(simulator);

test("starts in a project of ES modules", async () => {
  workspace().sandbox.writeFile("package.json", `{ "type": "module" }`);
  await workspace().initialize(ONE_TOKEN);

  expect(await workspace().apply()).toMatchObject({ exitCode: 0 });
});

test("starts where the path of the temporary folder is longer than that of a socket may be", async () => {
  const TMPDIR = workspace().sandbox.makeFolder(join("tmp", "x".repeat(120)));
  await workspace().initialize(ONE_TOKEN);

  const applied = await workspace().terraform(["apply", "-auto-approve", "-input=false"], { env: { TMPDIR } });

  expect(applied).toMatchObject({ exitCode: 0 });
});

test("says in one line that there is no Node", async () => {
  await workspace().initialize(ONE_TOKEN);

  const plan = await workspace().terraform(["plan"], { env: { PATH: pathWith() } });

  expect(plan).toMatchObject({ exitCode: 1 });
  expect(textOf(plan)).toContain(
    "The Terraform provider of cdktf-ece needs Node 20 or newer, and there is no node on PATH",
  );
});

test("says in one line that Node is too old", async () => {
  await workspace().initialize(ONE_TOKEN);
  const older = workspace().sandbox.writeFile(
    "older.js",
    `Object.defineProperty(process, "versions", { value: { ...process.versions, node: "18.20.8" } });`,
  );
  const PATH = pathWith(`exec ${process.execPath} --require ${older} "$@"`);

  const plan = await workspace().terraform(["plan"], { env: { PATH } });

  expect(plan).toMatchObject({ exitCode: 1 });
  expect(textOf(plan)).toContain(
    "The Terraform provider of cdktf-ece needs Node 20 or newer, and the node on PATH is 18.20.8",
  );
});

test("goes on when the terminal hangs up, as long as Terraform does", async () => {
  const before = liveTokens(simulator());
  await workspace().initialize(`${ONE_TOKEN}
    resource "ece_roles_token" "next" {
      roles      = ["proxy"]
      depends_on = [ece_roles_token.this]
    }`);
  simulator().faults.add({
    method: "POST",
    path: "/platform/configuration/security/enrollment-tokens",
    kind: "delay-after-commit",
    milliseconds: 1500,
  });

  let hangUp: (name?: NodeJS.Signals) => void = () => undefined;
  const applying = workspace().sandbox.run("nohup", ["terraform", "apply", "-auto-approve", "-no-color"], {
    cwd: workspace().folder,
    env: workspace().environment,
    onOutput: (_, signal) => (hangUp = signal),
  });
  await eventually(() => liveTokens(simulator()).length > before.length);
  hangUp("SIGHUP");

  expect(await applying).toMatchObject({ exitCode: 0 });
  expect(workspace().stateOf("ece_roles_token.next")).toBeDefined();
});

/** A PATH with Terraform, and a `node` that is this script, if any. */
function pathWith(node?: string): string {
  const folder = workspace().sandbox.makeFolder("bin");
  const terraform = execFileSync("sh", ["-c", "command -v terraform"], { encoding: "utf8" }).trim();
  symlinkSync(terraform, join(folder, "terraform"));
  if (node !== undefined) {
    workspace().sandbox.writeFile("bin/node", `#!/bin/sh\n${node}\n`);
    chmodSync(join(folder, "node"), 0o755);
  }
  return folder;
}
