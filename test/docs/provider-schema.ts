import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { PACKAGE_ROOT, type Sandbox } from "../support/sandbox";
import type { ProviderSchema } from "./reference";

/** A folder in which Terraform knows the provider, with the example of its configuration, initialized. */
export async function makeProviderFolder(sandbox: Sandbox, name: string): Promise<string> {
  const folder = sandbox.makeFolder(name);
  copyFileSync(join(PACKAGE_ROOT, "examples/provider/provider.tf"), join(folder, "provider.tf"));
  await succeed(sandbox, process.execPath, [join(PACKAGE_ROOT, "dist/cli/main.js"), "provider", "vendor", folder]);
  await succeed(sandbox, "terraform", ["init", "-input=false"], folder);
  return folder;
}

/** What the built provider tells Terraform of itself. */
export async function readProviderSchema(sandbox: Sandbox): Promise<ProviderSchema> {
  const folder = await makeProviderFolder(sandbox, "schema");
  const { stdout } = await succeed(sandbox, "terraform", ["providers", "schema", "-json"], folder);
  const { provider_schemas } = JSON.parse(stdout) as { provider_schemas: Readonly<Record<string, ProviderSchema>> };
  const [schema] = Object.values(provider_schemas);
  if (schema === undefined) throw new Error("Terraform knows no provider here.");
  return schema;
}

async function succeed(sandbox: Sandbox, program: string, args: readonly string[], cwd?: string) {
  const finished = await sandbox.run(program, args, { ...(cwd !== undefined && { cwd }) });
  if (finished.exitCode !== 0) throw new Error(finished.output);
  return finished;
}
