import type { TerraformProvider, TerraformResource } from "cdktf";
import type { Construct } from "constructs";
import { RULES } from "../../ece";
import type { HostMachine, HostMachineConfig } from "../bindings/host-machine";
import type { HostUserData } from "../bindings/host-user-data";
import { optional, text, type Check } from "../checks";
import type { InstallSettings } from "../scripts/render";

/** A way to get ECE onto a host, behind `HostInstall`. */
export interface InstallMethod {
  /** Whether Terraform reaches the machine: then it is emptied on destroy, and can be handed an ephemeral token. */
  readonly reachesMachine: boolean;
  /** What is wrong with its options. */
  errors(): string[];
  /** Which machine it installs, in words; undefined where that is not known at synth. */
  readonly address: string | undefined;
  /** The machine, where the one that runs Terraform connects to it. */
  machine(scope: Construct, request: MachineRequest): HostMachine | undefined;
  install(scope: Construct, request: InstallRequest): Installation;
}

/** What a machine is to become. */
export type MachineRequest = Pick<
  HostMachineConfig,
  | "hostId"
  | "runnerId"
  | "roles"
  | "coordinatorHost"
  | "hostIp"
  | "storagePath"
  | "containerEngine"
  | "selinux"
  | "timeouts"
  | "provider"
>;

/** What to install, and with which token. */
export interface InstallRequest {
  readonly settings: InstallSettings;
  /** The secret, as a reference. */
  readonly token: string;
  readonly provider?: TerraformProvider;
  /** What `machine()` made. */
  readonly machine?: HostMachine;
}

/** What an install method adds to the stack. */
export interface Installation {
  /** The resource that exists once the host is installed. */
  readonly resource?: TerraformResource;
  /** What a VM is given to install itself. */
  readonly userData?: HostUserData;
}

/** Where the host gets Elastic's installer from. */
export interface InstallerSource {
  readonly installerPath?: string;
  readonly installerUrl?: string;
  readonly installerSha256?: string;
}

/** Checks of an installer source. */
export const INSTALLER_CHECKS: readonly Check<InstallerSource>[] = [
  optional("installerPath", text(RULES.hostFile)),
  optional("installerUrl", text(RULES.installerUrl)),
  optional("installerSha256", text(RULES.sha256)),
  ({ installerUrl, installerSha256 }, prefix) =>
    installerUrl?.startsWith("http:") === true && installerSha256 === undefined
      ? [
          `${prefix}installerUrl is ${JSON.stringify(installerUrl)}: with http anyone in between can change it, so give installerSha256, too`,
        ]
      : [],
];
