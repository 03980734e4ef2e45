import type { TerraformResource } from "cdktf";
import type { Construct } from "constructs";
import { RULES } from "../../ece";
import { optionalTextFaults } from "../checks";
import type { InstallSettings } from "../scripts/render";

/** A way to get ECE onto a host; `HostInstall` hides them. */
export interface InstallMethod {
  /** Whether it can use a token that must not be stored. */
  readonly takesEphemeralTokens: boolean;
  /** What is wrong with its options. */
  faults(): string[];
  /** What belongs to the identity of the installed machine: a change needs a new install. */
  fingerprint(): string[];
  install(scope: Construct, request: InstallRequest): Installation;
  /** Leaves, of what `install` made, as much as is needed to take it back. */
  retire(scope: Construct): void;
}

/** What is to be installed, with which token. */
export interface InstallRequest {
  readonly settings: InstallSettings;
  readonly rolesToken: string;
  /** The id of the platform's record, new whenever the host must be installed again. */
  readonly hostId: string;
}

/** What an install method leaves in the stack. */
export interface Installation {
  /** The resource that stands for the installed host. */
  readonly resource?: TerraformResource;
  /** The resource whose destruction removes ECE from the host, where the host itself stays. */
  readonly cleanup?: TerraformResource;
  /** The cloud-init user data for a VM. */
  readonly userData?: string;
}

/** Where the host gets Elastic's installer from. */
export interface InstallerSource {
  readonly installerPath?: string;
  readonly installerUrl?: string;
  readonly installerSha256?: string;
}

/** What is wrong with an installer source. */
export function installerFaults({ installerPath, installerUrl, installerSha256 }: InstallerSource): string[] {
  return [
    ...optionalTextFaults("installerPath", installerPath, RULES.hostFile),
    ...optionalTextFaults("installerUrl", installerUrl, RULES.installerUrl),
    ...optionalTextFaults("installerSha256", installerSha256, RULES.sha256),
    ...(installerUrl?.startsWith("http:") === true && installerSha256 === undefined
      ? [
          `installerUrl is ${JSON.stringify(installerUrl)}: with http anyone in between can change it, so give installerSha256, too`,
        ]
      : []),
  ];
}
