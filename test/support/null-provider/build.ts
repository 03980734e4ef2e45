import { chmod } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import { nullProvider } from "./provider";

/** Terraform's name for this machine, such as `linux_amd64`. */
export const OS_ARCH = [
  process.platform === "win32" ? "windows" : process.platform,
  { x64: "amd64", ia32: "386" }[process.arch as string] ?? process.arch,
].join("_");

/** Puts the provider into the folder as a filesystem mirror lays it out. */
export async function buildNullProviderMirror(directory: string): Promise<void> {
  const { name, version } = nullProvider;
  const folder = join(directory, "registry.terraform.io", "hashicorp", name, version, OS_ARCH);
  await bundlePlugin(join(__dirname, "main.ts"), join(folder, `terraform-provider-${name}_v${version}_x5`));
}

/** Bundles a plugin's entry point into one executable file. */
export async function bundlePlugin(entryPoint: string, outfile: string): Promise<void> {
  await build({
    entryPoints: [entryPoint],
    outfile,
    bundle: true,
    platform: "node",
    target: "node20",
    banner: { js: "#!/usr/bin/env node" },
    logLevel: "error",
  });
  await chmod(outfile, 0o755);
}
