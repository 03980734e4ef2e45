import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import packageJson from "../../package.json";
import type { Simulator } from "../../lib/simulator";
import { type Finished, PACKAGE_ROOT, Sandbox } from "./sandbox";
import { operatorEnvironment } from "./terraform";

/** A framework that a package is made for, with what its users install beside it. */
export interface Framework {
  readonly name: "cdktf" | "cdktn";
  readonly dependencies: { readonly [name: string]: string };
}

/** The oldest of constructs that both take, and the newest that each does. */
export const CDKTF: Framework = { name: "cdktf", dependencies: { cdktf: "0.21.0", constructs: "^10.4.2" } };
export const CDKTN: Framework = { name: "cdktn", dependencies: { cdktn: "0.24.0", constructs: ">=10.6 <10.8" } };

/** The stacks of the program, one for each of two hosts. */
export const STACKS = ["zone-1", "zone-2"];

/**
 * One allocator in each of two stacks, on the hosts of hosts.json. With EPHEMERAL_TOKEN the second one joins with a token
 * that is never stored.
 */
const PROGRAM = `import { readFileSync } from "node:fs";
import { App, TerraformStack } from "FRAMEWORK";
import { EceHost, EceProvider, EceRole, HostInstall, HostKey, HostToken } from "FRAMEWORK-ece";

interface Machine {
  readonly runnerId: string;
  readonly sshHost: string;
  readonly sshPort: number;
  readonly user: string;
  readonly privateKeyFile: string;
  readonly hostKey: string;
}

const { hosts } = JSON.parse(readFileSync("hosts.json", "utf8")) as { hosts: Machine[] };
const app = new App();
hosts.forEach((machine, index) => {
  const stack = new TerraformStack(app, \`zone-\${index + 1}\`);
  new EceProvider(stack, "ece");
  new EceHost(stack, "allocator", {
    runnerId: machine.runnerId,
    roles: [EceRole.ALLOCATOR],
    coordinatorHost: new URL(process.env.ECE_ENDPOINT ?? "").hostname,
    availabilityZone: \`ece-zone-\${index + 1}\`,
    token: index === 1 && process.env.EPHEMERAL_TOKEN ? HostToken.ephemeral() : HostToken.persistent(),
    install: HostInstall.overSsh({
      host: machine.sshHost,
      port: machine.sshPort,
      user: machine.user,
      privateKeyFile: machine.privateKeyFile,
      hostKey: HostKey.of(machine.hostKey),
    }),
  });
});
app.synth();
`;

/** Packs what is built for both frameworks. */
export async function packAll(folder: string): Promise<void> {
  const sandbox = new Sandbox();
  const args = [join(PACKAGE_ROOT, "pack-all.mjs"), folder, "--ignore-scripts"];
  expect(await sandbox.run(process.execPath, args, { cwd: PACKAGE_ROOT })).toMatchObject({ exitCode: 0 });
  sandbox.remove();
}

/** A project of somebody else in a fresh folder, with a packed package installed in it from a registry. */
export class PackedProject {
  readonly sandbox = new Sandbox();
  readonly folder = this.sandbox.makeFolder("project");

  private constructor(readonly framework: Framework) {}

  /** Installs with npm, or with the program of another package manager. */
  static async install(
    framework: Framework,
    archives: string,
    [program = "npm", ...args]: readonly string[] = [],
  ): Promise<PackedProject> {
    const project = new PackedProject(framework);
    const archive = join(archives, `${framework.name}-ece-${packageJson.version}.tgz`);
    project.write("package.json", {
      private: true,
      dependencies: { ...framework.dependencies, [`${framework.name}-ece`]: `file:${archive}` },
      devDependencies: { "@types/node": packageJson.devDependencies["@types/node"] },
    });
    // What npm keeps of earlier downloads, and the registry that it asks, are those of whoever runs the tests.
    const { HOME, npm_config_cache, npm_config_registry } = process.env;
    const env = { HOME, npm_config_cache, npm_config_registry, npm_config_prefer_offline: "true" };
    const installed = await project.run(program, [...args, "install", "--ignore-scripts"], env);
    expect(installed).toMatchObject({ exitCode: 0 });
    return project;
  }

  write(name: string, content: string | object): void {
    const text = typeof content === "string" ? content : JSON.stringify(content);
    this.sandbox.writeFile(join("project", name), text.replaceAll("FRAMEWORK", this.framework.name));
  }

  /** Compiles the program strictly, with the types of all packages: to an ES module, main.mjs, and to CommonJS, main.cjs. */
  async compile(): Promise<void> {
    this.write("main.mts", PROGRAM);
    this.write("main.cts", PROGRAM);
    const options = ["--strict", "--target", "es2022", "--module", "node16", "main.mts", "main.cts"];
    const compiled = await this.run(process.execPath, [require.resolve("typescript/bin/tsc"), ...options]);
    expect(compiled).toMatchObject({ exitCode: 0, stdout: "" });
  }

  /** Lets the project find this platform with its hosts. */
  use(simulator: Simulator): void {
    this.write("hosts.json", simulator.toJSON());
    Object.assign(this.sandbox.env, operatorEnvironment(simulator));
  }

  run(program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Finished> {
    return this.sandbox.run(program, args, { cwd: this.folder, env });
  }

  /** Runs Terraform in the folder of a stack that was synthesized. */
  terraform(stack: string, ...args: string[]): Promise<Finished> {
    const cwd = join(this.folder, "cdktf.out", "stacks", stack);
    return this.sandbox.run("terraform", [...args, "-no-color"], { cwd });
  }

  /** The state of a stack, where both frameworks keep it unless they are told otherwise. */
  stateOf(stack: string): string {
    const file = join(this.folder, `terraform.${stack}.tfstate`);
    return existsSync(file) ? readFileSync(file, "utf8") : "";
  }

  remove(): void {
    this.sandbox.remove();
  }
}
