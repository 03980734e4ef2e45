import { join } from "node:path";
import type { Simulator } from "../../lib/simulator";
import { PACKAGE_ROOT, type Finished, type RunOptions, Sandbox } from "./sandbox";
import { operatorEnvironment } from "./terraform";
import { useEach } from "./use-each";

/**
 * A folder with a cdktf.json, deployed by the real `cdktf`, as a user's repository is.
 */
export class CdktfProject {
  readonly sandbox = new Sandbox();
  readonly folder = this.sandbox.makeFolder("project");

  readonly #environment: NodeJS.ProcessEnv;

  private constructor(
    readonly simulator: Simulator,
    environment: NodeJS.ProcessEnv,
  ) {
    this.#environment = environment;
  }

  /** A project that runs a program of the examples folder on the hosts of a simulator. */
  static ofExample(program: string, simulator: Simulator): CdktfProject {
    const environment = {
      ...operatorEnvironment(simulator),
      ECE_COORDINATOR_HOST: simulator.hosts[0]?.coordinatorHost,
      ECE_HOSTS_FILE: undefined,
    };
    const project = new CdktfProject(simulator, environment);
    project.#write("cdktf.json", {
      language: "typescript",
      app: `"${process.execPath}" "${require.resolve("tsx/cli")}" "${join(PACKAGE_ROOT, "examples", program)}"`,
      projectId: "cdktf-ece-test",
      sendCrashReports: "false",
    });
    project.#write("hosts.json", simulator.toJSON());
    return project;
  }

  cdktf(args: readonly string[], options: RunOptions = {}): Promise<Finished> {
    const cli = join(require.resolve("cdktf-cli/package.json"), "..", "bundle", "bin", "cdktf");
    return this.#run(process.execPath, [cli, ...args], { cwd: this.folder, ...options });
  }

  /** Runs Terraform in the folder of a stack that was synthesized. */
  terraform(stack: string, args: readonly string[]): Promise<Finished> {
    return this.#run("terraform", [...args, "-no-color"], { cwd: this.stackFolder(stack) });
  }

  stackFolder(stack: string): string {
    return join(this.folder, "cdktf.out", "stacks", stack);
  }

  /** The files of the project that contain a text. */
  filesContaining(text: string): string[] {
    return this.sandbox.filesContaining(text, "project");
  }

  remove(): void {
    this.sandbox.remove();
  }

  #run(program: string, args: readonly string[], options: RunOptions): Promise<Finished> {
    return this.sandbox.run(program, args, { ...options, env: { ...this.#environment, ...options.env } });
  }

  #write(name: string, content: object): void {
    this.sandbox.writeFile(join("project", name), JSON.stringify(content));
  }
}

/** Gives each test a project for the platform of the test, as {@link CdktfProject.ofExample} makes it. */
export function useCdktfProject(program: string, simulator: () => Simulator): () => CdktfProject {
  return useEach(
    () => CdktfProject.ofExample(program, simulator()),
    (project) => project.remove(),
  );
}
