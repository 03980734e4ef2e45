import { copyFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { installProvider } from "../../lib/delivery";
import type { Simulator } from "../../lib/simulator";
import { type Finished, type RunOptions, Sandbox } from "./sandbox";

/** A folder in which Terraform runs, with the environment that the provider finds. */
export class TerraformFolder {
  readonly sandbox = new Sandbox();
  readonly folder: string;

  constructor(
    readonly environment: NodeJS.ProcessEnv,
    name: string,
  ) {
    this.folder = this.sandbox.makeFolder(name);
  }

  terraform(args: readonly string[], options: RunOptions = {}): Promise<Finished> {
    return this.sandbox.run("terraform", [...args, "-no-color"], {
      cwd: this.folder,
      ...options,
      env: { ...this.environment, ...options.env },
    });
  }

  init(): Promise<Finished> {
    return this.terraform(["init", "-input=false"]);
  }

  apply(...args: string[]): Promise<Finished> {
    return this.terraform(["apply", "-auto-approve", "-input=false", ...args]);
  }

  destroy(...args: string[]): Promise<Finished> {
    return this.terraform(["destroy", "-auto-approve", "-input=false", ...args]);
  }

  /** With exit code 0 for an empty plan, 1 for an error, 2 for changes. */
  plan(...args: string[]): Promise<Finished> {
    return this.terraform(["plan", "-detailed-exitcode", "-input=false", ...args]);
  }

  readState(): string {
    return readFileSync(join(this.folder, "terraform.tfstate"), "utf8");
  }

  /** The attributes of a resource in the state, or undefined. */
  stateOf(address: string): { [attribute: string]: unknown } | undefined {
    const [type, name] = address.split(".");
    const state = JSON.parse(this.readState()) as {
      resources: {
        mode: string;
        type: string;
        name: string;
        instances: { attributes: { [key: string]: unknown } }[];
      }[];
    };
    return state.resources.find((each) => each.mode === "managed" && each.type === type && each.name === name)
      ?.instances[0]?.attributes;
  }

  remove(): void {
    this.sandbox.remove();
  }
}

/** A hand-written configuration, with our provider vendored. */
export class TerraformWorkspace extends TerraformFolder {
  constructor(environment: NodeJS.ProcessEnv = {}) {
    super(environment, "stack");
    installProvider(this.folder);
  }

  /** Writes a .tf file; `main.tf` also gets the block that names our provider. */
  write(configuration: string, name = "main.tf"): void {
    const head = name === "main.tf" ? REQUIRED_PROVIDERS : "";
    this.sandbox.writeFile(join("stack", name), `${head}${configuration}`);
  }

  copy(file: string, name: string): void {
    copyFileSync(file, join(this.folder, name));
  }
}

const REQUIRED_PROVIDERS = `terraform {
  required_providers {
    ece = {
      source = "terraform.local/cdktf-ece/ece"
    }
  }
}

`;

/** What an operator exports to reach this platform. */
export function operatorEnvironment(simulator: Simulator): NodeJS.ProcessEnv {
  return {
    ECE_ENDPOINT: simulator.endpoint,
    ECE_USERNAME: simulator.username,
    ECE_PASSWORD: simulator.password,
    ECE_CA_CERTIFICATE_FILE: simulator.caCertificateFile,
  };
}
