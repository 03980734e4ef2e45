/**
 * The main job on a machine that has no ECE: a simulated platform, and examples/ssh-allocators deployed to it and
 * destroyed again with the real cdktf and Terraform, told in a line per step.
 *
 *     npm run demo
 *     npm run demo -- --verbose    # with everything that cdktf and Terraform print
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { Simulator } from "cdktf-ece/simulator";
import { Chronicle } from "./chronicle";
import { Story } from "./story";

const OLDEST_TERRAFORM = [1, 5] as const;
const PATIENCE_AFTER_INTERRUPT_MS = 30_000;
const PARENT_CHECK_MS = 250;

const resolve = createRequire(__filename).resolve;
const terraform = process.env.TERRAFORM_BINARY_NAME ?? "terraform";
const story = new Story();

/** The program of the step that runs now, and whether the user wants no more steps. */
let running: ChildProcess | undefined;
let interrupted = false;
let verbose = false;

async function main(): Promise<void> {
  verbose = readArguments();
  checkTerraform();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, interrupt);
  // Whoever reads the output may go away: `npm run demo | head`.
  process.stdout.on("error", interrupt);
  interruptWhenOrphaned();
  const folder = mkdtempSync(join(tmpdir(), "cdktf-ece-demo-"));
  process.env.TMPDIR = folder;
  let simulator: Simulator | undefined;
  let chronicle: Chronicle | undefined;
  try {
    simulator = await Simulator.start({ hosts: 2 });
    chronicle = new Chronicle(simulator, (event) => story.tell(event));
    prepareProject(folder, simulator);
    story.tell(`a simulated ECE platform answers at ${simulator.endpoint}, and two empty hosts answer to SSH`);
    await showLife(folder, simulator, chronicle);
  } finally {
    chronicle?.end();
    await simulator?.stop();
    // What was interrupted may still be writing its last.
    rmSync(folder, { recursive: true, force: true, maxRetries: 20 });
  }
  story.chapter("Done: deployed, unchanged by a second plan, destroyed, and every token revoked.");
}

/** Deploys, plans, and destroys; throws at the first thing that is not as it should be. */
async function showLife(folder: string, simulator: Simulator, chronicle: Chronicle): Promise<void> {
  const env = environment(folder, simulator);
  const stack = join(folder, "cdktf.out/stacks/allocators");
  const tokensAtStart = tokenIds(simulator);
  const cdktf = async (...args: string[]) => {
    await run(`cdktf ${args.join(" ")}`, [process.execPath, cdktfCli(), ...args], folder, env);
    chronicle.look();
  };

  await cdktf("deploy", "--auto-approve");
  const joined = simulator
    .state()
    .runners.filter(({ runnerId }) => simulator.hosts.some((host) => host.runnerId === runnerId));
  check(
    joined.length === simulator.hosts.length &&
      joined.every((runner) => runner.connected && runner.roles.includes("allocator")),
    "every host is connected and has its role",
  );

  await run("terraform plan", [terraform, "plan", "-detailed-exitcode", "-input=false"], stack, env);
  story.tell("a second plan has nothing to do");

  await cdktf("destroy", "--auto-approve");
  check(
    tokenIds(simulator).join() === tokensAtStart.join(),
    "only the tokens that the platform had at the start are left",
  );
}

function readArguments(): boolean {
  try {
    return parseArgs({ options: { verbose: { type: "boolean", default: false } } }).values.verbose;
  } catch {
    throw new Error(`The demo takes one argument, --verbose; it was given: ${process.argv.slice(2).join(" ")}`);
  }
}

function checkTerraform(): void {
  const { stdout, stderr, status, error } = spawnSync(terraform, ["version", "-json"], {
    encoding: "utf8",
    env: { ...process.env, CHECKPOINT_DISABLE: "1", TF_CLI_CONFIG_FILE: undefined },
  });
  if (error !== undefined) {
    throw new Error(
      `There is no ${terraform} on PATH; get it from https://developer.hashicorp.com/terraform/install and run this again.`,
    );
  }
  if (status !== 0) throw new Error(`${terraform} on PATH does not work: ${stderr.trim().split("\n")[0]}`);
  const version = String((JSON.parse(stdout) as { terraform_version: string }).terraform_version);
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major < OLDEST_TERRAFORM[0] || (major === OLDEST_TERRAFORM[0] && minor < OLDEST_TERRAFORM[1])) {
    throw new Error(
      `${terraform} ${version} on PATH is too old; the demo needs ${OLDEST_TERRAFORM.join(".")} or newer.`,
    );
  }
}

function prepareProject(folder: string, simulator: Simulator): void {
  const app = [process.execPath, resolve("tsx/cli"), join(__dirname, "../ssh-allocators/main.ts")].map(
    (part) => `"${part}"`,
  );
  writeFileSync(
    join(folder, "cdktf.json"),
    JSON.stringify({
      language: "typescript",
      app: app.join(" "),
      projectId: "cdktf-ece-demo",
      sendCrashReports: "false",
    }),
  );
  writeFileSync(join(folder, "hosts.json"), JSON.stringify(simulator, null, 2));
  writeFileSync(join(folder, "terraform.rc"), "");
}

function environment(folder: string, simulator: Simulator): NodeJS.ProcessEnv {
  return {
    ...process.env,
    ECE_ENDPOINT: simulator.endpoint,
    ECE_USERNAME: simulator.username,
    ECE_PASSWORD: simulator.password,
    ECE_CA_CERTIFICATE_FILE: simulator.caCertificateFile,
    ECE_HOSTS_FILE: join(folder, "hosts.json"),
    // Nothing is written outside the demo's folder, and nobody is called.
    HOME: folder,
    CDKTF_HOME: join(folder, ".cdktf"),
    TF_CLI_CONFIG_FILE: join(folder, "terraform.rc"),
    CHECKPOINT_DISABLE: "1",
    CI: "1",
  };
}

/** Runs a program, its output told where the user wants all of it or where it fails. Throws if it fails. */
async function run(
  step: string,
  [program = "", ...args]: string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  if (interrupted) throw new Error("Interrupted.");
  story.chapter(step);
  // A process group of its own: an interrupt is passed on once, and nothing of it outlives the demo.
  const child = spawn(program, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"], detached: true });
  running = child;
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on("line", (line) => {
      if (verbose) story.quote(line);
      else output.push(line);
    });
  }
  const end = new Promise<number | null>((done, reject) => child.on("error", reject).on("close", done));
  const exitCode = await story.during(step, end);
  running = undefined;
  if (interrupted) throw new Error("Interrupted.");
  if (exitCode === 0) return;
  for (const line of output) story.quote(line);
  throw new Error(`${step} ended with exit code ${exitCode}.`);
}

function interrupt(): void {
  if (interrupted) return;
  interrupted = true;
  const group = running?.pid;
  if (group === undefined) return;
  process.kill(-group, "SIGINT");
  setTimeout(() => running?.pid === group && process.kill(-group, "SIGKILL"), PATIENCE_AFTER_INTERRUPT_MS).unref();
}

/** npm ends the shell that it runs scripts in, and that tells nobody; only the loss of the parent shows it. */
function interruptWhenOrphaned(): void {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) interrupt();
  }, PARENT_CHECK_MS).unref();
}

function cdktfCli(): string {
  return join(dirname(resolve("cdktf-cli/package.json")), "bundle/bin/cdktf");
}

function tokenIds(simulator: Simulator): string[] {
  return simulator
    .state()
    .tokens.filter((token) => token.live)
    .map((token) => token.id)
    .sort();
}

function check(isSo: boolean, what: string): void {
  if (!isSo) throw new Error(`It should be so, but is not: ${what}.`);
  story.tell(what);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = interrupted ? 130 : 1;
});
