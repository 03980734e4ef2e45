import {
  type Dirent,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { VERSION } from "../version";

/** The source address of the provider in `required_providers`; its host is no registry. */
export const PROVIDER_SOURCE = "terraform.local/cdktf-ece/ece";

const ARCHIVE = "terraform-provider-ece.zip";
const PLATFORMS = ["linux_amd64", "linux_arm64", "darwin_amd64", "darwin_arm64"];

/** The provider that this package ships. */
export interface ShippedProvider {
  /** The source address for `required_providers`. */
  readonly source: string;
  /** The version, which is the package's. */
  readonly version: string;
  /** The hash for the lock file (`h1:…`), the same on every platform. */
  readonly hash: string;
}

/** What `installProvider` put into a working directory. */
export interface InstalledProvider extends ShippedProvider {
  /** The archives, one for each platform. */
  readonly files: readonly string[];
}

/** What this package ships; throws where its files are missing. */
export function shippedProvider(): ShippedProvider {
  readShipped(ARCHIVE);
  const hash = readShipped("terraform-provider-ece.h1").toString();
  return { source: PROVIDER_SOURCE, version: VERSION, hash };
}

/**
 * Puts the provider into `terraform.d/plugins` of a Terraform working directory, for the common platforms.
 *
 * As archives, so that `terraform init` unpacks a copy: an unpacked provider it would link to, also from the plugin cache
 * that other projects share. Leaves archives with the right bytes alone, and removes other versions of this provider.
 */
export function installProvider(directory: string): InstalledProvider {
  const archive = readShipped(ARCHIVE);
  const folder = join(directory, "terraform.d", "plugins", ...PROVIDER_SOURCE.split("/"));
  mkdirSync(folder, { recursive: true });
  const names = PLATFORMS.map((platform) => `terraform-provider-ece_${VERSION}_${platform}.zip`);
  for (const { name } of readdirSync(folder, { withFileTypes: true }).filter(isProvider))
    if (!names.includes(name)) rmSync(join(folder, name), { recursive: true, force: true });

  const files = names.map((name) => join(folder, name));
  for (const file of files) replaceFile(file, archive);
  return { ...shippedProvider(), files };
}

/** An archive, or the folder of an unpacked version; not the temporary file of a synth at the same time. */
function isProvider(entry: Dirent): boolean {
  return entry.isDirectory() || entry.name.endsWith(".zip");
}

/** Replaces a file in one step, as Terraform may be reading it. */
function replaceFile(file: string, bytes: Buffer): void {
  if (hasBytes(file, bytes)) return;
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, bytes);
  renameSync(temporary, file);
}

function hasBytes(file: string, bytes: Buffer): boolean {
  try {
    return readFileSync(file).equals(bytes);
  } catch {
    return false;
  }
}

/** A file of the provider that the package ships. */
function readShipped(name: string): Buffer {
  const file = join(packageRoot(__dirname), "dist", name);
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new Error(
      `cdktf-ece cannot read its Terraform provider at ${file}. In a clone of the project run \`npm run build\`; where the package is installed, reinstall it.`,
      { cause },
    );
  }
}

/** The closest folder upwards with a package.json, from lib/ as well as from dist/. */
function packageRoot(folder: string): string {
  if (existsSync(join(folder, "package.json"))) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new Error(`cdktf-ece found no package.json above ${__dirname}. Reinstall the package.`);
  return packageRoot(parent);
}
