import { cpSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import packageJson from "../../package.json";
import { fetchedPackages } from "./fetched";
import { PACKAGE_ROOT, Sandbox } from "./sandbox";

/** Where the reference of the constructs stands. */
export const API_PAGE = join(PACKAGE_ROOT, "docs", "API.md");

const COMPILER = { jsii: "5.9.54", "jsii-docgen": "10.12.6" };
const LIBRARIES = { cdktf: "0.21.0", constructs: "10.4.2", "@types/node": "20.19.43" };

/** What the constructs are made of; they import nothing else of lib. */
const SOURCES = ["constructs", "delivery", "ece", "index.ts", "version.ts"];

/** Compiles a copy of the constructs with jsii, which refuses what other languages cannot have, and gives their reference. */
export async function renderApi(): Promise<string> {
  const packages = await fetchedPackages({ ...COMPILER, ...LIBRARIES });
  const sandbox = new Sandbox();
  const folder = sandbox.makeFolder("package");
  try {
    for (const source of SOURCES)
      cpSync(join(PACKAGE_ROOT, "lib", source), join(folder, "lib", source), { recursive: true });
    for (const file of ["LICENSE", "README.md"]) cpSync(join(PACKAGE_ROOT, file), join(folder, file));
    symlinkSync(join(packages, "node_modules"), join(folder, "node_modules"));
    writeFileSync(join(folder, "package.json"), JSON.stringify(MANIFEST));
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(TSCONFIG));
    hideBaseClasses(join(folder, "lib/constructs/bindings/ece-resource.ts"));

    for (const [tool, ...args] of [["jsii"], ["jsii-docgen", "--output", "API.md"]] as const) {
      const program = join(packages, "node_modules", tool, "bin", tool);
      const { exitCode, output } = await sandbox.run(process.execPath, [program, ...args], { cwd: folder });
      if (exitCode !== 0) throw new Error(`${tool} ended with ${exitCode}:\n${output}`);
    }
    return readFileSync(join(folder, "API.md"), "utf8");
  } finally {
    sandbox.remove();
  }
}

const MANIFEST = {
  name: packageJson.name,
  version: packageJson.version,
  description: packageJson.description,
  license: packageJson.license,
  author: { name: "The authors of cdktf-ece" },
  repository: { type: "git", url: "https://example.com/cdktf-ece.git" },
  main: "lib/index.js",
  types: "lib/index.d.ts",
  jsii: { outdir: "dist", versionFormat: "short", targets: {}, tsconfig: "tsconfig.json", validateTsconfig: "off" },
  peerDependencies: packageJson.peerDependencies,
  devDependencies: LIBRARIES,
};

/** As lib is compiled otherwise; jsii's own settings stop at the library of ES2020. */
const TSCONFIG = {
  compilerOptions: {
    target: "ES2022",
    lib: ["ES2023"],
    module: "CommonJS",
    moduleResolution: "Node10",
    declaration: true,
    strict: true,
    skipLibCheck: true,
    types: ["node"],
    rootDir: ".",
  },
  include: ["lib"],
};

/**
 * jsii has no generic classes. It gives the members of a base class that is internal to the classes that users see.
 *
 * In lib they are not marked so, since TypeScript would leave them out of the package's types.
 */
function hideBaseClasses(file: string): void {
  const text = readFileSync(file, "utf8");
  writeFileSync(file, text.replace(/^\/\*\* (?=.*\*\/\nexport abstract class )/gm, "/** @internal "));
}
