import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { VERSION } from "../version";
import { readProviderFile } from "./provider-file";
import { PROVIDER_SOURCE } from "./provider-source";

const PLATFORMS = ["linux_amd64", "linux_arm64", "darwin_amd64", "darwin_arm64"];
const FILE_NAME = `terraform-provider-ece_v${VERSION}`;

/** The provider as it lies in a working directory now. */
export interface VendoredProvider {
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
 * Files with the right bytes are left alone; other versions of this provider are removed.
 */
export function vendorProvider(directory: string): VendoredProvider {
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

/** Replaces a file in one step: Terraform may be starting it, and a stray file beside it would change the package's hash. */
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
