/**
 * The main job on a machine that has no ECE: a simulated platform, and examples/ssh-allocators deployed to it and
 * destroyed again with the real cdktf and Terraform.
 *
 *     npm run demo
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Simulator } from "cdktf-ece/simulator";

const OLDEST_TERRAFORM = [1, 5] as const;
const PATIENCE_AFTER_INTERRUPT_MS = 30_000;
const PARENT_CHECK_MS = 250;

const resolve = createRequire(__filename).resolve;
const terraform = process.env.TERRAFORM_BINARY_NAME ?? "terraform";

/** The program of the step that runs now, and whether the user wants no more steps. */
let running: ChildProcess | undefined;
let interrupted = false;

async function main(): Promise<void> {
  checkTerraform();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, interrupt);
  // Whoever reads the output may go away: `npm run demo | head`.
  process.stdout.on("error", interrupt);
  interruptWhenOrphaned();
  const folder = mkdtempSync(join(tmpdir(), "cdktf-ece-demo-"));
  process.env.TMPDIR = folder;
  let simulator: Simulator | undefined;
  try {
    title("Starting a simulated ECE platform with two empty hosts");
    simulator = await Simulator.start({ hosts: 2 });
    prepareProject(folder, simulator);
    await showLife(folder, simulator);
  } finally {
    await simulator?.stop();
    // What was interrupted may still be writing its last.
    rmSync(folder, { recursive: true, force: true, maxRetries: 20 });
  }
  title("Done: deployed, unchanged by a second plan, destroyed, and every token revoked");
}

/** Deploys, plans, shows and destroys; throws at the first thing that is not as it should be. */
async function showLife(folder: string, simulator: Simulator): Promise<void> {
  const env = environment(folder, simulator);
  const tokensAtStart = tokenIds(simulator);
  const cdktf = (...args: string[]) => run(process.execPath, [cdktfCli(), ...args], folder, env);

  title("cdktf deploy");
  await cdktf("deploy", "--auto-approve");

  title("A second plan must be empty");
  await run(
    terraform,
    ["plan", "-detailed-exitcode", "-input=false"],
    join(folder, "cdktf.out/stacks/allocators"),
    env,
  );

  title("What the platform shows now");
  printPlatform(simulator);
  const joined = simulator
    .state()
    .runners.filter((runner) => simulator.hosts.some((host) => host.runnerId === runner.runnerId));
  check(
    joined.length === simulator.hosts.length &&
      joined.every((runner) => runner.connected && runner.roles.includes("allocator")),
    "every host is connected and has its role",
  );

  title("cdktf destroy");
  await cdktf("destroy", "--auto-approve");

  title("What the platform shows now");
  printPlatform(simulator);
  check(
    tokenIds(simulator).join() === tokensAtStart.join(),
    "exactly the tokens that the platform had at the start are left",
  );
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
  say(`${simulator.hosts.length} hosts answer to SSH; the API is at ${simulator.endpoint}.`);
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

/** Runs a step with its output visible; throws if it fails or the user interrupted. */
async function run(program: string, args: string[], cwd: string, env: NodeJS.ProcessEnv): Promise<void> {
  if (interrupted) throw new Error("Interrupted.");
  // A process group of its own: an interrupt is passed on once, and nothing of it outlives the demo.
  running = spawn(program, args, { cwd, env, stdio: ["ignore", "inherit", "inherit"], detached: true });
  const child = running;
  const exitCode = await new Promise<number | null>((done, reject) => child.on("error", reject).on("close", done));
  running = undefined;
  if (interrupted) throw new Error("Interrupted.");
  if (exitCode !== 0) throw new Error(`${[program, ...args].join(" ")} ended with exit code ${exitCode}.`);
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

function printPlatform(simulator: Simulator): void {
  const { runners, tokens } = simulator.state();
  printTable(
    ["HOST", "CONNECTED", "ZONE", "ROLES"],
    runners.map((runner) => [runner.runnerId, runner.connected ? "yes" : "no", runner.zone, runner.roles.join(", ")]),
  );
  printTable(
    ["TOKEN ID", "PERSISTENT", "ROLES"],
    tokens
      .filter((token) => token.live)
      .map((token) => [token.id, token.persistent ? "yes" : "no", token.roles.join(", ") || "-"]),
  );
}

function printTable(head: string[], rows: string[][]): void {
  const lines = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...lines.map((cells) => cells[column]?.length ?? 0)));
  for (const cells of lines) {
    say(
      cells
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("   ")
        .trimEnd(),
    );
  }
  say("");
}

function check(isSo: boolean, what: string): void {
  if (!isSo) throw new Error(`It should be so, but is not: ${what}.`);
  say(`As it should be: ${what}.`);
}

function title(text: string): void {
  say(`\n=== ${text}`);
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = interrupted ? 130 : 1;
});
