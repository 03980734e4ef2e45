import { chmodSync, mkdirSync, readdirSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { SHOWS_PROCESSES, processesWith } from "../support/processes";
import { type Finished, PACKAGE_ROOT, type RunOptions, useSandbox } from "../support/sandbox";

const sandbox = useSandbox();

beforeEach(() => {
  sandbox().env.npm_config_cache = sandbox().makeFolder("npm");
});

function runDemo(options: RunOptions = {}): Promise<Finished> {
  return sandbox().run("npm", ["run", "--silent", "demo"], { cwd: PACKAGE_ROOT, ...options });
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

test("the demo deploys, shows an empty second plan, destroys, and leaves nothing behind where no registry can be reached", async () => {
  const demo = await runDemo({ env: withoutNetwork() });

  expect(demo).toMatchObject({ exitCode: 0 });
  expect(demo.stdout).toContain("Elastic Cloud Enterprise installation completed successfully");
  expect(demo.stdout).toContain("No changes.");
  expect(demo.stdout).toMatch(/192\.168\.44\.11 +yes +ece-zone-1 .*allocator/);
  expect(demo.stdout).toContain("exactly the tokens that the platform had at the start are left");
  expect(await leftovers()).toEqual([]);
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
      if (isInterrupted || !output.includes("Provisioning with")) return;
      isInterrupted = true;
      end(interruptGroup, processId);
    },
  });

  expect(isInterrupted).toBe(true);
  expect(demo.exitCode).not.toBe(0);
  expect(demo.output).toContain("Interrupted.");
  expect(demo.output).not.toContain("=== A second plan");
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
