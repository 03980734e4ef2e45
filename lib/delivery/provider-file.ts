import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** The bytes of the provider file that the package ships. */
export function readProviderFile(): Buffer {
  const file = join(packageRoot(__dirname), "dist", "terraform-provider-ece");
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new Error(
      `cdktf-ece cannot read its Terraform provider at ${file}. In a clone of the project run \`npm run build\`; where the package is installed, reinstall it.`,
      { cause },
    );
  }
}

/** The folder of the package: the nearest one upwards with a package.json, whether the code runs from lib/ or dist/. */
function packageRoot(folder: string): string {
  if (existsSync(join(folder, "package.json"))) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new Error(`cdktf-ece found no package.json above ${__dirname}. Reinstall the package.`);
  return packageRoot(parent);
}
