import { App, LocalBackend, TerraformStack } from "cdktf";
import { join } from "node:path";
import {
  EceProvider,
  type EceProviderConfig,
  EceRole,
  HostInstall,
  HostKey,
  type EceHostConfig,
  type SshInstallOptions,
} from "../../lib";
import type { SimulatedHost, Simulator } from "../../lib/simulator";
import { buildNullProviderMirror } from "./null-provider/build";
import { TerraformFolder, operatorEnvironment } from "./terraform";
import { useEach } from "./use-each";

/** A CDKTF stack named `hosts`, synthesized in this process and run by real Terraform, with a stand-in for hashicorp/null. */
export class HostStack extends TerraformFolder {
  /** The arguments of our provider, beside what the environment says. */
  provider: EceProviderConfig = {};

  private constructor(readonly simulator: Simulator) {
    super(operatorEnvironment(simulator), join("cdktf.out", "stacks", "hosts"));
  }

  static async create(simulator: Simulator): Promise<HostStack> {
    const stack = new HostStack(simulator);
    const mirror = stack.sandbox.makeFolder("mirror");
    await buildNullProviderMirror(mirror);
    const configuration = stack.sandbox.writeFile(
      "mirrors.rc",
      `provider_installation {
  filesystem_mirror {
    path    = "${mirror}"
    include = ["registry.terraform.io/hashicorp/null"]
  }
  filesystem_mirror {
    path    = "terraform.d/plugins"
    include = ["terraform.local/*/*"]
  }
}
`,
    );
    stack.sandbox.env.TF_CLI_CONFIG_FILE = configuration;
    return stack;
  }

  /** Synthesizes the stack anew; the state stays. Our provider is declared before `define` runs. */
  synth(define: (stack: TerraformStack) => void): void {
    const app = new App({ outdir: join(this.sandbox.folder, "cdktf.out") });
    const stack = new TerraformStack(app, "hosts");
    // CDKTF would keep the state in the folder in which the tests were started, for the next test to find.
    new LocalBackend(stack, { path: join(this.folder, "terraform.tfstate") });
    new EceProvider(stack, "ece", this.provider);
    define(stack);
    app.synth();
  }

  /** Synthesizes and deploys; `terraform init` runs each time, as cdktf does it. */
  async deploy(define: (stack: TerraformStack) => void, ...args: string[]): ReturnType<TerraformFolder["apply"]> {
    this.synth(define);
    const init = await this.init();
    return init.exitCode === 0 ? this.apply(...args) : init;
  }
}

/** Gives each test a stack for the platform of the test. */
export function useHostStack(simulator: () => Simulator): () => HostStack {
  return useEach(
    () => HostStack.create(simulator()),
    (stack) => stack.remove(),
  );
}

/** An allocator on a simulated host, reached over SSH. */
export function allocatorOn(
  host: SimulatedHost,
  simulator: Simulator,
  overrides: Partial<EceHostConfig> = {},
): EceHostConfig {
  return {
    runnerId: host.runnerId,
    roles: [EceRole.ALLOCATOR],
    coordinatorHost: new URL(simulator.endpoint).hostname,
    availabilityZone: "ece-zone-1",
    install: sshTo(host),
    ...overrides,
  };
}

export function sshTo(host: SimulatedHost, overrides: Partial<SshInstallOptions> = {}): HostInstall {
  return HostInstall.overSsh({
    host: host.sshHost,
    port: host.sshPort,
    user: host.user,
    privateKeyFile: host.privateKeyFile,
    hostKey: HostKey.of(host.hostKey),
    ...overrides,
  });
}
