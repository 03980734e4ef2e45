/**
 * The bash that runs on a host: `*.sh` files, and what turns them into text for Terraform. Imports nothing of lib.
 *
 * A script is rendered as it stands, but for its marked places: `source common.sh # NAME` becomes the block NAME of
 * common.sh, and a block from `# begin NAME` to `# end NAME`, which holds examples, becomes lines made here.
 */
import { Fn, Token } from "cdktf";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** What the install script installs, and where the installer comes from. */
export interface InstallSettings {
  readonly runnerId: string;
  readonly coordinatorHost: string;
  /** The roles with commas between them. */
  readonly roles: string;
  readonly storagePath: string;
  readonly version: string;
  readonly containerEngine: string;
  /** Whether to take over a runner that something else installed here. */
  readonly adopt: boolean;
  /** Further arguments of the installer with a value, by flag. */
  readonly options: { readonly [flag: string]: string };
  /** Further arguments of the installer without a value. */
  readonly flags: readonly string[];
  /** Where the installer lies on the host. */
  readonly installerPath?: string;
  /** Where the host downloads the installer from. */
  readonly installerUrl?: string;
  readonly installerSha256?: string;
}

/** The script that joins a host to the platform. References in the settings stay in it for Terraform to fill in. */
export function renderInstallScript(settings: InstallSettings): string {
  const variables = {
    runner_id: settings.runnerId,
    coordinator_host: settings.coordinatorHost,
    roles: settings.roles,
    storage_path: settings.storagePath,
    version: settings.version,
    engine_name: settings.containerEngine,
    adopt: settings.adopt ? "yes" : "no",
    installer_path: settings.installerPath ?? "",
    installer_url: settings.installerUrl ?? "",
    installer_sha256: settings.installerSha256 ?? "",
  };
  return render("install.sh", {
    settings: Object.entries(variables).map(([name, value]) => `${name}=${shellWord(value)}`),
    arguments: [
      ...Object.entries(settings.options).map(([flag, value]) => `add ${flag} ${shellWord(value)}`),
      ...settings.flags.map((flag) => `installer_arguments+=(${flag})`),
    ],
  });
}

/** The script that cloud-init runs as root: it installs ECE as the user. */
export function renderCloudInitScript(user: string): string {
  return render("cloud-init.sh", { user: [`as_user() { runuser -l ${shellWord(user)} -c "$1"; }`] });
}

/** A block of common.sh. */
export function commonBlock(name: string): string {
  const block = [...read("common.sh").matchAll(BLOCK)].find(([, found]) => found === name);
  if (block === undefined) throw new Error(`common.sh has no block ${name}`);
  return block[2] ?? "";
}

/**
 * A value as one word of a shell script that Terraform renders.
 *
 * What only Terraform knows goes between single quotes on one line; no argument may have a quote or a line break, so these
 * become a character that the script refuses.
 */
export function shellWord(value: string): string {
  return Token.isUnresolved(value)
    ? `'${Fn.replace(value, "/[^ -~]|'/", "?")}'`
    : literalText(`'${value.replaceAll("'", "'\\''")}'`);
}

/** Text that Terraform must take literally, whatever it has in common with a template. */
export function literalText(text: string): string {
  return text.replace(/[$%](?=\{)/g, (sign) => sign + sign);
}

const BLOCK = /^# begin (\w+)\n([^]*?)^# end \1\n/gm;
const SOURCE = /^source common\.sh # (\w+)\n/gm;

function render(file: string, blocks: { readonly [name: string]: readonly string[] }): string {
  const script = read(file).replace(SOURCE, (_, name: string) => commonBlock(name));
  return literalText(script).replace(BLOCK, (_, name: string) =>
    (blocks[name] ?? []).map((line) => `${line}\n`).join(""),
  );
}

function read(file: string): string {
  return readFileSync(join(__dirname, file), "utf8");
}
