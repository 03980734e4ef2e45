/**
 * The bash that runs on a host: `*.sh` files, and what turns settings into text for Terraform. Imports nothing of lib.
 *
 * `install.sh` is the same for every host, so that Terraform need not read it in each configuration; what differs stands
 * in a small `settings.sh` beside it.
 */
import { Fn, Token } from "cdktf";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** What the install script installs, and where the installer comes from. */
export interface InstallSettings {
  readonly runnerId: string;
  /** The id of the platform's record, which the host remembers. */
  readonly hostId: string;
  readonly coordinatorHost: string;
  /** The roles with commas between them. */
  readonly roles: string;
  readonly storagePath: string;
  readonly version: string;
  readonly containerEngine: string;
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

/** The script that joins a host to the platform, as a file. */
export const INSTALL_SCRIPT = join(__dirname, "install.sh");

/** That script as text that Terraform takes literally; without its comments, since user data has to be short. */
export function renderInstallScript(): string {
  return literalText(readFileSync(INSTALL_SCRIPT, "utf8").replace(/^ *# (?!shellcheck).*\n/gm, ""));
}

/** What the script installs. References in the settings stay in it for Terraform to fill in. */
export function renderInstallSettings(settings: InstallSettings): string {
  const variables = {
    runner_id: settings.runnerId,
    host_id: settings.hostId,
    coordinator_host: settings.coordinatorHost,
    roles: settings.roles,
    storage_path: settings.storagePath,
    version: settings.version,
    engine_name: settings.containerEngine,
    installer_path: settings.installerPath ?? "",
    installer_url: settings.installerUrl ?? "",
    installer_sha256: settings.installerSha256 ?? "",
  };
  const options = Object.entries(settings.options).map(([flag, value]) => `${flag} ${shellWord(value)}`);
  return [
    ...Object.entries(variables).map(([name, value]) => `${name}=${shellWord(value)}`),
    `installer_options=(${options.join(" ")})`,
    `installer_flags=(${settings.flags.join(" ")})`,
    "",
  ].join("\n");
}

/** The script that cloud-init runs as root: it installs ECE as the user. */
export function renderCloudInitScript(user: string): string {
  const script = readFileSync(join(__dirname, "cloud-init.sh"), "utf8");
  const asUser = `as_user() { runuser -l ${shellWord(user)} -c "$1"; }\n`;
  return literalText(script).replace(/^# begin user\n[^]*?^# end user\n/m, () => asUser);
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
