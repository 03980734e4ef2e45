import { liveTokens } from "../support/simulator-state";
import { useWorkspace } from "../support/terraform";
import { useSimulator } from "../support/use-simulator";

const ONE_TOKEN = `
provider "ece" {}

resource "ece_roles_token" "this" {
  roles = ["allocator"]
}
`;

const simulator = useSimulator();
const workspace = useWorkspace(simulator);

async function applied(configuration: string): Promise<string> {
  await workspace().initialize(configuration);
  expect(await workspace().apply()).toMatchObject({ exitCode: 0 });
  return String(workspace().stateOf("ece_roles_token.this")?.id);
}

test("a roles token is created, unchanged by a second plan, and revoked by destroy", async () => {
  const before = liveTokens(simulator());

  const id = await applied(ONE_TOKEN);
  const made = simulator()
    .state()
    .tokens.find((token) => token.id === id);
  const secondPlan = await workspace().plan();
  const validation = await workspace().terraform(["validate"]);

  expect(made).toMatchObject({ roles: ["allocator"], persistent: true, live: true });
  expect(secondPlan).toMatchObject({ exitCode: 0 });
  expect(validation).toMatchObject({ exitCode: 0 });
  expect(await workspace().destroy()).toMatchObject({ exitCode: 0 });
  expect(liveTokens(simulator())).toEqual(before);
});

test("a token that was revoked behind Terraform's back is made anew by the plan", async () => {
  const id = await applied(ONE_TOKEN);

  simulator().platform.tokens.revoke(id);
  const plan = await workspace().plan();

  expect(plan).toMatchObject({ exitCode: 2 });
  expect(plan.stdout).toContain("ece_roles_token.this must be replaced");
});

test.each([401, 403, 503])("a reply %i to the refresh is an error and keeps the token in state", async (status) => {
  const id = await applied(ONE_TOKEN);
  simulator().faults.add({
    method: "GET",
    path: "/platform/configuration/security/enrollment-tokens",
    kind: "status",
    status,
    times: 100,
  });

  const plan = await workspace().terraform(["plan", "-input=false"], { env: { ECE_MAX_RETRIES: "0" } });

  expect(plan).toMatchObject({ exitCode: 1 });
  expect(plan.output).toContain(String(status));
  expect(workspace().stateOf("ece_roles_token.this")).toMatchObject({ id });
});

test("a change of roles or triggers replaces the token and revokes the old one", async () => {
  const first = await applied(ONE_TOKEN);

  const second = await applied(ONE_TOKEN.replace(`["allocator"]`, `["allocator", "proxy"]`));
  const third = await applied(
    ONE_TOKEN.replace(`["allocator"]`, `["allocator", "proxy"]\n  triggers = { month = "2" }`),
  );

  expect(new Set([first, second, third]).size).toBe(3);
  expect(liveTokens(simulator())).toContain(third);
  expect(liveTokens(simulator())).not.toContain(first);
  expect(liveTokens(simulator())).not.toContain(second);
});

test("a token imported by its id has its roles and no secret", async () => {
  const { id } = simulator().platform.tokens.mint({ roles: ["proxy"], persistent: true });
  await workspace().initialize(ONE_TOKEN.replace("allocator", "proxy"));

  const imported = await workspace().terraform(["import", "ece_roles_token.this", id]);
  const plan = await workspace().plan();

  expect(imported).toMatchObject({ exitCode: 0 });
  expect(workspace().stateOf("ece_roles_token.this")).toMatchObject({ id, roles: ["proxy"], token: null });
  expect(plan).toMatchObject({ exitCode: 0 });
});

test("the token is sensitive, and every attribute of the provider has a description", async () => {
  await workspace().initialize(ONE_TOKEN);

  const { stdout } = await workspace().terraform(["providers", "schema", "-json"]);

  const schemas = JSON.parse(stdout) as ProviderSchemas;
  const provider = schemas.provider_schemas["terraform.local/cdktf-ece/ece"]!;
  expect(provider.resource_schemas.ece_roles_token!.block.attributes.token).toMatchObject({ sensitive: true });
  const blocks = [
    ["provider", provider.provider.block],
    ...Object.entries(provider.resource_schemas).map(([name, schema]) => [name, schema.block] as const),
    ...Object.entries(provider.data_source_schemas).map(([name, schema]) => [`data ${name}`, schema.block] as const),
    ...Object.entries(provider.ephemeral_resource_schemas).map(
      ([name, schema]) => [`ephemeral ${name}`, schema.block] as const,
    ),
  ] as [string, SchemaBlock][];
  expect(blocks.flatMap(([name, block]) => undescribed(name, block))).toEqual([]);
  expect(blocks.length).toBeGreaterThan(5);
});

interface SchemaBlock {
  attributes: { [name: string]: { description?: string; sensitive?: boolean } };
  block_types?: { [name: string]: { block: SchemaBlock } };
}

interface ProviderSchemas {
  provider_schemas: {
    [address: string]: {
      provider: { block: SchemaBlock };
      resource_schemas: { [type: string]: { block: SchemaBlock } };
      data_source_schemas: { [type: string]: { block: SchemaBlock } };
      ephemeral_resource_schemas: { [type: string]: { block: SchemaBlock } };
    };
  };
}

function undescribed(name: string, block: SchemaBlock): string[] {
  return [
    ...Object.entries(block.attributes)
      .filter(([, attribute]) => !attribute.description)
      .map(([attribute]) => `${name}.${attribute}`),
    ...Object.entries(block.block_types ?? {}).flatMap(([nested, { block }]) =>
      undescribed(`${name}.${nested}`, block),
    ),
  ];
}
