import { TerraformLocal } from "cdktf";
import type { Construct } from "constructs";
import { basename } from "node:path";
import { RULES } from "../../ece";
import { check, optional, text, type Check } from "../checks";
import { INSTALL_SCRIPT_FILE, SETTINGS_FILE, STAGING_FOLDER, TOKEN_FILE } from "../scripts/paths";
import { INSTALLER_CHECKS, type InstallMethod, type InstallRequest, type Installation } from "./install-method";
import { renderCloudInitScript, renderInstallScript, renderInstallSettings } from "../scripts/render";

/** How a VM installs ECE on itself when it first starts. */
export interface UserDataOptions {
  /**
   * The user of the image, not root, who can run containers.
   *
   * @default "elastic"
   */
  readonly user?: string;
  /**
   * The path of an `elastic-cloud-enterprise.sh` in the image.
   *
   * @default - see installerUrl
   */
  readonly installerPath?: string;
  /**
   * The URL from which the VM downloads the installer.
   *
   * @default - `elastic-cloud-enterprise.sh` in the user's home folder where there is one, else Elastic's public address
   */
  readonly installerUrl?: string;
  /**
   * The SHA-256 sum that the installer must have.
   *
   * @default - not checked
   */
  readonly installerSha256?: string;
}

const CHECKS: readonly Check<UserDataOptions>[] = [optional("user", text(RULES.sshUser)), ...INSTALLER_CHECKS];

/** Installs through cloud-init; the machine that runs Terraform does not connect to the host. */
export class CloudInitInstall implements InstallMethod {
  readonly reachesMachine = false;
  readonly address = undefined;

  readonly #options: UserDataOptions;

  constructor(options: UserDataOptions) {
    this.#options = options;
  }

  errors(): string[] {
    return check(this.#options, CHECKS, "install.");
  }

  machine(): undefined {
    // The VM is Terraform's own.
  }

  install(scope: Construct, { settings, token }: InstallRequest): Installation {
    const { user = "elastic", installerPath, installerUrl, installerSha256 } = this.#options;
    const files = {
      [TOKEN_FILE]: token,
      [SETTINGS_FILE]: renderInstallSettings({ ...settings, installerPath, installerUrl, installerSha256 }),
      [INSTALL_SCRIPT_FILE]: renderInstallScript(),
    };
    // A local, because CDKTF's functions (base64encode, gzip) take no text with quotes, but a reference.
    return { userData: new TerraformLocal(scope, "user-data", renderUserData(settings.hostId, user, files)).asString };
  }
}

/**
 * The files are staged in /run, readable for root only, as cloud-init may write them before the user's home folder exists.
 *
 * The comment with the id of the platform's record makes the VM depend on the record, and be replaced with it.
 */
function renderUserData(hostId: string, user: string, files: { readonly [name: string]: string }): string {
  const staged = { ...files, "run.sh": renderCloudInitScript(user).trimEnd() };
  const entries = Object.entries(staged).map(
    ([name, content]) => `  - path: ${STAGING_FOLDER}/${basename(name)}
    permissions: "0600"
    content: |
${indent(content, 6)}
`,
  );
  return `#cloud-config
# ECE host ${hostId}
write_files:
${entries.join("")}runcmd:
  - [bash, ${STAGING_FOLDER}/run.sh]
`;
}

function indent(text: string, width: number): string {
  return text.replace(/^(?=.)/gm, " ".repeat(width));
}
