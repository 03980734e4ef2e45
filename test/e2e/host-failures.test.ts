import { type LoneHost, useLoneHost } from "../support/lone-host";
import { textOf } from "../support/terraform";

const loneHost = useLoneHost();

const RUNNERS = "/platform/infrastructure/runners";
const TOKENS = "/platform/configuration/security/enrollment-tokens";

interface FailingCreate {
  readonly part: string;
  /** Makes the next create of the part fail. */
  readonly fail: (host: LoneHost) => void;
  readonly says: (host: LoneHost) => string;
}

const FAILING_CREATES: readonly FailingCreate[] = [
  {
    part: "ece_host",
    // By its id: a plan looks at the list, and goes on without it.
    fail: ({ simulator }) => simulator.faults.add({ path: `${RUNNERS}/`, kind: "status", status: 403 }),
    says: () => "403 simulator.fault",
  },
  {
    part: "ece_host_machine",
    fail: ({ machine }) => machine.faults.portsInUse.add(21_000),
    says: ({ machine }) => `${machine.sshHost} cannot become the host ${machine.runnerId}`,
  },
  {
    part: "ece_roles_token",
    fail: ({ simulator }) => simulator.faults.add({ method: "POST", path: TOKENS, kind: "status", status: 403 }),
    says: () => "Unable to create the roles token",
  },
  {
    part: "terraform_data",
    fail: ({ machine }) => machine.faults.failInstall(1, "after-join"),
    says: () => "the installer exited with 1",
  },
  {
    part: "ece_host_roles",
    fail: ({ machine, simulator }) =>
      machine.onInstall(() => {
        if (machine.installs.length === 1) simulator.faults.add({ path: RUNNERS, kind: "status", status: 403 });
      }),
    says: () => "403 simulator.fault",
  },
];

describe.each(FAILING_CREATES)("when the create of $part fails", ({ fail, says }) => {
  async function failedDeploy(): Promise<LoneHost> {
    const host = loneHost();
    fail(host);
    const failed = await host.deploy();
    expect(failed.exitCode).toBe(1);
    expect(textOf(failed)).toContain(says(host));
    host.machine.faults.clear();
    return host;
  }

  test("the next deploy brings the host into service", async () => {
    const host = await failedDeploy();

    expect(await host.deploy()).toMatchObject({ exitCode: 0 });
    await host.expectInService();
  });

  test("a destroy leaves no trace", async () => {
    const host = await failedDeploy();
    if (host.allocator !== undefined) host.placeInstances();

    await host.expectDestroyWithoutTrace();
  });
});

test("a roles token whose creation was not answered is named, and is all that a destroy leaves", async () => {
  const host = loneHost();
  host.simulator.faults.add({ method: "POST", path: TOKENS, kind: "reset-after-commit" });

  const failed = await host.deploy();
  const deployed = await host.deploy();
  const [lost, ...others] = host.tokens.filter((id) => textOf(failed).includes(id));
  const destroyed = await host.destroy();
  const left = host.tokens;
  host.simulator.platform.tokens.revoke(lost ?? "");

  expect(failed.exitCode).toBe(1);
  expect(others).toEqual([]);
  expect(deployed).toMatchObject({ exitCode: 0 });
  expect(destroyed).toMatchObject({ exitCode: 0 });
  expect(left).toEqual([lost]);
  await host.expectNoTrace();
});

test.each(["before-join", "during-join", "after-join"] as const)(
  "an install that fails %s says so, and the next deploy completes it",
  async (moment) => {
    const host = loneHost();
    host.machine.faults.failInstall(137, moment);

    const failed = await host.deploy();
    const deployed = await host.deploy();

    expect(failed.exitCode).toBe(1);
    expect(textOf(failed)).toContain("the installer exited with 137: it was killed");
    expect(deployed).toMatchObject({ exitCode: 0 });
    await host.expectDeclaredState();
    await host.expectDestroyWithoutTrace();
  },
);

test("a host that joined although its install failed is drained before it is cleaned", async () => {
  const host = loneHost();
  host.machine.faults.failInstall(1, "after-join");
  await host.deploy();
  host.simulator.platform.placeInstances(host.machine.runnerId, [{ nodeMemoryMb: 64_000 }]);

  const refused = await host.destroy();
  const containers = host.machine.containers.map(({ name }) => name);
  host.simulator.platform.allocators.find("192.168.44.10").settings = { capacity: 131_072 };

  expect(refused.exitCode).toBe(1);
  expect(textOf(refused)).toContain(`Unable to drain allocator ${host.machine.runnerId}`);
  expect(containers).toContain("frc-allocators-allocator");
  await host.expectDestroyWithoutTrace();
});

test("an SSH connection that is cut in mid-install fails the deploy, and the next one follows the same install", async () => {
  const host = loneHost();
  host.machine.faults.cutConnectionsInInstall("before-join");
  const pause = host.machine.faults.pauseInstall("before-join");

  const failed = await host.deploy();
  const deployed = await host.stack.terraform(["apply", "-auto-approve", "-input=false"], {
    onOutput: (output) => {
      if (output.includes("following it")) pause.release();
    },
  });

  expect(failed.exitCode).toBe(1);
  expect(deployed).toMatchObject({ exitCode: 0 });
  expect(host.machine.installs).toHaveLength(1);
  await host.expectDeclaredState();
  await host.expectDestroyWithoutTrace();
});

test("a token that is revoked between its creation and the install is made anew by the next deploy", async () => {
  const host = loneHost();
  host.machine.onInstall(() => {
    if (host.machine.installs.length === 1) host.tokens.forEach((id) => host.simulator.platform.tokens.revoke(id));
  });

  const failed = await host.deploy();
  const deployed = await host.deploy();

  expect(failed.exitCode).toBe(1);
  expect(textOf(failed)).toContain("or the platform refused the host");
  expect(deployed).toMatchObject({ exitCode: 0 });
  await host.expectDeclaredState();
  await host.expectDestroyWithoutTrace();
});

test("Ctrl-C while the token is made loses nothing that the next deploy needs", async () => {
  const host = loneHost();
  const path = "/platform/configuration/security/enrollment-tokens";
  host.simulator.faults.add({ method: "POST", path, kind: "delay", milliseconds: 60_000 });
  host.synth();
  await host.init();

  const interrupted = await host.interruptWhen(
    () => host.simulator.requests.some((request) => request.method === "POST" && request.path === path),
    "apply",
  );
  const deployed = await host.deploy();

  expect(interrupted.exitCode).toBe(1);
  expect(textOf(interrupted)).toContain("Interrupt received");
  expect(deployed).toMatchObject({ exitCode: 0 });
  await host.expectDeclaredState();
});

test("Ctrl-C during the install leaves it at work, and the next deploy follows it", async () => {
  const host = loneHost();
  const pause = host.machine.faults.pauseInstall();
  let isInstalling = false;
  void pause.reached.then(() => (isInstalling = true));
  host.synth();
  await host.init();

  const interrupted = await host.interruptWhen(() => isInstalling, "apply");
  pause.release();
  const deployed = await host.deploy();

  expect(interrupted.exitCode).toBe(1);
  expect(deployed).toMatchObject({ exitCode: 0 });
  expect(host.machine.installs).toHaveLength(1);
  await host.expectDeclaredState();
  await host.expectDestroyWithoutTrace();
});
