import type { TerraformResourceLifecycle, TerraformStack } from "cdktf";
import { join } from "node:path";
import { EceHost, type EceHostConfig } from "../../lib";
import {
  Simulator,
  type AllocatorState,
  type RunnerState,
  type SimulatedHost,
  type SimulatorState,
} from "../../lib/simulator";
import { HostStack, allocatorOn } from "./host-stack";
import { eceOn } from "./installed-machine";
import { giveLifecycle } from "./lifecycle";
import { PACKAGE_ROOT, type Finished } from "./sandbox";
import { textOf } from "./terraform";
import { useEach } from "./use-each";

/** One allocator on a simulated host, deployed by real Terraform, with what its tests ask of it. */
export class LoneHost {
  static async start(): Promise<LoneHost> {
    const simulator = await Simulator.start({ hosts: 1 });
    return new LoneHost(simulator, await HostStack.create(simulator));
  }

  /** What an Aspect gives to every resource. */
  lifecycle: TerraformResourceLifecycle = {};
  readonly machine: SimulatedHost;
  readonly #atStart: SimulatorState;
  #initialized?: Promise<Finished>;
  #instances: readonly string[];

  private constructor(
    readonly simulator: Simulator,
    readonly stack: HostStack,
  ) {
    this.machine = simulator.hosts[0]!;
    this.#atStart = simulator.state();
    this.#instances = instancesOf(this.#atStart);
  }

  get runner(): RunnerState | undefined {
    return this.simulator.state().runners.find(({ runnerId }) => runnerId === this.machine.runnerId);
  }

  get allocator(): AllocatorState | undefined {
    return this.simulator.state().allocators.find(({ allocatorId }) => allocatorId === this.machine.runnerId);
  }

  /** The ids of the live tokens that were made since the start. */
  get tokens(): string[] {
    const known = new Set(this.#atStart.tokens.map(({ id }) => id));
    return this.simulator.state().tokens.flatMap(({ id, live }) => (live && !known.has(id) ? [id] : []));
  }

  /** Synthesizes the host; what the platform or the machine cannot give is waited for no longer than seconds. */
  synth(overrides: Partial<EceHostConfig> = {}): void {
    this.stack.synth((scope) => {
      this.#define(scope, overrides);
      giveLifecycle(scope, this.lifecycle);
    });
  }

  /** Synthesizes and applies; `terraform init` runs the first time only. */
  async deploy(overrides: Partial<EceHostConfig> = {}, ...args: string[]): Promise<Finished> {
    this.synth(overrides);
    await this.init();
    return this.stack.apply(...args);
  }

  async init(): Promise<void> {
    this.#initialized ??= this.stack.init();
    expect(await this.#initialized).toMatchObject({ exitCode: 0 });
  }

  /** Runs Terraform on what was synthesized last, and presses Ctrl-C as soon as something is so. */
  interruptWhen(condition: () => boolean, command: "apply" | "destroy"): Promise<Finished> {
    return this.stack.interruptWhen(condition, command, "-auto-approve", "-input=false");
  }

  /** The same with kill -9, of Terraform and of the provider. */
  killWhen(condition: () => boolean, command: "apply" | "destroy"): Promise<Finished> {
    return this.stack.killWhen(condition, command, "-auto-approve", "-input=false");
  }

  /** Deploys the host with two instances on it, which may not be lost from then on. */
  async deployWithInstances(): Promise<void> {
    expect(await this.deploy()).toMatchObject({ exitCode: 0 });
    this.placeInstances();
  }

  /** Places two instances on the host, which may not be lost from then on. */
  placeInstances(): void {
    this.simulator.platform.placeInstances(this.machine.runnerId, 2);
    this.#instances = instancesOf(this.simulator.state());
  }

  /** Whether the platform has answered such a call. */
  hasAnswered(method: string, path: string, query: { readonly [name: string]: string } = {}): boolean {
    return this.simulator.requests.some(
      (request) =>
        request.method === method &&
        request.path.endsWith(path) &&
        request.status !== undefined &&
        Object.entries(query).every(([name, value]) => request.query[name] === value),
    );
  }

  /** Destroys; what Terraform calls destroyed must be gone, whatever the outcome. */
  async destroy(): Promise<Finished> {
    const finished = await this.stack.destroy();
    const isSaidOf = (type: string) => new RegExp(`^${type}\\.\\S+: Destruction complete`, "m").test(textOf(finished));
    if (isSaidOf("ece_host")) expect(this.runner).toBeUndefined();
    if (isSaidOf("ece_host_machine")) expect(await eceOn(this.machine)).toEqual([]);
    if (isSaidOf("ece_roles_token")) expect(this.tokens).toEqual([]);
    if (isSaidOf("ece_host_roles")) expect(this.runner?.roles ?? []).not.toContain("allocator");
    return finished;
  }

  /** Asks the command line which tokens no state knows, beside those that were there before. */
  auditTokens(): Promise<Finished> {
    const state = join(this.stack.folder, "terraform.tfstate");
    const known = this.#atStart.tokens.map(({ id }) => id);
    const audit = ["tokens", "audit", "--json", "--state", state, "--known", ...known];
    const command = join(PACKAGE_ROOT, "dist", "cli", "main.js");
    return this.stack.sandbox.run(process.execPath, [command, ...audit], { env: this.stack.environment });
  }

  async expectDeclaredState(): Promise<void> {
    expect(this.runner).toMatchObject({ connected: true });
    expect(this.runner?.roles).toContain("allocator");
    expect(this.allocator).toMatchObject({ connected: true, maintenanceMode: false });
    expect(this.#lostInstances()).toEqual([]);
    expect(await this.stack.plan()).toMatchObject({ exitCode: 0 });
  }

  /** The declared state, with one token and with ECE on the machine. */
  async expectInService(): Promise<void> {
    await this.expectDeclaredState();
    expect(this.tokens).toHaveLength(1);
    expect(await eceOn(this.machine)).toContain("frc-allocators-allocator");
  }

  async expectDestroyWithoutTrace(): Promise<void> {
    expect(await this.destroy()).toMatchObject({ exitCode: 0 });
    await this.expectNoTrace();
  }

  /** Nothing of the host is left on the platform or on its machine, and no instance is lost. */
  async expectNoTrace(): Promise<void> {
    const { runners, allocators } = this.simulator.state();
    expect(runners).toEqual(this.#atStart.runners);
    expect(allocators.map(({ allocatorId }) => allocatorId)).not.toContain(this.machine.runnerId);
    expect(this.tokens).toEqual([]);
    expect(this.machine.containers).toEqual([]);
    expect(await eceOn(this.machine)).toEqual([]);
    expect(this.#lostInstances()).toEqual([]);
  }

  async stop(): Promise<void> {
    this.stack.remove();
    await this.simulator.stop();
  }

  #lostInstances(): string[] {
    const held = new Set(instancesOf(this.simulator.state()));
    return this.#instances.filter((instance) => !held.has(instance));
  }

  #define(scope: TerraformStack, overrides: Partial<EceHostConfig>): void {
    const config = {
      ...allocatorOn(this.machine, this.simulator),
      joinTimeout: "4s",
      drainTimeout: "4s",
      ...overrides,
    };
    new EceHost(scope, "one", config).host.addOverride("timeouts.delete", "2s");
  }
}

function instancesOf({ allocators }: SimulatorState): string[] {
  return allocators.flatMap(({ instances }) => instances);
}

/** Gives each test a host of its own. */
export function useLoneHost(): () => LoneHost {
  return useEach(
    () => LoneHost.start(),
    (host) => host.stop(),
  );
}
