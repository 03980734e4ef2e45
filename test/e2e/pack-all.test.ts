import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import packageJson from "../../package.json";
import { PACKAGE_ROOT, Sandbox } from "../support/sandbox";

/** The content of both packages, made of the clone as it is built, each file by its name. */
const packages: { [name: string]: Map<string, Buffer> } = {};
const { version } = packageJson;

beforeAll(async () => {
  const sandbox = new Sandbox();
  const packed = await sandbox.run(
    process.execPath,
    ["pack-all.mjs", join(sandbox.folder, "artifacts"), "--ignore-scripts"],
    { cwd: PACKAGE_ROOT, env: { npm_config_cache: sandbox.makeFolder("npm"), npm_config_offline: "true" } },
  );
  expect(packed).toMatchObject({ exitCode: 0 });
  for (const name of ["cdktf-ece", "cdktn-ece"]) {
    const folder = sandbox.makeFolder(name);
    const archive = join(sandbox.folder, "artifacts", `${name}-${version}.tgz`);
    expect(await sandbox.run("tar", ["-xzf", archive, "-C", folder])).toMatchObject({ exitCode: 0 });
    packages[name] = contentOf(join(folder, "package"));
  }
  sandbox.remove();
}, 120_000);

function contentOf(folder: string): Map<string, Buffer> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  return new Map(files.map((file) => [file.slice(folder.length + 1), readFileSync(file)]));
}

function of(name: string, file: string): string {
  return packages[name]!.get(file)!.toString();
}

/** The files of the package whose text has something in it. */
function having(name: string, text: RegExp): string[] {
  return [...packages[name]!].filter(([, bytes]) => text.test(bytes.toString())).map(([file]) => file);
}

test("both packages hold the same files, and the same bytes where nothing names cdktf", () => {
  const [ours, heir] = [packages["cdktf-ece"]!, packages["cdktn-ece"]!];

  const different = [...ours].filter(([file, bytes]) => !bytes.equals(heir.get(file)!)).map(([file]) => file);

  expect([...heir.keys()]).toEqual([...ours.keys()]);
  expect(different).toEqual(expect.arrayContaining(["package.json", "README.md"]));
  expect(
    different.filter(
      (file) => !/^(package\.json|.*\.md|dist\/(constructs\/.*|cli\/import\/render)\.(js|d\.ts))$/.test(file),
    ),
  ).toEqual([]);
});

test("the provider's archive and its hash are equal in both, byte by byte", () => {
  for (const file of ["dist/terraform-provider-ece.zip", "dist/terraform-provider-ece.h1"])
    expect(packages["cdktn-ece"]!.get(file)!.equals(packages["cdktf-ece"]!.get(file)!)).toBe(true);
});

test("each imports its own framework only", () => {
  expect(having("cdktf-ece", /(from |require\()"cdktn[/"]/)).toEqual([]);
  expect(having("cdktn-ece", /(from |require\()"@?cdktf[-/"]/)).toEqual([]);
  expect(having("cdktn-ece", /(from |require\()"cdktn[/"]/).length).toBeGreaterThan(10);
});

test("the package for cdktn asks for what cdktn asks for, and has its command under both names", () => {
  const heir: unknown = JSON.parse(of("cdktn-ece", "package.json"));

  expect(heir).toMatchObject({
    name: "cdktn-ece",
    version,
    keywords: expect.arrayContaining(["cdktn", "provider", "terraform"]) as string[],
    dependencies: packageJson.dependencies,
    bin: { "cdktf-ece": "dist/cli/main.js", "cdktn-ece": "dist/cli/main.js" },
  });
  expect(heir).toHaveProperty("peerDependencies", { cdktn: ">=0.24.0", constructs: ">=10.6.0 <10.8.0" });
});

test("the README of the package for cdktn tells how to install it", () => {
  const readme = of("cdktn-ece", "README.md");

  expect(readme).toMatch(/^# cdktn-ece$/m);
  expect(readme).toContain('npm install cdktn-ece cdktn "constructs@>=10.6 <10.8"');
  expect(readme).toContain('from "cdktn-ece"');
  expect(readme).toContain("`cdktn deploy`");
});
