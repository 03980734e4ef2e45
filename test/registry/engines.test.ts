import { dirname } from "node:path";
import { fetchedNode, fetchedTerraform } from "../support/fetched";
import { CDKTF, PackedProject, STACKS, packAll } from "../support/packed-project";
import { type Finished, Sandbox } from "../support/sandbox";
import { runnerIds } from "../support/simulator-state";
import { useSimulator } from "../support/use-simulator";

const simulator = useSimulator({ hosts: 2 });
let project: PackedProject;

beforeAll(async () => {
  const archives = new Sandbox();
  await packAll(archives.folder);
  project = await PackedProject.install(CDKTF, archives.folder);
  archives.remove();
  await project.compile();
});
afterAll(() => project?.remove());
afterEach(() => (project.sandbox.env.PATH = process.env.PATH));

/** Puts a folder with programs before those that are on PATH. */
function prefer(folder: string): void {
  project.sandbox.env.PATH = `${folder}:${process.env.PATH}`;
}

/** Terraform's version, and whether it has tokens that are never stored. */
async function engine(): Promise<{ version: string; isEphemeral: boolean }> {
  const { stdout } = await project.run("terraform", ["version", "-json"]);
  const { terraform_version: version } = JSON.parse(stdout) as { terraform_version: string };
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return { version, isEphemeral: major > 1 || minor >= 10 };
}

/** Both hosts join, nothing is left to change, both go; where the engine can, the second one with an ephemeral token. */
async function expectMainJob(isEphemeral: boolean): Promise<void> {
  project.use(simulator());
  const [tokensAtStart, runnersAtStart] = [persistentTokens(), runnerIds(simulator())];

  const synth = await project.run("node", ["main.mjs"], { EPHEMERAL_TOKEN: isEphemeral ? "1" : undefined });
  const inits = await inEachStack("init", "-input=false");
  const applies = await inEachStack("apply", "-auto-approve", "-input=false");
  const joined = runnerIds(simulator());
  const kept = storedTokens();
  const plans = await inEachStack("plan", "-detailed-exitcode", "-input=false");
  const destroys = await inEachStack("destroy", "-auto-approve", "-input=false");

  expect(synth).toMatchObject({ exitCode: 0, output: "" });
  for (const runs of [inits, applies, plans, destroys]) expect(runs).toMatchObject(STACKS.map(() => ({ exitCode: 0 })));
  expect(joined).toHaveLength(runnersAtStart.length + STACKS.length);
  expect(kept).toEqual([1, isEphemeral ? 0 : 1]);
  expect(runnerIds(simulator())).toEqual(runnersAtStart);
  expect(persistentTokens()).toEqual(tokensAtStart);
}

function inEachStack(...args: string[]): Promise<Finished[]> {
  return Promise.all(STACKS.map((stack) => project.terraform(stack, ...args)));
}

function persistentTokens(): string[] {
  return simulator()
    .platform.tokens.list()
    .map(({ id }) => id);
}

/** How many of the platform's tokens stand in the state of each stack. */
function storedTokens(): number[] {
  const tokens = simulator().platform.tokens.all();
  return STACKS.map((stack) => tokens.filter(({ token }) => project.stateOf(stack).includes(token)).length);
}

test("the main job, with the Terraform on PATH", async () => {
  const { isEphemeral } = await engine();

  await expectMainJob(isEphemeral);
});

test.each([
  ["1.6.6", "0.7.0"],
  ["1.10.5", "0.10.0"],
  ["1.15.5", "0.15.3"],
])("the main job, with Terraform %s", async (version, release) => {
  prefer(await fetchedTerraform(release));

  const found = await engine();
  await expectMainJob(found.isEphemeral);

  expect(found.version).toBe(version);
});

test.each(["20.20.2", "22.23.3", "24.21.0"])("the main job, with Node %s", async (version) => {
  prefer(dirname(await fetchedNode(version)));
  const { isEphemeral } = await engine();

  const found = await project.run("node", ["--version"]);
  await expectMainJob(isEphemeral);

  expect(found.stdout).toBe(`v${version}\n`);
});
