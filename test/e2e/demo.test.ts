import { chmodSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { SHOWS_PROCESSES, processesWith } from "../support/processes";
import { type Finished, PACKAGE_ROOT, type RunOptions, useSandbox } from "../support/sandbox";

const sandbox = useSandbox();

beforeEach(() => {
  sandbox().env.npm_config_cache = sandbox().makeFolder("npm");
});

function runDemo({
  args = [],
  ...options
}: RunOptions & { readonly args?: readonly string[] } = {}): Promise<Finished> {
  return sandbox().run("npm", ["run", "--silent", "demo", ...args], { cwd: PACKAGE_ROOT, ...options });
}

/** Makes name resolution fail for everything but loopback in each Node program, so the registry is out of reach. */
function withoutNetwork(): NodeJS.ProcessEnv {
  const preload = sandbox().writeFile(
    "offline.cjs",
    `const dns = require("node:dns");
const { lookup } = dns;
dns.lookup = (host, options, done) =>
  /^(localhost|127\\..*)$/.test(host) ? lookup(host, options, done) : (done ?? options)(Object.assign(new Error(host), { code: "ENOTFOUND" }));`,
  );
  return { NODE_OPTIONS: `--require=${preload}` };
}

test("the demo tells a deploy, an empty second plan and a destroy in plain lines where no registry can be reached", async () => {
  const demo = await runDemo({ env: withoutNetwork() });

  expect(demo).toMatchObject({ exitCode: 0, stderr: "" });
  const told = demo.stdout.replace(/^ *\d+\.\d s {2}/gm, "").replace(/token [0-9a-f]{8}…/g, "token …");
  const inOrder = [
    "192.168.44.11 runs Elastic's installer",
    "192.168.44.11 joined as allocator",
    "every host is connected and has its role",
    "a second plan has nothing to do",
    "192.168.44.11 is being drained",
    "192.168.44.11 was removed from the platform",
    "only the tokens that the platform had at the start are left",
  ];
  expect(told.split("\n").filter((line) => inOrder.includes(line))).toEqual(inOrder);
  expect(told.match(/^a roles token was made$/gm)).toHaveLength(2);
  expect(told.match(/^roles token … was revoked$/gm)).toHaveLength(2);
  expect(demo.output).not.toContain("\u001b");
  expect(demo.output.split("\n").length).toBeLessThan(30);
  expect(await leftovers()).toEqual([]);
});

test("with --verbose the demo shows all that cdktf and Terraform print, without colours where it is not a terminal", async () => {
  const demo = await runDemo({ args: ["--", "--verbose"] });

  expect(demo).toMatchObject({ exitCode: 0 });
  expect(demo.stdout).toContain("Elastic Cloud Enterprise installation completed successfully");
  expect(demo.stdout).toContain("No changes.");
  expect(demo.output).not.toContain("\u001b");
  expect(await leftovers()).toEqual([]);
});

test("the demo names an argument that it does not take, and starts nothing", async () => {
  const demo = await runDemo({ args: ["--", "--loud"] });

  expect(demo).toMatchObject({
    exitCode: 1,
    output: "The demo takes one argument, --verbose; it was given: --loud\n",
  });
});

test.each<[string, Readonly<Record<string, string>>]>([
  ["The packages of this clone are not installed: run `npm ci`, then this again.", {}],
  [
    "This clone is not built: run `npm run build`, then this again.",
    {
      "node_modules/tsx/package.json": `{ "exports": { "./cjs": "./cjs.js" } }`,
      "node_modules/tsx/cjs.js": "",
      "node_modules/cdktf-cli/package.json": "{}",
    },
  ],
])("in a clone that is not ready, the demo says: %s", async (line, files) => {
  for (const [file, content] of Object.entries(files)) sandbox().writeFile(join("clone", file), content);
  const script = sandbox().writeFile(
    "clone/examples/demo/start.cjs",
    readFileSync(join(PACKAGE_ROOT, "examples/demo/start.cjs"), "utf8"),
  );

  const demo = await sandbox().run(process.execPath, [script]);

  expect(demo).toMatchObject({ exitCode: 1, output: `${line}\n` });
});

test("on a Node that is too old, the demo says so in one line", async () => {
  const old = sandbox().writeFile("old.cjs", `Object.defineProperty(process.versions, "node", { value: "18.20.4" });`);

  const demo = await runDemo({ env: { NODE_OPTIONS: `--require=${old}` } });

  expect(demo.stderr).toContain("Node 18.20.4 is too old; the demo needs 20 or newer.\n");
  expect(demo.exitCode).toBe(1);
});

test("the demo says in one line that terraform is missing and how to get it, and starts nothing", async () => {
  const bin = join(sandbox().folder, "bin");
  mkdirSync(bin);
  symlinkSync(process.execPath, join(bin, "node"));
  for (const program of ["npm", "sh"]) symlinkSync(await whereIs(program), join(bin, program));

  const demo = await runDemo({ env: { PATH: bin } });

  expect(demo).toMatchObject({ exitCode: 1, stdout: "" });
  expect(demo.stderr).toMatch(/^There is no terraform on PATH; get it from https:\S+ and run this again\.\n$/);
  expect(await leftovers()).toEqual([]);
});

test.each<[string, (interruptGroup: () => void, processId: number) => void]>([
  ["by Ctrl-C", (interruptGroup) => interruptGroup()],
  ["through npm alone", (_, npm) => process.kill(npm, "SIGTERM")],
])("a demo that is interrupted %s ends soon and leaves nothing behind", async (_, end) => {
  let isInterrupted = false;

  const demo = await runDemo({
    onOutput: (output, interruptGroup, processId) => {
      if (isInterrupted || !output.includes("a roles token was made")) return;
      isInterrupted = true;
      end(interruptGroup, processId);
    },
  });

  expect(isInterrupted).toBe(true);
  expect(demo.exitCode).not.toBe(0);
  expect(demo.output).toContain("Interrupted.");
  expect(demo.output).not.toContain("terraform plan");
  expect(await leftovers()).toEqual([]);
});

test("a step that fails ends the demo with its error, and nothing is left", async () => {
  const terraform = sandbox().writeFile(
    "bin/terraform",
    `#!/bin/sh\n[ "$1" = version ] && exec ${await whereIs("terraform")} "$@"\necho "out of order" >&2\nexit 9\n`,
  );
  chmodSync(terraform, 0o755);

  const demo = await runDemo({
    env: { PATH: `${dirname(terraform)}:${sandbox().env.PATH}` },
  });

  expect(demo).toMatchObject({ exitCode: 1 });
  expect(demo.output).toContain("out of order");
  expect(await leftovers()).toEqual([]);
});

async function whereIs(program: string): Promise<string> {
  const { stdout } = await sandbox().run("sh", ["-c", `command -v ${program}`]);
  return stdout.trim();
}

/** The files that the demo left in the folder for temporary files, once the last of its processes has ended. */
async function leftovers(): Promise<string[]> {
  const { TMPDIR = "" } = sandbox().env;
  while (SHOWS_PROCESSES && processesWith(sandbox().folder).length > 0) await delay(20);
  return readdirSync(TMPDIR);
}
