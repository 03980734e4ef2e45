import type { Construct } from "constructs";
import { RULES, optionalTextFaults } from "./argument-rules";
import { INSTALL_SCRIPT_FILE, STATE_FOLDER, TOKEN_FILE, UPLOAD_FOLDER } from "./host-layout";
import { installerFaults, type InstallMethod, type InstallRequest, type Installation } from "./install-method";
import { renderInstallScript } from "./install-script";
import { shellWord } from "./shell-text";

/** How a VM installs ECE on itself when it first starts. */
export interface UserDataOptions {
  /**
   * The user of the image, not root, who can run containers.
   *
   * @default "elastic"
   */
  readonly user?: string;
  /**
   * An `elastic-cloud-enterprise.sh` that the image brings.
   *
   * @default - see installerUrl
   */
  readonly installerPath?: string;
  /**
   * Where the VM downloads the installer.
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

const STAGING_FOLDER = "/run/cdktf-ece";

/** Installs through cloud-init; nothing is done from the machine that runs Terraform. */
export class CloudInitInstall implements InstallMethod {
  readonly takesEphemeralTokens = false;

  constructor(private readonly options: UserDataOptions) {}

  faults(): string[] {
    return [
      ...optionalTextFaults("install.user", this.options.user, RULES.sshUser),
      ...installerFaults(this.options).map((fault) => `install.${fault}`),
    ];
  }

  fingerprint(): string[] {
    return [];
  }

  install(_scope: Construct, { settings, rolesToken }: InstallRequest): Installation {
    const { user = "elastic", installerPath, installerUrl, installerSha256 } = this.options;
    const script = renderInstallScript({ ...settings, installerPath, installerUrl, installerSha256 });
    return { userData: renderUserData(user, script, rolesToken) };
  }

  retire(): void {
    // Everything that was installed goes with the VM.
  }
}

/** Cloud-init may write the files before the user's home folder is there, so they wait in /run, readable for root only. */
function renderUserData(user: string, script: string, rolesToken: string): string {
  return `#cloud-config
write_files:
  - path: ${STAGING_FOLDER}/roles-token
    permissions: "0600"
    content: ${shellWord(rolesToken)}
  - path: ${STAGING_FOLDER}/install.sh
    permissions: "0600"
    content: |
${indent(script, 6)}
  - path: ${STAGING_FOLDER}/run.sh
    permissions: "0700"
    content: |
${indent(renderRunScript(user), 6)}
runcmd:
  - [bash, ${STAGING_FOLDER}/run.sh]
`;
}

function renderRunScript(user: string): string {
  return `#!/usr/bin/env bash
set -euo pipefail
trap 'rm -rf ${STAGING_FOLDER}' EXIT
user=${shellWord(user)}
cd "$(getent passwd "$user" | cut -d: -f6)"
install -d -o "$user" -m 0700 ${STATE_FOLDER} ${UPLOAD_FOLDER}
install -o "$user" -m 0600 ${STAGING_FOLDER}/roles-token ${TOKEN_FILE}
install -o "$user" -m 0600 ${STAGING_FOLDER}/install.sh ${INSTALL_SCRIPT_FILE}
runuser -l "$user" -c 'bash ${INSTALL_SCRIPT_FILE}'`;
}

function indent(text: string, width: number): string {
  return text.replace(/^(?=.)/gm, " ".repeat(width));
}
