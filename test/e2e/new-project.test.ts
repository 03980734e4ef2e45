import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import packageJson from "../../package.json";
import { HOST_KEY_LINE } from "../constructs/synthesis";
import { localDependencies, packPackage } from "../support/packed-package";
import { PACKAGE_ROOT, useSandbox } from "../support/sandbox";

const README = readFileSync(join(PACKAGE_ROOT, "README.md"), "utf8");

const sandbox = useSandbox();

/** What the README says a file of a new project holds. */
function fileInReadme(name: string): string {
  const [, content = ""] = new RegExp(`^\`${name}\`\\n\\n\`\`\`json\\n([^]*?)^\`\`\``, "m").exec(README) ?? [];
  expect(content).not.toBe("");
  return content;
}

/** The same packages, from the packed tarball and this clone's node_modules, so that npm needs no network. */
function withLocalPackages(manifest: string, tarball: string): string {
  const { dependencies, devDependencies, ...rest } = JSON.parse(manifest) as Record<string, object>;
  const local = (wanted: object = {}) => localDependencies(Object.keys(wanted), tarball);
  // What the tarball itself depends on is not in the manifest of a user, but comes from the clone here, too.
  const needed = { ...packageJson.dependencies, ...dependencies };
  return JSON.stringify({ ...rest, dependencies: local(needed), devDependencies: local(devDependencies) });
}

test("the README's new project, word for word, compiles and synthesizes with the packed package", async () => {
  const project = sandbox().makeFolder("project");
  const tarball = await packPackage(sandbox());
  const [, program = ""] = /```ts\n([^]*?)```/.exec(README) ?? [];
  sandbox().writeFile("project/package.json", withLocalPackages(fileInReadme("package.json"), tarball));
  for (const name of ["tsconfig.json", "cdktf.json"]) sandbox().writeFile(`project/${name}`, fileInReadme(name));
  sandbox().writeFile("project/main.ts", program.replace("ssh-ed25519 AAAA…", HOST_KEY_LINE));
  const run = (command: string, ...args: string[]) => sandbox().run(command, args, { cwd: project });

  const installed = await run("npm", "install", "--ignore-scripts", "--no-audit");
  const compiled = await run("npx", "tsc");
  const synthesized = await run("npx", "cdktf", "synth");

  expect([installed, compiled, synthesized].map(({ exitCode }) => exitCode)).toEqual([0, 0, 0]);
  expect(compiled.output).toBe("");
  expect(existsSync(join(project, "cdktf.out/stacks/allocators/terraform.d/plugins/terraform.local"))).toBe(true);
});

test("the versions of the README's new project are those that this version is tested with", () => {
  const { dependencies, devDependencies } = JSON.parse(fileInReadme("package.json")) as typeof packageJson;

  const wanted: Readonly<Record<string, string>> = { ...dependencies, ...devDependencies };
  const tested: Readonly<Record<string, string>> = {
    ...packageJson.devDependencies,
    ...packageJson.peerDependencies,
    "cdktf-ece": packageJson.version,
  };
  const majorAndMinor = (range: string | undefined) => /\d+\.\d+/.exec(range ?? "")?.[0];
  for (const name of ["cdktf", "cdktf-ece", "cdktf-cli", "constructs", "typescript"])
    expect([name, majorAndMinor(wanted[name])]).toEqual([name, majorAndMinor(tested[name])]);
});
