import { join } from "node:path";
import packageJson from "../../package.json";
import { PACKAGE_ROOT, type Sandbox } from "./sandbox";

/** Packs the package as it is built, and lets npm do without a network from here on. Returns the tarball. */
export async function packPackage(sandbox: Sandbox): Promise<string> {
  Object.assign(sandbox.env, { npm_config_cache: sandbox.makeFolder("npm"), npm_config_offline: "true" });
  const args = ["pack", "--ignore-scripts", "--pack-destination", sandbox.folder];
  expect(await sandbox.run("npm", args, { cwd: PACKAGE_ROOT })).toMatchObject({ exitCode: 0 });
  return join(sandbox.folder, `${packageJson.name}-${packageJson.version}.tgz`);
}

/** Dependencies by their names: the package from its tarball, all others from this clone's node_modules. */
export function localDependencies(names: readonly string[], tarball: string): Readonly<Record<string, string>> {
  const places = names.map((name) => [
    name,
    `file:${name === packageJson.name ? tarball : join(PACKAGE_ROOT, "node_modules", name)}`,
  ]);
  return Object.fromEntries(places) as Readonly<Record<string, string>>;
}
