import { readFileSync } from "node:fs";
import { join } from "node:path";
import { textOf, useWorkspace } from "../support/terraform";
import { useSimulator } from "../support/use-simulator";

const simulator = useSimulator();
const workspace = useWorkspace(simulator);

function mint(...roles: string[]) {
  return simulator().platform.tokens.mint({ roles, persistent: true });
}

async function initialize(configuration: string): Promise<void> {
  await workspace().initialize(`provider "ece" {}
${configuration}`);
}

test("a token in a file is imported whole by a block, its configuration written by Terraform, and shown nowhere", async () => {
  const { id, token } = mint("allocator", "proxy");
  const file = workspace().sandbox.writeFile("token", token);
  await initialize(`
import {
  to = ece_roles_token.this
  id = "file:${file}"
}
`);

  const planned = await workspace().plan("-generate-config-out=generated.tf", "-out=import.tfplan");
  const applied = await workspace().terraform(["apply", "import.tfplan"]);
  const secondPlan = await workspace().plan();

  expect(planned.exitCode).toBe(2);
  expect(applied.output).toContain("1 imported, 0 added, 0 changed, 0 destroyed");
  expect(secondPlan).toMatchObject({ exitCode: 0 });
  expect(workspace().stateOf("ece_roles_token.this")).toMatchObject({ id, token, roles: ["allocator", "proxy"] });
  expect([planned, applied, secondPlan].filter(({ output }) => output.includes(token))).toEqual([]);
  expect(workspace().sandbox.filesContaining(token, "stack")).toEqual(["terraform.tfstate"]);
});

test("a host that was built by hand is taken over as it is, its configuration written by Terraform", async () => {
  const { platform } = simulator();
  const [runner] = simulator().state().runners;
  const id = runner!.runnerId;
  platform.allocators.startMaintenance(platform.allocators.find(id));
  const before = simulator().state();
  await initialize(`
import {
  to = ece_host.this
  id = "${id}"
}

import {
  to = ece_host_roles.this
  id = "${id}"
}

import {
  to = ece_allocator.this
  id = "${id}"
}
`);

  const planned = await workspace().plan("-generate-config-out=generated.tf", "-out=import.tfplan");
  const applied = await workspace().terraform(["apply", "import.tfplan"]);
  const secondPlan = await workspace().plan();

  expect(planned.exitCode).toBe(2);
  expect(applied.output).toContain("3 imported, 0 added, 0 changed, 0 destroyed");
  expect(secondPlan).toMatchObject({ exitCode: 0 });
  expect(readFileSync(join(workspace().folder, "generated.tf"), "utf8")).toMatch(/maintenance += true/);
  expect(simulator().state()).toEqual(before);
});

test("a token is imported by command, by its id without its secret and by itself with it", async () => {
  const byId = mint("proxy");
  const byToken = mint("proxy");
  await initialize(`
resource "ece_roles_token" "this" {
  for_each = toset(["by_id", "by_token"])
  roles    = ["proxy"]
}
`);

  const first = await workspace().terraform(["import", `ece_roles_token.this["by_id"]`, byId.id]);
  const second = await workspace().terraform(["import", `ece_roles_token.this["by_token"]`, byToken.token]);
  const plan = await workspace().plan();

  expect([first, second]).toMatchObject([{ exitCode: 0 }, { exitCode: 0 }]);
  expect(textOf(second)).toContain("Warning: Terraform has shown the roles token");
  expect(plan).toMatchObject({ exitCode: 0 });
  expect(workspace().readState()).toContain(byToken.token);
  expect(workspace().readState()).not.toContain(byId.token);
});

test("what cannot be imported says why, and what looks like the emergency token warns", async () => {
  const ephemeral = simulator().platform.tokens.mint({ roles: ["proxy"], persistent: false });
  const file = workspace().sandbox.writeFile("token", ephemeral.token);
  const emergency = simulator()
    .state()
    .tokens.find(({ roles }) => roles.length === 3);
  await initialize(`
variable "id" {}

import {
  to = ece_roles_token.this
  id = var.id
}

resource "ece_roles_token" "this" {
  roles = ["coordinator", "director", "proxy"]
}
`);

  const foreign = await workspace().plan("-var=id=11111111-1111-4111-8111-111111111111");
  const expiring = await workspace().plan(`-var=id=file:${file}`);
  const warned = await workspace().plan(`-var=id=${emergency?.id}`);

  expect(textOf(foreign)).toContain("has no roles token with the id 11111111-1111-4111-8111-111111111111");
  expect(textOf(expiring)).toContain("This is an ephemeral roles token");
  expect(expiring.output).not.toContain(ephemeral.token);
  expect(warned.exitCode).toBe(2);
  expect(textOf(warned)).toContain("Warning: This may be the platform's emergency token");
});
