import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import packageJson from "../../package.json";
import { localDependencies, packPackage } from "../support/packed-package";
import { type Finished, PACKAGE_ROOT, Sandbox } from "../support/sandbox";

const TSC = require.resolve("typescript/bin/tsc");

/** A project of somebody else, where the packed package is installed beside cdktf and constructs. */
let sandbox: Sandbox;
let project: string;

beforeAll(async () => {
  sandbox = new Sandbox();
  project = sandbox.makeFolder("project");
  const tarball = await packPackage(sandbox);
  const needed = Object.keys({ ...packageJson.dependencies, ...packageJson.peerDependencies });
  const dependencies = localDependencies([packageJson.name, ...needed, "@types/node"], tarball);
  write("package.json", JSON.stringify({ private: true, dependencies }));
  expect(await npm(["install", "--ignore-scripts", "--no-audit"], project)).toMatchObject({ exitCode: 0 });
}, 120_000);

afterAll(() => sandbox?.remove());

function npm(args: string[], cwd: string): Promise<Finished> {
  return sandbox.run("npm", args, { cwd });
}

function node(...args: string[]): Promise<Finished> {
  return sandbox.run(process.execPath, args, { cwd: project });
}

function write(name: string, content: string): string {
  return sandbox.writeFile(join("project", name), content);
}

const SYNTH = `
const app = new App({ outdir: process.env.OUTDIR });
const stack = new TerraformStack(app, "allocators");
new EceProvider(stack, "ece", { endpoint: "https://coordinator.example:12443" });
new EceHost(stack, "allocator", {
  runnerId: "10.0.0.11",
  roles: [EceRole.ALLOCATOR],
  coordinatorHost: "10.0.0.10",
  install: HostInstall.overSsh({
    host: "10.0.0.11",
    user: "elastic",
    privateKeyFile: "~/.ssh/ece",
    hostKey: HostKey.of("ssh-ed25519 ${Buffer.from("\0\0\0\x0bssh-ed25519\0\0\0\x20".padEnd(51, "k"), "latin1").toString("base64")}"),
  }),
});
app.synth();
`;
const NAMES = "EceHost, EceProvider, EceRole, HostInstall, HostKey";
const JAVASCRIPT = {
  "commonjs.cjs": `const { App, TerraformStack } = require("cdktf");\nconst { ${NAMES} } = require("cdktf-ece");${SYNTH}`,
  "modules.mjs": `import { App, TerraformStack } from "cdktf";\nimport { ${NAMES} } from "cdktf-ece";${SYNTH}`,
};
const TYPESCRIPT = `import { App, TerraformStack } from "cdktf";
import { ${NAMES} } from "cdktf-ece";
import { EceApiError, EceClient } from "cdktf-ece/api";
import { Simulator, type SimulatorOptions } from "cdktf-ece/simulator";
${SYNTH}
const options: SimulatorOptions = { hosts: 1 };
void Simulator.start(options).then(async (simulator) => {
  const ids: string[] = simulator.state().tokens.map((token) => token.id);
  console.log(ids.length, simulator.hosts.length, EceClient.name, EceApiError.name);
  await simulator.stop();
});
`;

/** The Terraform types that a synthesized stack declares, and whether the provider lies beside it. */
function synthesized(outdir: string): { types: string[]; hasProvider: boolean } {
  const stack = join(project, outdir, "stacks/allocators");
  const { resource } = JSON.parse(readFileSync(join(stack, "cdk.tf.json"), "utf8")) as { resource: object };
  return {
    types: Object.keys(resource).sort(),
    hasProvider: existsSync(join(stack, "terraform.d/plugins/terraform.local")),
  };
}

const WHOLE_HOST = {
  types: expect.arrayContaining([
    "ece_host",
    "ece_host_machine",
    "ece_host_roles",
    "ece_roles_token",
    "terraform_data",
  ]) as string[],
  hasProvider: true,
};

test("the package holds what it needs to run and nothing of how it is built", () => {
  const installed = join(project, "node_modules", packageJson.name);
  const files = readdirSync(installed, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(installed.length + 1));

  const scripts = readdirSync(join(PACKAGE_ROOT, "lib"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".sh"))
    .map((file) => join("dist", file));

  expect(files.filter((file) => file.endsWith(".sh")).sort()).toEqual(scripts.sort());
  expect(files.filter((file) => !/^dist\/.*\.(js|d\.ts|sh)$|^docs\/.*\.(md|svg)$/.test(file)).sort()).toEqual([
    "CHANGELOG.md",
    "LICENSE",
    "README.md",
    "dist/terraform-provider-ece.h1",
    "dist/terraform-provider-ece.zip",
    "dist/third-party-notices.txt",
    "package.json",
  ]);
});

test("the package holds the licence of everybody whose code its provider holds", async () => {
  const { metafile } = await build({
    entryPoints: [join(PACKAGE_ROOT, "lib/provider/main.ts")],
    bundle: true,
    platform: "node",
    // What writes forms is left out of the provider.
    external: ["*.node", "cpu-features", "form-data"],
    metafile: true,
    write: false,
  });
  const bundled = Object.keys(metafile.inputs).flatMap(
    (file) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? [],
  );
  const text = readFileSync(join(project, "node_modules", packageJson.name, "dist/third-party-notices.txt"), "utf8");
  const [, ...notices] = text.split(/^-{80}\n\n/m);

  expect(new Set(notices.map((notice) => notice.split(" ", 1)[0]))).toEqual(new Set(bundled));
  expect(notices.filter((notice) => !/licen[cs]e|permission/i.test(notice))).toEqual([]);
});

test.each(Object.entries(JAVASCRIPT))(
  "plain JavaScript (%s) synthesizes a stack with the provider",
  async (name, program) => {
    write(name, program);

    const run = await sandbox.run(process.execPath, [name], { cwd: project, env: { OUTDIR: `out-${name}` } });

    expect(run).toMatchObject({ exitCode: 0, stderr: "" });
    expect(synthesized(`out-${name}`)).toEqual(WHOLE_HOST);
  },
);

test("a synth loads neither the API client nor the plugin's libraries", async () => {
  const loaded = await node("-p", `require("cdktf-ece"); Object.keys(require.cache).join("\\n")`);

  expect(loaded.stdout).toContain("/cdktf/lib/");
  expect(loaded.stdout).not.toMatch(/\/node_modules\/(axios|@grpc|@peculiar|ssh2|jsonwebtoken|commander)\//);
});

test.each([
  ["node16", "node16"],
  ["commonjs", "node10"],
])(
  "strict TypeScript with module %s and moduleResolution %s takes every entry point",
  async (module, moduleResolution) => {
    const source = write(`${module}/main.ts`, TYPESCRIPT);
    const options = ["--strict", "--target", "es2022", "--module", module, "--moduleResolution", moduleResolution];

    const compiled = await node(TSC, ...options, source);
    const run = await sandbox.run(process.execPath, [join(module, "main.js")], {
      cwd: project,
      env: { OUTDIR: `out-${module}` },
    });

    expect(compiled).toMatchObject({ exitCode: 0, stdout: "" });
    expect(run).toMatchObject({ exitCode: 0, stdout: "3 1 EceClient EceApiError\n", stderr: "" });
    expect(synthesized(`out-${module}`)).toEqual(WHOLE_HOST);
  },
);

test("the program on the README's first screen compiles", async () => {
  const [, program = ""] = /```ts\n([^]*?)```/.exec(readFileSync(join(PACKAGE_ROOT, "README.md"), "utf8")) ?? [];
  const source = write("readme/main.ts", program);

  const compiled = await node(TSC, "--strict", "--noEmit", "--target", "es2022", "--module", "node16", source);

  expect(program).toContain("new EceHost(");
  expect(compiled).toMatchObject({ exitCode: 0, stdout: "" });
});

test("npx cdktf-ece works where the package is installed", async () => {
  const help = await sandbox.run("npx", ["cdktf-ece", "--help"], { cwd: project });
  const vendored = await sandbox.run("npx", ["cdktf-ece", "provider", "vendor", "."], { cwd: project });

  expect(help).toMatchObject({ exitCode: 0 });
  expect(help.stdout).toContain("Usage: cdktf-ece");
  expect(vendored).toMatchObject({ exitCode: 0 });
  expect(readdirSync(join(project, "terraform.d/plugins/terraform.local/cdktf-ece/ece"))).toContain(
    `terraform-provider-ece_${packageJson.version}_linux_amd64.zip`,
  );
});

test("npx cdktf-ece works in a clone of the project", async () => {
  // Else npx builds the package once more, under the other tests.
  const env = { npm_config_ignore_scripts: "true" };

  const help = await sandbox.run("npx", ["cdktf-ece", "simulator", "--help"], { cwd: PACKAGE_ROOT, env });

  expect(help).toMatchObject({ exitCode: 0 });
  expect(help.stdout).toContain("Usage: cdktf-ece simulator");
});
