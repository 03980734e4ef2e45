import { NullProvider } from "@cdktf/provider-null/lib/provider";
import { Resource as NullResource } from "@cdktf/provider-null/lib/resource";
import {
  Aspects,
  AssetType,
  TerraformAsset,
  TerraformSelf,
  TerraformStack,
  Token,
  type FileProvisioner,
  type RemoteExecProvisioner,
  type TerraformResource,
} from "cdktf";
import type { Construct, IConstruct } from "constructs";
import { dirname } from "node:path";
import { VERSION } from "../../version";
import { check } from "../checks";
import { renderCleanupScript } from "../scripts/cleanup-script";
import {
  CLEANUP_STEP_FILE,
  FIRST_STEP_FILE,
  INSTALL_SCRIPT_FILE,
  REMOVAL_SCRIPT_FILE,
  RUN_STEP_FILE,
  SETTINGS_FILE,
  STATE_FOLDER,
  TOKEN_FILE,
  UPLOADED_INSTALLER_FILE,
  UPLOAD_FOLDER,
} from "../scripts/paths";
import type { InstallMethod, InstallRequest, Installation } from "./install-method";
import { INSTALL_SCRIPT, renderInstallSettings } from "../scripts/render";
import { accessOf, connect, withScriptPath, type Access, type Address } from "./ssh-connection";
import { InstallCarrier, SSH_CHECKS, type SshInstallOptions } from "./ssh-options";
import { stackPath } from "../cdktf-values";
import { TerraformData } from "./terraform-data";

const SCRIPT_ASSET = "cdktf-ece-install-script";

/** Identity of the installed machine: a change replaces it. */
interface Machine extends Address {
  readonly host_id: string;
  readonly storage_path: string;
  readonly container_engine: string;
}

/** Contents of the uploaded files. */
interface Uploads {
  readonly settings: string;
  readonly removal: string;
  readonly token: string;
}

/** A resource whose creation runs provisioners. */
interface CreationConfig {
  /** A change replaces the resource, so that the steps run again. */
  readonly triggers: { readonly [name: string]: string };
  readonly steps: readonly (FileProvisioner | RemoteExecProvisioner)[];
}

/** A resource whose destruction runs provisioners. They see only the strings that it stores, so no secrets. */
interface DestructionConfig<Identity, Access> {
  /** Stored; a change replaces the resource. */
  readonly identity: Identity;
  /** Stored; a change replaces nothing. */
  readonly access: Access;
  readonly steps: (stored: Identity & Access) => readonly RemoteExecProvisioner[];
}

/** Installs through Terraform's provisioners. */
export class SshInstall implements InstallMethod {
  readonly takesEphemeralTokens = true;

  readonly #options: SshInstallOptions;

  constructor(options: SshInstallOptions) {
    this.#options = options;
  }

  errors(): string[] {
    return check(this.#options, SSH_CHECKS, "install.");
  }

  fingerprint(): string[] {
    return [`ssh host ${this.#options.host}`];
  }

  install(scope: Construct, { settings, token, hostId }: InstallRequest): Installation {
    const options = this.#options;
    const settingsFile = renderInstallSettings({
      ...settings,
      installerPath: options.installerFile === undefined ? options.installerPath : UPLOADED_INSTALLER_FILE,
      installerUrl: options.installerUrl,
      installerSha256: options.installerSha256,
    });
    const { storagePath, containerEngine } = settings;
    const identity = {
      host_id: hostId,
      ssh_host: options.host,
      storage_path: storagePath,
      container_engine: containerEngine,
    };
    const removal = renderCleanupScript({ storagePath, containerEngine });

    // A resource of its own: Terraform runs no destroy-time provisioners of an install that failed.
    const cleanup = this.#cleanup(scope, identity);
    const resource = createWithProvisioners(scope, "install-step", this.#carrier, {
      triggers: { machine: cleanup.getStringAttribute("id") },
      steps: this.#uploadAndRun(scope, { settings: settingsFile, removal, token }),
    });
    return { resource, cleanup };
  }

  retire(scope: Construct): void {
    // Only the names of these values matter: the cleanup uses what was stored.
    this.#cleanup(scope, { host_id: "", ssh_host: "", storage_path: "", container_engine: "" }).count = 0;
  }

  /** Does not fail where the host does not answer, or it could never be destroyed; the platform keeps the record while ECE runs there. */
  #cleanup(scope: Construct, identity: Machine): TerraformResource {
    const { connectTimeout } = this.#options;
    const timeout = Token.isUnresolved(connectTimeout) ? undefined : connectTimeout;
    return addDestroyProvisioners(scope, "cleanup", {
      identity,
      access: accessOf(scope, this.#options),
      steps: (stored) => cleanUp(stored, timeout),
    });
  }

  get #carrier(): string {
    return this.#options.carrier ?? InstallCarrier.TERRAFORM_DATA;
  }

  #uploadAndRun(scope: Construct, { settings, removal, token }: Uploads): (FileProvisioner | RemoteExecProvisioner)[] {
    const { host, installerFile, connectTimeout } = this.#options;
    const connection = connect({ ssh_host: host, ...accessOf(scope, this.#options) }, connectTimeout);
    return [
      // scp keeps the mode of an existing file, so the token is never readable for others.
      {
        type: "remote-exec",
        connection: withScriptPath(connection, FIRST_STEP_FILE),
        inline: [
          "set -e",
          "umask 077",
          `mkdir -p ${STATE_FOLDER}`,
          `rm -rf ${UPLOAD_FOLDER}`,
          `mkdir ${UPLOAD_FOLDER} ${dirname(RUN_STEP_FILE)}`,
          `: > ${TOKEN_FILE}`,
        ],
      },
      { type: "file", connection, content: removal, destination: REMOVAL_SCRIPT_FILE },
      { type: "file", connection, source: installScript(scope).path, destination: INSTALL_SCRIPT_FILE },
      { type: "file", connection, content: settings, destination: SETTINGS_FILE },
      ...(installerFile === undefined
        ? []
        : [
            {
              type: "file" as const,
              connection,
              source: stackPath(scope, installerFile),
              destination: UPLOADED_INSTALLER_FILE,
            },
          ]),
      // The token comes last, so that nothing fails between its upload and the run, and in a step of its own, so that Terraform
      // does not suppress the output of the run.
      { type: "file", connection, content: token, destination: TOKEN_FILE },
      {
        type: "remote-exec",
        connection: withScriptPath(connection, RUN_STEP_FILE),
        inline: [`rm -f ${FIRST_STEP_FILE}`, `exec bash ${INSTALL_SCRIPT_FILE}`],
      },
    ];
  }
}

function cleanUp(stored: Machine & Access, timeout: string | undefined): RemoteExecProvisioner[] {
  const connection = connect(stored, timeout);
  const script = renderCleanupScript({ storagePath: stored.storage_path, containerEngine: stored.container_engine });
  return [
    {
      type: "remote-exec",
      connection: withScriptPath(connection, FIRST_STEP_FILE),
      inline: ["umask 077", `mkdir -p ${dirname(CLEANUP_STEP_FILE)}`],
    },
    { type: "remote-exec", connection: withScriptPath(connection, CLEANUP_STEP_FILE), inline: [script] },
  ];
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
  config: CreationConfig,
): TerraformResource {
  const { triggers, steps } = config;
  const provisioners = [...steps];
  if (carrier === InstallCarrier.TERRAFORM_DATA)
    return new TerraformData(scope, id, { triggersReplace: triggers, provisioners });

  requireNullProvider(scope);
  return new NullResource(scope, id, { triggers, provisioners });
}

/** Creates a `terraform_data` `id`, whose destruction runs the steps and succeeds even where one fails. */
function addDestroyProvisioners<Identity extends object, Access extends object>(
  scope: Construct,
  id: string,
  { identity, access, steps }: DestructionConfig<Identity, Access>,
): TerraformResource {
  const input = { ...identity, ...access };
  const self = Object.fromEntries(Object.keys(input).map((name) => [name, TerraformSelf.getString(`input.${name}`)]));
  const provisioners = [...steps(self as Identity & Access)];
  const resource = new TerraformData(scope, id, { triggersReplace: identity, input, provisioners });
  // CDKTF offers `when` for local-exec only, and `on_failure` for no provisioner.
  for (const index of provisioners.keys()) {
    resource.addOverride(`provisioner.${index}.remote-exec.when`, "destroy");
    resource.addOverride(`provisioner.${index}.remote-exec.on_failure`, "continue");
  }
  return resource;
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
    .some(({ terraformResourceType, alias }) => terraformResourceType === "null" && alias === undefined);
  if (!isPresent) new NullProvider(node, "cdktf-ece-null");
}
