import { readFileSync } from "node:fs";
import { join } from "node:path";
import { installProvider } from "../../lib/delivery";
import type { Simulator } from "../../lib/simulator";
import { eventually } from "./eventually";
import { type Finished, type RunOptions, Sandbox } from "./sandbox";
import { useEach } from "./use-each";

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

  /** Runs a command, and presses Ctrl-C as soon as something is so. */
  interruptWhen(condition: () => boolean, ...args: string[]): Promise<Finished> {
    return this.#signalWhen("SIGINT", condition, args);
  }

  /** Runs a command, and ends Terraform and its providers with kill -9 as soon as something is so. */
  killWhen(condition: () => boolean, ...args: string[]): Promise<Finished> {
    return this.#signalWhen("SIGKILL", condition, args);
  }

  async #signalWhen(name: NodeJS.Signals, condition: () => boolean, args: string[]): Promise<Finished> {
    let send: (name?: NodeJS.Signals) => void = () => undefined;
    let hasEnded = false;
    const running = this.terraform(args, { onOutput: (_, signal) => (send = signal) }).finally(() => (hasEnded = true));
    await eventually(() => hasEnded || condition());
    if (!hasEnded) send(name);
    return running;
  }

  /** The address in the state of the only resource of its type, or of the first. */
  async addressOf(type: string): Promise<string> {
    const { stdout } = await this.terraform(["state", "list"]);
    const address = stdout.split("\n").find((line) => line.startsWith(`${type}.`));
    if (address === undefined) throw new Error(`there is no ${type} in the state`);
    return address;
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

  /** Writes main.tf and runs `terraform init`. */
  async initialize(configuration: string): Promise<void> {
    this.write(configuration);
    expect(await this.init()).toMatchObject({ exitCode: 0 });
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

/** Gives each test a workspace for the platform of the test. */
export function useWorkspace(simulator: () => Simulator): () => TerraformWorkspace {
  return useEach(
    () => new TerraformWorkspace(operatorEnvironment(simulator())),
    (workspace) => workspace.remove(),
  );
}

/** Terraform folds long lines into a box; this is the text again. */
export function textOf({ output }: Finished): string {
  return output.replace(/^[│╷╵]?\s*/gm, " ").replace(/\s+/g, " ");
}

/** What an operator exports to reach this platform. */
export function operatorEnvironment(simulator: Simulator): NodeJS.ProcessEnv {
  return {
    ECE_ENDPOINT: simulator.endpoint,
    ECE_USERNAME: simulator.username,
    ECE_PASSWORD: simulator.password,
    ECE_CA_CERTIFICATE_FILE: simulator.caCertificateFile,
  };
}
