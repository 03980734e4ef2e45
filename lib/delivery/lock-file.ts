import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PROVIDER_SOURCE } from "./provider-archive";

/** The lock file's entry of one provider. */
export interface LockEntry {
  /** The full source address, such as `registry.terraform.io/hashicorp/null`. */
  readonly source: string;
  readonly version: string;
  readonly constraints: string;
  /**
   * The `h1:` hash of the package.
   *
   * @default - none; `terraform init` fills in what it downloads
   */
  readonly hash?: string;
}

/**
 * Merges entries into `.terraform.lock.hcl` of a Terraform working directory.
 *
 * The entry of this package's provider is always updated. Missing entries of other providers are added; existing ones are
 * never changed, as they belong to the user.
 */
export function lockProviders(directory: string, entries: readonly LockEntry[]): void {
  const file = join(directory, ".terraform.lock.hcl");
  const before = tryRead(file);
  const after = entries.reduce(withEntry, before);
  if (after === before) return;
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, after);
  renameSync(temporary, file);
}

function withEntry(text: string, entry: LockEntry): string {
  const present = blockOf(text, entry.source);
  if (present === undefined) return text + (text === "" ? "" : "\n") + render(entry);
  return entry.source === PROVIDER_SOURCE ? text.replace(present, () => render(entry)) : text;
}

function blockOf(text: string, source: string): string | undefined {
  const blocks = text.matchAll(/^provider "([^"]+)" \{\n[^]*?^\}\n?/gm);
  return [...blocks].find(([, address]) => address === source)?.[0];
}

function render({ source, version, constraints, hash }: LockEntry): string {
  return [
    `provider "${source}" {`,
    `  version     = "${version}"`,
    `  constraints = "${constraints}"`,
    ...(hash === undefined ? [] : ["  hashes = [", `    "${hash}",`, "  ]"]),
    "}",
    "",
  ].join("\n");
}

function tryRead(file: string): string {
  return existsSync(file) ? readFileSync(file, "utf8") : "";
}
