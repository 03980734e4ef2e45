import type { Construct } from "constructs";
import { basename } from "node:path";
import { RULES } from "../../ece";
import { HostUserData } from "../bindings/host-user-data";
import { check, oneOf, optional, text, wholeNumber, type Check } from "../checks";
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
   * What cloud-init gets before our own cloud-config, such as mounts and the container engine: texts that begin with
   * `#cloud-config`, `#!` or another of its marks. The lists of several cloud-configs follow each other.
   *
   * @default - none
   */
  readonly parts?: string[];
  /**
   * The form of `host.userData`: `base64gzip`, `base64`, or `raw` for an attribute that takes text.
   *
   * @default "base64gzip"
   */
  readonly encoding?: string;
  /**
   * How many bytes the cloud takes, counted without base64.
   *
   * @default 16384
   */
  readonly maxBytes?: number;
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

const CHECKS: readonly Check<UserDataOptions>[] = [
  optional("user", text(RULES.sshUser)),
  optional("encoding", oneOf("base64gzip", "base64", "raw")),
  optional("maxBytes", wholeNumber(1)),
  ...INSTALLER_CHECKS,
];

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

  install(scope: Construct, { settings, token, provider }: InstallRequest): Installation {
    const {
      user = "elastic",
      parts = [],
      encoding,
      maxBytes,
      installerPath,
      installerUrl,
      installerSha256,
    } = this.#options;
    const files = {
      [TOKEN_FILE]: token,
      [SETTINGS_FILE]: renderInstallSettings({ ...settings, installerPath, installerUrl, installerSha256 }),
      [INSTALL_SCRIPT_FILE]: renderInstallScript(),
    };
    const userData = new HostUserData(scope, "user-data", {
      hostId: settings.hostId,
      parts: [...parts, renderUserData(user, files)],
      encoding,
      maxBytes,
      provider,
    });
    return { userData };
  }
}

/** The files are staged in /run, readable for root only, as cloud-init may write them before the user's home folder exists. */
function renderUserData(user: string, files: { readonly [name: string]: string }): string {
  const staged = { ...files, "run.sh": renderCloudInitScript(user).trimEnd() };
  const entries = Object.entries(staged).map(
    ([name, content]) => `  - path: ${STAGING_FOLDER}/${basename(name)}
    permissions: "0600"
    content: |
${indent(content, 6)}
`,
  );
  return `#cloud-config
write_files:
${entries.join("")}runcmd:
  - [bash, ${STAGING_FOLDER}/run.sh]
`;
}

function indent(text: string, width: number): string {
  return text.replace(/^(?=.)/gm, " ".repeat(width));
}
