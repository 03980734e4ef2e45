import {
  Aspects,
  AssetType,
  TerraformAsset,
  TerraformStack,
  Token,
  type FileProvisioner,
  type RemoteExecProvisioner,
  type SSHProvisionerConnection,
  type TerraformResource,
} from "cdktf";
import type { Construct, IConstruct } from "constructs";
import { dirname } from "node:path";
import { VERSION } from "../../version";
import { HostMachine } from "../bindings/host-machine";
import { stackPath } from "../cdktf-values";
import { check } from "../checks";
import {
  FIRST_STEP_FILE,
  INSTALL_SCRIPT_FILE,
  RUN_STEP_FILE,
  SETTINGS_FILE,
  STATE_FOLDER,
  TOKEN_FILE,
  UPLOADED_INSTALLER_FILE,
  UPLOAD_FOLDER,
} from "../scripts/paths";
import { INSTALL_SCRIPT, renderInstallSettings } from "../scripts/render";
import type { InstallMethod, InstallRequest, Installation, MachineRequest } from "./install-method";
import { NullProvider, NullResource } from "./null-resource";
import { DEFAULT_PORT, accessOf, connectTo } from "./ssh-connection";
import { InstallCarrier, SSH_CHECKS, type SshInstallOptions } from "./ssh-options";
import { TerraformData } from "./terraform-data";

const SCRIPT_ASSET = "cdktf-ece-install-script";

/** A resource whose creation runs provisioners. */
interface CreationConfig {
  /** A change replaces the resource, so that the steps run again. */
  readonly triggers: { readonly [name: string]: string };
  /** The connection of all steps; a step may add to it. */
  readonly connection: SSHProvisionerConnection;
  readonly steps: readonly (FileProvisioner | RemoteExecProvisioner)[];
}

/** Installs through Terraform's provisioners. */
export class SshInstall implements InstallMethod {
  readonly reachesMachine = true;

  readonly #options: SshInstallOptions;

  constructor(options: SshInstallOptions) {
    this.#options = options;
  }

  errors(): string[] {
    return check(this.#options, SSH_CHECKS, "install.");
  }

  get address(): string | undefined {
    const { host, port = DEFAULT_PORT, bastionHost } = this.#options;
    if ([host, port, bastionHost].some((part) => Token.isUnresolved(part))) return undefined;
    const through = bastionHost === undefined ? "" : ` through ${bastionHost.toLowerCase()}`;
    return `${host.toLowerCase()}, port ${port}${through}`;
  }

  machine(scope: Construct, request: MachineRequest): HostMachine {
    return new HostMachine(scope, "machine", {
      ...accessOf(scope, this.#options),
      ...request,
      skipAdvice: this.#options.skipAdvice,
    });
  }

  install(scope: Construct, { settings, token, machine }: InstallRequest): Installation {
    if (machine === undefined) throw new Error(`[${scope.node.path}] an install over SSH needs a machine`);
    const { carrier = InstallCarrier.TERRAFORM_DATA, installerFile, installerPath } = this.#options;
    const { installerUrl, installerSha256 } = this.#options;
    const settingsFile = renderInstallSettings({
      ...settings,
      installerPath: installerFile === undefined ? installerPath : UPLOADED_INSTALLER_FILE,
      installerUrl,
      installerSha256,
    });
    const resource = createWithProvisioners(scope, "install-step", carrier, {
      triggers: { machine: machine.id },
      connection: connectTo(machine, this.#options),
      steps: this.#uploadAndRun(scope, settingsFile, token),
    });
    return { resource };
  }

  #uploadAndRun(scope: Construct, settings: string, token: string): (FileProvisioner | RemoteExecProvisioner)[] {
    const { host, installerFile } = this.#options;
    // Scripts of steps lie here instead of in /tmp, where hardened hosts execute nothing and truncated scripts pile up.
    const scriptAt = (file: string) => ({ type: "ssh" as const, host, scriptPath: `./${file}` });
    return [
      // scp keeps the mode of an existing file, so the token is never readable for others.
      {
        type: "remote-exec",
        connection: scriptAt(FIRST_STEP_FILE),
        inline: [
          "set -e",
          "umask 077",
          `mkdir -p ${STATE_FOLDER}`,
          `rm -rf ${UPLOAD_FOLDER}`,
          `mkdir ${UPLOAD_FOLDER} ${dirname(RUN_STEP_FILE)}`,
          `: > ${TOKEN_FILE}`,
        ],
      },
      { type: "file", source: installScript(scope).path, destination: INSTALL_SCRIPT_FILE },
      { type: "file", content: settings, destination: SETTINGS_FILE },
      ...(installerFile === undefined
        ? []
        : [
            {
              type: "file" as const,
              source: stackPath(scope, installerFile),
              destination: UPLOADED_INSTALLER_FILE,
            },
          ]),
      // The token comes last, so that nothing fails between its upload and the run, and in a step of its own, so that Terraform
      // does not suppress the output of the run.
      { type: "file", content: token, destination: TOKEN_FILE },
      {
        type: "remote-exec",
        connection: scriptAt(RUN_STEP_FILE),
        inline: [`rm -f ${FIRST_STEP_FILE}`, `exec bash ${INSTALL_SCRIPT_FILE}`],
      },
    ];
  }
}

/**
 * The install script, which each synth puts into the stack's folder, once for all hosts.
 *
 * Its text is not part of the configuration: Terraform would parse it as a template for each host, on every command.
 */
function installScript(scope: Construct): TerraformAsset {
  const stack = TerraformStack.of(scope);
  const present = stack.node.tryFindChild(SCRIPT_ASSET);
  return present instanceof TerraformAsset
    ? present
    : new TerraformAsset(stack, SCRIPT_ASSET, { path: INSTALL_SCRIPT, type: AssetType.FILE, assetHash: VERSION });
}

/** Creates a resource `id` of the type `carrier`, whose creation runs the steps. */
function createWithProvisioners(
  scope: Construct,
  id: string,
  carrier: string,
  { triggers, connection, steps }: CreationConfig,
): TerraformResource {
  const provisioners = [...steps];
  if (carrier === InstallCarrier.TERRAFORM_DATA)
    return new TerraformData(scope, id, { triggersReplace: triggers, connection, provisioners });

  requireNullProvider(scope);
  return new NullResource(scope, id, { triggers, connection, provisioners });
}

/**
 * Adds a null provider to the stack where it has none.
 *
 * Decided at the end of the synth, so that one that the user adds after the first host counts.
 */
function requireNullProvider(scope: Construct): void {
  Aspects.of(TerraformStack.of(scope)).add({ visit: addMissingProvider });
}

function addMissingProvider(node: IConstruct): void {
  if (!TerraformStack.isStack(node)) return;
  const isPresent = node
    .allProviders()
    .some(
      ({ terraformResourceType, alias }) =>
        terraformResourceType === NullProvider.tfResourceType && alias === undefined,
    );
  if (!isPresent) new NullProvider(node, "cdktf-ece-null");
}
