import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { HOST_KEY_LINE } from "../constructs/synthesis";
import { PACKAGE_ROOT, Sandbox } from "../support/sandbox";
import { codeBlocks, readPages } from "./pages";

const COMPILE_TIMEOUT_MS = 180_000;
const LIB = join(PACKAGE_ROOT, "lib");
const programs = readPages()
  .flatMap(codeBlocks)
  .filter(({ language }) => language === "ts")
  .map(({ place, text }) => [place, text.replaceAll("ssh-ed25519 AAAA…", HOST_KEY_LINE)] as const);

let sandbox: Sandbox;

beforeAll(() => {
  sandbox = new Sandbox();
});

afterAll(() => sandbox.remove());

test(
  "every program compiles with TypeScript's strict checks",
  async () => {
    const files = programs.map(([, text], index) => sandbox.writeFile(`compiled/program-${index}.ts`, text));
    // As where the package is installed: by its built types, the other packages beside it.
    symlinkSync(join(PACKAGE_ROOT, "node_modules"), join(sandbox.folder, "compiled/node_modules"));
    const paths = {
      "cdktf-ece": [join(PACKAGE_ROOT, "dist/index.d.ts")],
      "cdktf-ece/simulator": [join(PACKAGE_ROOT, "dist/simulator/index.d.ts")],
    };
    const options = { strict: true, noEmit: true, target: "es2022", module: "node16", types: ["node", "jest"], paths };
    const config = { compilerOptions: options, files };
    const project = sandbox.writeFile("compiled/tsconfig.json", JSON.stringify(config));

    const tsc = await sandbox.run(process.execPath, [require.resolve("typescript/bin/tsc"), "-p", project]);

    const places = files.map((file, index) => `${file.slice(file.lastIndexOf("/") + 1)} is at ${programs[index]?.[0]}`);
    expect(programs.length).toBeGreaterThan(0);
    expect([tsc.output, places]).toEqual(["", places]);
  },
  COMPILE_TIMEOUT_MS,
);

test.each(programs.filter(([, text]) => text.includes("app.synth()")))(
  "the program at %s synthesizes as it stands there, with a key in it",
  async (place, text) => {
    const folder = place.replaceAll(/\W/g, "-");
    const program = text
      .replaceAll('"cdktf"', JSON.stringify(require.resolve("cdktf")))
      .replaceAll('"cdktf-ece"', JSON.stringify(LIB));
    const main = sandbox.writeFile(`${folder}/main.ts`, program);

    const synth = await sandbox.run(process.execPath, [require.resolve("tsx/cli"), main], {
      cwd: join(sandbox.folder, folder),
    });

    expect(synth).toMatchObject({ exitCode: 0, output: "" });
  },
);
