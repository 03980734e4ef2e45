import { useWorkspace } from "../support/terraform";
import { useSimulator } from "../support/use-simulator";

const TOKENS = "/platform/configuration/security/enrollment-tokens";

const simulator = useSimulator();
const workspace = useWorkspace(simulator);

function write(configuration: string): void {
  workspace().write(`provider "ece" {}\n${configuration}`);
}

async function initialize(configuration: string): Promise<void> {
  await workspace().initialize(`provider "ece" {}
${configuration}`);
}

function isLive(id: unknown): boolean {
  return simulator()
    .state()
    .tokens.some((token) => token.id === id && token.live);
}

function asked(method: string): number {
  return simulator().requests.filter((request) => request.method === method && request.path.startsWith(TOKENS)).length;
}

async function idOf(address: string): Promise<string> {
  const { stdout } = await workspace().terraform(["state", "show", address]);
  return / id +=\s"(.*)"/.exec(stdout)?.[1] ?? "";
}

test("tokens for roles that are known only at apply are made, replaced one by one, targeted and moved", async () => {
  const tokensFor = (roles: string) => `
resource "terraform_data" "roles" {
  input = ["allocator"]
}

resource "ece_roles_token" "of" {
  for_each = toset(["a", "b"])
  roles    = ${roles}
}

data "ece_roles_tokens" "all" {
  depends_on = [ece_roles_token.of]
}

output "all_are_listed" {
  value = alltrue([for token in ece_roles_token.of : contains(data.ece_roles_tokens.all.tokens[*].id, token.id)])
}

output "all_are_persistent" {
  value = alltrue([for token in ece_roles_token.of : nonsensitive(provider::ece::decode_roles_token(token.token).persistent)])
}
`;
  await initialize(tokensFor("terraform_data.roles.output"));

  expect(await workspace().plan()).toMatchObject({ exitCode: 2 });
  expect(await workspace().apply()).toMatchObject({ exitCode: 0 });
  const outputs = await workspace().terraform(["output", "-json"]);
  expect(JSON.parse(outputs.stdout)).toMatchObject({
    all_are_listed: { value: true },
    all_are_persistent: { value: true },
  });
  expect(await workspace().plan()).toMatchObject({ exitCode: 0 });

  const [a, b] = [await idOf(`ece_roles_token.of["a"]`), await idOf(`ece_roles_token.of["b"]`)];
  expect(await workspace().apply(`-replace=ece_roles_token.of["a"]`)).toMatchObject({ exitCode: 0 });
  expect([isLive(a), isLive(b)]).toEqual([false, true]);

  write(tokensFor(`["proxy"]`));
  expect(await workspace().apply(`-target=ece_roles_token.of["b"]`)).toMatchObject({ exitCode: 0 });
  const replaced = await idOf(`ece_roles_token.of["b"]`);
  expect(isLive(b)).toBe(false);
  expect(
    simulator()
      .state()
      .tokens.find(({ id }) => id === replaced),
  ).toMatchObject({ live: true, roles: ["proxy"] });

  write(`
moved {
  from = ece_roles_token.of["b"]
  to   = ece_roles_token.moved
}

resource "ece_roles_token" "moved" {
  roles = ["proxy"]
}
`);
  expect((await workspace().apply()).stdout).toContain("0 added, 0 changed, 2 destroyed");
  expect(workspace().stateOf("ece_roles_token.moved")).toMatchObject({ id: replaced });
  expect(await workspace().plan()).toMatchObject({ exitCode: 0 });
});

test("a token revoked elsewhere is told by refresh-only, and kept or made anew as on_missing says", async () => {
  const keeping = `resource "ece_roles_token" "this" {
  roles      = ["allocator"]
  on_missing = "keep"
}`;
  await initialize(keeping);
  expect(await workspace().apply()).toMatchObject({ exitCode: 0 });
  const id = workspace().stateOf("ece_roles_token.this")?.id as string;
  simulator().platform.tokens.revoke(id);

  const refreshed = await workspace().apply("-refresh-only");
  const kept = await workspace().plan();
  write(keeping.replace("keep", "recreate"));
  const recreated = await workspace().apply();
  const secondPlan = await workspace().plan();

  expect(refreshed.stdout).toMatch(/revoked +(= )?false -> true/);
  expect(kept).toMatchObject({ exitCode: 0 });
  expect(recreated.stdout).toContain("1 added, 0 changed, 1 destroyed");
  expect(secondPlan).toMatchObject({ exitCode: 0 });
  expect(isLive(workspace().stateOf("ece_roles_token.this")?.id)).toBe(true);
});

test("two hundred tokens are made, refreshed and revoked with a list call for many at once", async () => {
  await initialize(`resource "ece_roles_token" "many" {
  count = 200
  roles = ["allocator"]
}`);

  expect(await workspace().apply("-parallelism=200")).toMatchObject({ exitCode: 0 });
  expect(await workspace().plan("-parallelism=200")).toMatchObject({ exitCode: 0 });
  expect(await workspace().destroy("-parallelism=200")).toMatchObject({ exitCode: 0 });

  expect(asked("POST")).toBe(200);
  expect(asked("DELETE")).toBe(200);
  // Each token is looked at five times in its life. How many of these looks share a list, the machine's load decides.
  expect(asked("GET")).toBeLessThan(200);
});
