import { copyFileSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { makeProviderFolder, readProviderSchema } from "../docs/provider-schema";
import { renderReference } from "../docs/reference";
import { PACKAGE_ROOT, useSandbox } from "../support/sandbox";
import { operatorEnvironment } from "../support/terraform";
import { useSimulator } from "../support/use-simulator";

const EXAMPLES = join(PACKAGE_ROOT, "examples");
const KINDS = ["resources", "data-sources", "ephemeral-resources", "functions"];

const sandbox = useSandbox();
const simulator = useSimulator();

test("the reference pages are what `npm run docs` writes", async () => {
  const rendered = renderReference(await readProviderSchema(sandbox()));

  const written = ["index.md", ...KINDS.flatMap((kind) => pagesIn(kind))].map((page) => `docs/${page}`);
  expect(written.sort()).toEqual([...rendered.keys()].sort());
  for (const [path, text] of rendered) expect(readFileSync(join(PACKAGE_ROOT, path), "utf8")).toBe(text);
});

test("every type has an example", async () => {
  const schema = await readProviderSchema(sandbox());
  const types = [
    ...Object.keys(schema.resource_schemas).map((type) => `resources/${type}`),
    ...Object.keys(schema.data_source_schemas).map((type) => `data-sources/${type}`),
    ...Object.keys(schema.ephemeral_resource_schemas).map((type) => `ephemeral-resources/${type}`),
    ...Object.keys(schema.functions).map((name) => `functions/${name}`),
  ];

  const withoutExample = types.filter((type) => !existsSync(join(EXAMPLES, type)));
  expect(withoutExample).toEqual(["resources/ece_host_guard"]);
});

test.each(KINDS.flatMap((kind) => readdirSync(join(EXAMPLES, kind)).map((type) => `${kind}/${type}`)))(
  "the example %s can be planned",
  async (example) => {
    const folder = await makeProviderFolder(sandbox(), "example");
    // Endpoint and trust come from the environment here.
    sandbox().writeFile("example/provider.tf", requirementsOf(readFileSync(join(folder, "provider.tf"), "utf8")));
    for (const file of readdirSync(join(EXAMPLES, example)).filter((file) => file.endsWith(".tf")))
      copyFileSync(join(EXAMPLES, example, file), join(folder, file));

    const { token } = simulator().platform.tokens.mint({ roles: ["allocator"], persistent: true });
    const plan = await sandbox().run("terraform", ["plan", "-input=false"], {
      cwd: folder,
      env: { ...operatorEnvironment(simulator()), TF_VAR_roles_token: token },
    });

    expect(plan.output).not.toContain("Error:");
    expect(plan.exitCode).toBe(0);
  },
);

function pagesIn(kind: string): string[] {
  return readdirSync(join(PACKAGE_ROOT, "docs", kind)).map((page) => `${kind}/${page}`);
}

function requirementsOf(provider: string): string {
  return provider.slice(0, provider.indexOf("# The credentials"));
}
