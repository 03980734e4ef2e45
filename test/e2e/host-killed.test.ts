import { type Container, ContainerEngine } from "../../lib/simulator/host/engine";
import { type LoneHost, useLoneHost } from "../support/lone-host";
import { textOf } from "../support/terraform";

const loneHost = useLoneHost();

const TOKENS = "/platform/configuration/security/enrollment-tokens";
const FOREVER_MS = 3_600_000;

/** Deploys, and is killed while the platform makes the token. */
async function killedInTokenCreate(host: LoneHost): Promise<void> {
  const { simulator } = host;
  simulator.faults.add({ method: "POST", path: TOKENS, kind: "delay", milliseconds: FOREVER_MS });
  host.synth();
  await host.init();
  await killed(
    host,
    () => simulator.requests.some(({ method, path }) => method === "POST" && path === TOKENS),
    "apply",
  );
}

/** Deploys, and is killed while the installer is at work, which goes on. */
async function killedInInstall(host: LoneHost): Promise<void> {
  const pause = host.machine.faults.pauseInstall("during-join");
  let isInstalling = false;
  void pause.reached.then(() => (isInstalling = true));
  host.synth();
  await host.init();
  await killed(host, () => isInstalling, "apply");
  pause.release();
}

/** Is killed while the instances of the host move, which they go on to do. */
async function killedInDrain(host: LoneHost, command: "apply" | "destroy"): Promise<void> {
  const { platform } = host.simulator;
  platform.behaviour.moveSeconds = 3600;
  await killed(host, () => host.hasAnswered("POST", "/_move", { validate_only: "false" }), command);
  expect(host.allocator?.instances).not.toEqual([]);
  platform.behaviour.moveSeconds = 0;
  platform.clock.advance(3600);
}

type RemoveContainer = (this: ContainerEngine, container: Container) => void;

/** Is killed when the runner's container is removed and ECE's others are not. */
function killedInRemoval(host: LoneHost, command: "apply" | "destroy"): Promise<void> {
  return killedOnceRemoved(host, ({ name }) => name === "frc-runners-runner", command);
}

/** Is killed when no container is left, and the folders and the platform's record are. */
function killedOnceEmpty(host: LoneHost, command: "apply" | "destroy"): Promise<void> {
  return killedOnceRemoved(host, () => host.machine.containers.length === 0, command);
}

async function killedOnceRemoved(
  host: LoneHost,
  isMoment: (removed: Container) => boolean,
  command: "apply" | "destroy",
): Promise<void> {
  const { faults } = host.machine;
  const remove = Object.getOwnPropertyDescriptor(ContainerEngine.prototype, "remove")?.value as RemoveContainer;
  const spy = jest.spyOn(ContainerEngine.prototype, "remove").mockImplementation(function (
    this: ContainerEngine,
    container,
  ) {
    remove.call(this, container);
    if (isMoment(container)) faults.engine = "hung";
  });
  await killed(host, () => faults.engine === "hung", command);
  // What was begun over SSH would go on after its time limit.
  host.machine.endProcesses();
  spy.mockRestore();
  faults.engine = "running";
}

async function killed(host: LoneHost, condition: () => boolean, command: "apply" | "destroy"): Promise<void> {
  const { output } = await host.killWhen(condition, command);
  expect(output).toContain("(ended by SIGKILL)");
}

describe.each([
  { moment: "the create of the token", kill: killedInTokenCreate },
  { moment: "the install", kill: killedInInstall },
])("Terraform killed in $moment", ({ kill }) => {
  test("goes on with the next deploy", async () => {
    const host = loneHost();
    await kill(host);

    expect(await host.deploy()).toMatchObject({ exitCode: 0 });
    await host.expectInService();
    expect(host.machine.installs).toHaveLength(1);
  });

  test("leaves nothing that the next destroy does not find", async () => {
    const host = loneHost();
    await kill(host);

    await host.expectDestroyWithoutTrace();
  });
});

describe.each([
  { moment: "the drain", kill: killedInDrain },
  { moment: "the removal of ECE", kill: killedInRemoval },
])("Terraform killed in $moment", ({ kill }) => {
  test("of a destroy goes on with the next destroy", async () => {
    const host = loneHost();
    await host.deployWithInstances();
    await kill(host, "destroy");

    await host.expectDestroyWithoutTrace();
  });

  test("of a replacement goes on with the next deploy", async () => {
    const host = loneHost();
    await host.deployWithInstances();
    await host.stack.terraform(["taint", await host.stack.addressOf("ece_host_machine")]);
    await kill(host, "apply");

    expect(await host.deploy()).toMatchObject({ exitCode: 0 });
    await host.expectInService();
    await host.expectDestroyWithoutTrace();
  });
});

test("a token that was made although Terraform was killed before it heard of it is found by the audit", async () => {
  const host = loneHost();
  const { simulator } = host;
  simulator.faults.add({ method: "POST", path: TOKENS, kind: "delay-after-commit", milliseconds: FOREVER_MS });
  host.synth();
  await host.init();
  await killed(host, () => host.tokens.length === 1, "apply");
  const [lost] = host.tokens;

  expect(await host.deploy()).toMatchObject({ exitCode: 0 });
  const audited = await host.auditTokens();
  simulator.platform.tokens.revoke(lost ?? "");

  expect(audited).toMatchObject({ exitCode: 2 });
  expect(JSON.parse(audited.stdout)).toMatchObject({ unknown: [{ id: lost }] });
  await host.expectInService();
  await host.expectDestroyWithoutTrace();
});

test.each([
  {
    left: "a host half removed",
    kill: killedInRemoval,
    expectTold: (told: string, { machine }: LoneHost) => {
      expect(told).toContain(`${machine.runnerId} is half removed: frc-`);
      expect(told).toContain("Replace its ece_host (-replace)");
    },
  },
  {
    left: "a machine emptied",
    kill: killedOnceEmpty,
    expectTold: (told: string) => expect(told).toMatch(/replace its ece_host \(-replace\)/i),
  },
])(
  "$left by a destroy that was killed is named by the next deploy, and rebuilt with its remedy",
  async ({ kill, expectTold }) => {
    const host = loneHost();
    await host.deployWithInstances();
    await kill(host, "destroy");

    const refused = await host.deploy();
    const rebuilt = await host.deploy({}, `-replace=${await host.stack.addressOf("ece_host")}`);

    expect(refused.exitCode).toBe(1);
    expectTold(textOf(refused), host);
    expect(rebuilt).toMatchObject({ exitCode: 0 });
    await host.expectInService();
    await host.expectDestroyWithoutTrace();
  },
);

test("a host half drained by a destroy that was killed is told of by the next deploy, put into service with its remedy, and goes with the next destroy", async () => {
  const host = loneHost();
  await host.deployWithInstances();
  await killedInDrain(host, "destroy");

  const deployed = await host.deploy();
  const kept = await host.deploy({ maintenance: false });

  expect(deployed).toMatchObject({ exitCode: 0 });
  expect(textOf(deployed)).toContain(`The allocator of ${host.machine.runnerId} is in maintenance mode`);
  expect(textOf(deployed)).toContain("Set maintenance to false to end it");
  expect(kept).toMatchObject({ exitCode: 0 });
  await host.expectInService();
  await host.expectDestroyWithoutTrace();
});
