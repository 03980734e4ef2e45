import { createHash } from "node:crypto";
import {
  chmodSync,
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

const PLATFORMS = ["linux_amd64", "linux_arm64", "darwin_amd64", "darwin_arm64"];
const FILE_NAME = `terraform-provider-ece_v${VERSION}`;

/** What `installProvider` put into a working directory. */
export interface InstalledProvider {
  /** The source address for `required_providers`. */
  readonly source: string;
  /** The version, which is the package's. */
  readonly version: string;
  /** The hash for the lock file (`h1:…`), the same on every platform. */
  readonly hash: string;
  /** The files, one for each platform. */
  readonly files: readonly string[];
}

/**
 * Puts the provider into `terraform.d/plugins` of a Terraform working directory, for the common platforms.
 *
 * Leaves files with the right bytes alone, and removes other versions of this provider.
 */
export function installProvider(directory: string): InstalledProvider {
  const bytes = readProviderFile();
  const versions = join(directory, "terraform.d", "plugins", ...PROVIDER_SOURCE.split("/"));
  const files = PLATFORMS.map((platform) => {
    const file = join(versions, VERSION, platform, FILE_NAME);
    mkdirSync(dirname(file), { recursive: true });
    replaceFile(file, bytes, join(versions, VERSION, `.${platform}.${process.pid}`));
    return file;
  });
  for (const version of readdirSync(versions))
    if (version !== VERSION) rmSync(join(versions, version), { recursive: true });

  return { source: PROVIDER_SOURCE, version: VERSION, hash: packageHash(bytes), files };
}

/** Replaces a file in one step, as Terraform may be starting it. The temporary file lies elsewhere: beside it, it would change the hash. */
function replaceFile(file: string, bytes: Buffer, temporary: string): void {
  if (!hasBytes(file, bytes)) {
    writeFileSync(temporary, bytes);
    renameSync(temporary, file);
  }
  chmodSync(file, 0o755);
}

function hasBytes(file: string, bytes: Buffer): boolean {
  try {
    return readFileSync(file).equals(bytes);
  } catch {
    return false;
  }
}

/** The `h1:` hash of a package with this one file: https://pkg.go.dev/golang.org/x/mod/sumdb/dirhash#Hash1 */
function packageHash(bytes: Buffer): string {
  const line = `${createHash("sha256").update(bytes).digest("hex")}  ${FILE_NAME}\n`;
  return `h1:${createHash("sha256").update(line).digest("base64")}`;
}

/** The bytes of the provider that the package ships. */
function readProviderFile(): Buffer {
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

/** The closest folder upwards with a package.json, from lib/ as well as from dist/. */
function packageRoot(folder: string): string {
  if (existsSync(join(folder, "package.json"))) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new Error(`cdktf-ece found no package.json above ${__dirname}. Reinstall the package.`);
  return packageRoot(parent);
}
