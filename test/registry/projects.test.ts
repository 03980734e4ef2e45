import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fetchedNode, fetchedPackages } from "../support/fetched";
import { CDKTF, CDKTN, type Framework, PackedProject, STACKS, packAll } from "../support/packed-project";
import { type Finished, PACKAGE_ROOT, Sandbox } from "../support/sandbox";
import { liveTokens, runnerIds } from "../support/simulator-state";
import { useSimulator } from "../support/use-simulator";

const archives = new Sandbox();
const simulator = useSimulator({ hosts: 2 });

beforeAll(() => packAll(archives.folder));
afterAll(() => archives.remove());

/** The command line of a framework, with the Node that it wants. */
async function commandLine({ name }: Framework): Promise<{ node: string; program: string }> {
  if (name === "cdktf")
    return { node: process.execPath, program: join(PACKAGE_ROOT, "node_modules/cdktf-cli/bundle/bin/cdktf") };
  const packages = await fetchedPackages({ "cdktn-cli": "0.24.0" });
  return { node: await fetchedNode("22.23.3"), program: join(packages, "node_modules/cdktn-cli/bundle/bin/cdktn") };
}

/** What stays as frameworks and Terraform have it by themselves: the plugin cache in the user's own home. */
const DEFAULTS = { CDKTF_HOME: undefined, CDKTF_DISABLE_PLUGIN_CACHE_ENV: undefined, TF_CLI_CONFIG_FILE: undefined };

async function cli(project: PackedProject, ...args: string[]): Promise<Finished> {
  const { node, program } = await commandLine(project.framework);
  const PATH = `${dirname(node)}:${process.env.PATH}`;
  return project.run(node, [program, ...args], { ...DEFAULTS, PATH });
}

function synthesized(project: PackedProject): unknown {
  return STACKS.map((stack): unknown =>
    JSON.parse(readFileSync(join(project.folder, "cdktf.out/stacks", stack, "cdk.tf.json"), "utf8")),
  );
}

describe.each([CDKTF, CDKTN])("in a fresh project of $name", (framework) => {
  let project: PackedProject;
  beforeAll(async () => {
    project = await PackedProject.install(framework, archives.folder);
    await project.compile();
  });
  afterAll(() => project?.remove());

  test("what strict TypeScript compiled makes the same stacks as an ES module and as CommonJS", async () => {
    project.use(simulator());

    const asModule = await project.run(process.execPath, ["main.mjs"]);
    const stacks = synthesized(project);
    const asCommonJs = await project.run(process.execPath, ["main.cjs"]);

    expect(asModule).toMatchObject({ exitCode: 0, output: "" });
    expect(asCommonJs).toMatchObject({ exitCode: 0, output: "" });
    expect(synthesized(project)).toEqual(stacks);
  });

  test("the framework's matchers find the resources, and take them to Terraform", async () => {
    project.use(simulator());
    project.write("matchers.test.js", MATCHERS);

    const jest = [require.resolve("jest/bin/jest"), "--rootDir", project.folder, "--silent=false"];

    expect(await project.run(process.execPath, jest)).toMatchObject({ exitCode: 0 });
  });

  test("two stacks are deployed, have no more to change, and are destroyed, with every default as it is", async () => {
    project.use(simulator());
    const [tokensAtStart, runnersAtStart] = [liveTokens(simulator()), runnerIds(simulator())];
    project.write("cdktf.json", {
      language: "typescript",
      app: `"${process.execPath}" main.mjs`,
      projectId: "packed",
      sendCrashReports: "false",
    });

    const deployed = await cli(project, "deploy", "--auto-approve", ...STACKS);
    const joined = runnerIds(simulator());
    const plans = await Promise.all(STACKS.map((stack) => project.terraform(stack, "plan", "-detailed-exitcode")));
    const destroyed = await cli(project, "destroy", "--auto-approve", ...STACKS);

    expect(deployed).toMatchObject({ exitCode: 0 });
    expect(joined).toHaveLength(runnersAtStart.length + STACKS.length);
    expect(plans).toMatchObject(STACKS.map(() => ({ exitCode: 0 })));
    expect(destroyed).toMatchObject({ exitCode: 0 });
    expect(runnerIds(simulator())).toEqual(runnersAtStart);
    expect(liveTokens(simulator())).toEqual(tokensAtStart);
  });
});

test.each([CDKTF, CDKTN])("pnpm installs what a program of $name needs", async (framework) => {
  const pnpm = await fetchedPackages({ pnpm: "10.34.9" });
  const project = await PackedProject.install(framework, archives.folder, [
    process.execPath,
    join(pnpm, "node_modules/pnpm/bin/pnpm.cjs"),
  ]);
  project.use(simulator());

  await project.compile();
  const run = await project.run(process.execPath, ["main.mjs"]);
  const initialized = await project.terraform("zone-1", "init");

  expect(run).toMatchObject({ exitCode: 0, output: "" });
  expect(initialized).toMatchObject({ exitCode: 0 });
  project.remove();
});

const MATCHERS = `const { readFileSync } = require("node:fs");
const { TerraformStack, Testing } = require("FRAMEWORK");
const { EceHost, EceProvider, EceRole, Host, HostInstall, HostKey } = require("FRAMEWORK-ece");

Testing.setupJest();
jest.setTimeout(120_000);

const [machine] = JSON.parse(readFileSync("hosts.json", "utf8")).hosts;

function declare(stack) {
  new EceProvider(stack, "ece");
  new EceHost(stack, "allocator", {
    runnerId: machine.runnerId,
    roles: [EceRole.ALLOCATOR],
    coordinatorHost: new URL(process.env.ECE_ENDPOINT).hostname,
    install: HostInstall.overSsh({
      host: machine.sshHost,
      port: machine.sshPort,
      user: machine.user,
      privateKeyFile: machine.privateKeyFile,
      hostKey: HostKey.of(machine.hostKey),
    }),
  });
}

test("has the host", () => {
  const synthesized = Testing.synthScope((scope) => declare(TerraformStack.isStack(scope) ? scope : scope.node.scope));

  expect(synthesized).toHaveProvider(EceProvider);
  expect(synthesized).toHaveResourceWithProperties(Host, { runner_id: machine.runnerId });
  expect(synthesized).not.toHaveResourceWithProperties(Host, { runner_id: "another" });
});

test("is valid, and can be planned", () => {
  const stack = new TerraformStack(Testing.app(), "stack");
  declare(stack);
  const folder = Testing.fullSynth(stack);

  expect(folder).toBeValidTerraform();
  expect(folder).toPlanSuccessfully();
});
`;
