/** Writes the reference pages anew: `npm run docs`. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { PACKAGE_ROOT, Sandbox } from "../support/sandbox";
import { renderHostChanges } from "./host-changes";
import { readProviderSchema } from "./provider-schema";
import { renderReference } from "./reference";

async function write(): Promise<void> {
  const sandbox = new Sandbox();
  try {
    const pages = renderReference(await readProviderSchema(sandbox));
    for (const folder of ["resources", "data-sources", "ephemeral-resources", "functions"])
      rmSync(join(PACKAGE_ROOT, "docs", folder), { recursive: true, force: true });
    for (const [path, text] of [...pages, ["docs/what-replaces-a-host.md", renderHostChanges()] as const]) {
      mkdirSync(dirname(join(PACKAGE_ROOT, path)), { recursive: true });
      writeFileSync(join(PACKAGE_ROOT, path), text);
    }
  } finally {
    sandbox.remove();
  }
}

void write();
