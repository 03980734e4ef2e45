import { EceHost } from "../../lib";
import type { TerraformStack } from "cdktf";
import { Simulator } from "../../lib/simulator";
import type { SimulatorState } from "../../lib/simulator";
import { eventually } from "../support/eventually";
import { HostStack, allocatorOn } from "../support/host-stack";
import type { Finished } from "../support/sandbox";

let simulator: Simulator;
let stack: HostStack;
let atStart: SimulatorState;

beforeEach(async () => {
  simulator = await Simulator.start({ hosts: 1 });
  stack = await HostStack.create(simulator);
  atStart = simulator.state();
});

afterEach(async () => {
  stack?.remove();
  await simulator?.stop();
});

function host() {
  return simulator.hosts[0]!;
}

/** One allocator; what the platform or the host cannot give is waited for no longer than seconds. */
function oneHost(scope: TerraformStack): void {
  const { host: record } = new EceHost(scope, "one", {
    ...allocatorOn(host(), simulator),
    joinTimeout: "4s",
    drainTimeout: "4s",
  });
  record.addOverride("timeouts.delete", "2s");
}

/** Terraform folds long lines into a box; this is the text again. */
function textOf({ output }: Finished): string {
  return output.replace(/^[│╷╵]?\s*/gm, " ").replace(/\s+/g, " ");
}

function runner() {
  return simulator.state().runners.find(({ runnerId }) => runnerId === host().runnerId);
}

async function expectDeclaredState(): Promise<void> {
  expect(runner()).toMatchObject({ connected: true, zone: "ece-zone-1" });
  expect(runner()?.roles).toContain("allocator");
  expect(allocator()).toMatchObject({ connected: true, maintenanceMode: false });
  expect(await stack.plan()).toMatchObject({ exitCode: 0 });
}

function allocator() {
  return simulator.state().allocators.find(({ allocatorId }) => allocatorId === host().runnerId);
}

async function expectDestroyWithoutTrace(): Promise<void> {
  expect(await stack.destroy()).toMatchObject({ exitCode: 0 });
  expect(simulator.state().runners).toEqual(atStart.runners);
  expect(simulator.state().tokens.filter(({ live }) => live)).toEqual(atStart.tokens);
  expect(host().containers).toEqual([]);
}

/** Runs Terraform and presses Ctrl-C as soon as something is so. */
async function interruptedWhen(condition: () => boolean, ...args: string[]): Promise<Finished> {
  let interrupt = (): unknown => undefined;
  let hasEnded = false;
  const running = stack
    .terraform(args, { onOutput: (_, signal) => (interrupt = signal) })
    .finally(() => (hasEnded = true));
  await eventually(() => hasEnded || condition());
  interrupt();
  return running;
}

const APPLY = ["apply", "-auto-approve", "-input=false"];
const DESTROY = ["destroy", "-auto-approve", "-input=false"];

test.each(["before-join", "during-join", "after-join"] as const)(
  "an install that fails %s says so, and the next deploy completes it",
  async (moment) => {
    host().faults.failInstall(137, moment);

    const failed = await stack.deploy(oneHost);
    const deployed = await stack.deploy(oneHost);

    expect(failed.exitCode).toBe(1);
    expect(textOf(failed)).toContain("the installer exited with 137: it was killed");
    expect(deployed).toMatchObject({ exitCode: 0 });
    await expectDeclaredState();
    await expectDestroyWithoutTrace();
  },
);

test.each(["before-join", "after-join"] as const)(
  "a destroy after an install that failed %s leaves nothing",
  async (moment) => {
    host().faults.failInstall(1, moment);
    await stack.deploy(oneHost);

    await expectDestroyWithoutTrace();
  },
);

test("an SSH connection that is cut in mid-install fails the deploy, and the next one goes on with the same install", async () => {
  host().faults.cutConnectionsInInstall("before-join");
  const pause = host().faults.pauseInstall("before-join");

  const failed = await stack.deploy(oneHost);
  const deployed = await stack.terraform(APPLY, {
    onOutput: (output) => {
      if (output.includes("following it")) pause.release();
    },
  });

  expect(failed.exitCode).toBe(1);
  expect(deployed).toMatchObject({ exitCode: 0 });
  expect(host().installs).toHaveLength(1);
  await expectDeclaredState();
  await expectDestroyWithoutTrace();
});

test("a token that is revoked between its creation and the install is made anew by the next deploy", async () => {
  host().onInstall(() => {
    for (const { id } of simulator
      .state()
      .tokens.filter((token) => !atStart.tokens.some(({ id }) => id === token.id))) {
      if (host().installs.length === 1) simulator.platform.tokens.revoke(id);
    }
  });

  const failed = await stack.deploy(oneHost);
  const deployed = await stack.deploy(oneHost);

  expect(failed.exitCode).toBe(1);
  expect(textOf(failed)).toContain("or the platform refused the host");
  expect(deployed).toMatchObject({ exitCode: 0 });
  await expectDeclaredState();
  await expectDestroyWithoutTrace();
});

test("a coordinator that is away while a host joins holds the deploy up, and roles changed in the UI come back", async () => {
  const runnerPath = `/platform/infrastructure/runners/${host().runnerId}`;
  host().onInstall(() => simulator.faults.add({ path: runnerPath, kind: "status", status: 503, times: 3 }));

  const deployed = await stack.deploy(oneHost);
  const faultsLeft = simulator.faults.pending();
  simulator.platform.setRoles(host().runnerId, ["beats-runner", "services-forwarder", "proxy"]);
  const plan = await stack.plan();
  const redeployed = await stack.deploy(oneHost);

  expect(deployed).toMatchObject({ exitCode: 0 });
  expect(faultsLeft).toEqual([]);
  expect(plan.exitCode).toBe(2);
  expect(plan.stdout).toMatch(/~ roles .*- "proxy".*\+ "allocator"|~ roles .*\+ "allocator".*- "proxy"/s);
  expect(redeployed).toMatchObject({ exitCode: 0 });
  expect(runner()?.roles).not.toContain("proxy");
  await expectDeclaredState();
  await expectDestroyWithoutTrace();
});

test("a host that was wiped is named with its remedy, which rebuilds it", async () => {
  await stack.deploy(oneHost);
  simulator.platform.placeInstances(host().runnerId, 1);
  host().wipe();

  const plan = await stack.plan();
  const redeployed = await stack.deploy(oneHost);
  const address = (await stack.terraform(["state", "list"])).stdout.match(/^ece_host\..*$/m)![0];
  const rebuilt = await stack.deploy(oneHost, `-replace=${address}`);

  expect(plan.stdout).toMatch(/~ connected\s+= false -> true/);
  expect(redeployed.exitCode).toBe(1);
  expect(textOf(redeployed)).toContain(`The host ${host().runnerId} is not connected`);
  expect(textOf(redeployed)).toContain("If the machine was wiped, replace its ece_host (-replace)");
  expect(rebuilt).toMatchObject({ exitCode: 0 });
  expect(allocator()?.instances).toEqual([]);
  await expectDeclaredState();
  await expectDestroyWithoutTrace();
});

test("a host that was deleted in the UI is built again, and named with its remedy if it went too soon to tell", async () => {
  await stack.deploy(oneHost);
  deleteInUi();
  const refused = await stack.deploy(oneHost);
  const address = (await stack.terraform(["state", "list"])).stdout.match(/^ece_host\..*$/m)![0];
  const replaced = await stack.deploy(oneHost, `-replace=${address}`);

  await stack.deploy(oneHost);
  deleteInUi();
  const plan = await stack.plan();
  const rebuilt = await stack.deploy(oneHost);

  expect(refused.exitCode).toBe(1);
  expect(textOf(refused)).toContain(`The host ${host().runnerId} was removed from the platform`);
  expect(textOf(refused)).toContain("Replace its ece_host (-replace)");
  expect(replaced).toMatchObject({ exitCode: 0 });
  expect(plan.stdout).toMatch(/ece_host\.\S+ will be created/);
  expect(rebuilt).toMatchObject({ exitCode: 0 });
  await expectDeclaredState();
  await expectDestroyWithoutTrace();
});

function deleteInUi(): void {
  simulator.platform.disconnect(host().runnerId);
  simulator.platform.runners.delete(host().runnerId);
}

test("a destroy that cannot drain the host leaves it as it is, and goes on when there is room", async () => {
  await stack.deploy(oneHost);
  simulator.platform.placeInstances(host().runnerId, [{ clusterName: "orders", nodeMemoryMb: 64_000 }]);
  const containers = host().containers.map(({ name }) => name);

  const refused = await stack.destroy();
  const afterRefusal = { runner: runner(), containers: host().containers.map(({ name }) => name) };
  simulator.platform.allocators.find("192.168.44.10").settings = { capacity: 131_072 };

  expect(refused.exitCode).toBe(1);
  expect(textOf(refused)).toContain(`Unable to drain allocator ${host().runnerId}`);
  expect(textOf(refused)).toContain("of elasticsearch orders");
  expect(afterRefusal.runner).toMatchObject({
    connected: true,
    roles: expect.arrayContaining(["allocator"]) as string[],
  });
  expect(afterRefusal.containers).toEqual(containers);
  await expectDestroyWithoutTrace();
});

test("a host that joined although its install failed is drained before it is cleaned", async () => {
  host().faults.failInstall(1, "after-join");
  await stack.deploy(oneHost);
  simulator.platform.placeInstances(host().runnerId, [{ nodeMemoryMb: 64_000 }]);

  const refused = await stack.destroy();
  const containers = host().containers.map(({ name }) => name);
  simulator.platform.allocators.find("192.168.44.10").settings = { capacity: 131_072 };

  expect(refused.exitCode).toBe(1);
  expect(textOf(refused)).toContain(`Unable to drain allocator ${host().runnerId}`);
  expect(containers).toContain("frc-allocators-allocator");
  await expectDestroyWithoutTrace();
});

describe("Ctrl-C", () => {
  test("while the token is made: the next deploy goes on", async () => {
    const path = "/platform/configuration/security/enrollment-tokens";
    simulator.faults.add({ method: "POST", path, kind: "delay", milliseconds: 60_000 });
    stack.synth(oneHost);
    await stack.init();

    const interrupted = await interruptedWhen(() => isUnderWay("POST", path), ...APPLY);
    const deployed = await stack.deploy(oneHost);

    expect(interrupted.exitCode).toBe(1);
    expect(textOf(interrupted)).toContain("Interrupt received");
    expect(deployed).toMatchObject({ exitCode: 0 });
    await expectDeclaredState();
    await stack.destroy();
    expect(simulator.state().runners).toEqual(atStart.runners);
  });

  test("during the install: the next deploy goes on with it", async () => {
    const pause = host().faults.pauseInstall();
    let isInstalling = false;
    void pause.reached.then(() => (isInstalling = true));
    stack.synth(oneHost);
    await stack.init();

    const interrupted = await interruptedWhen(() => isInstalling, ...APPLY);
    pause.release();
    const deployed = await stack.deploy(oneHost);

    expect(interrupted.exitCode).toBe(1);
    expect(deployed).toMatchObject({ exitCode: 0 });
    expect(host().installs).toHaveLength(1);
    await expectDeclaredState();
    await expectDestroyWithoutTrace();
  });

  test("while the host's roles are waited for: the next deploy waits on, and a destroy drains", async () => {
    simulator.platform.behaviour.connectedAfterReads = 1_000_000;
    stack.synth(patientHost);
    await stack.init();
    const path = `/platform/infrastructure/runners/${host().runnerId}`;

    const first = await interruptedWhen(() => hasAnswered("GET", path) && runner() !== undefined, ...APPLY);
    const second = await stack.deploy(oneHost);
    simulator.platform.placeInstances(host().runnerId, 1);
    const destroyed = await stack.destroy();

    expect(first.exitCode).toBe(1);
    expect(textOf(second)).toContain("is not connected");
    expect(destroyed).toMatchObject({ exitCode: 0 });
    expect(simulator.requests.filter(({ path }) => path.endsWith("/_move"))).toHaveLength(2);
    expect(simulator.state().runners).toEqual(atStart.runners);
    expect(host().containers).toEqual([]);
  });

  test("during the drain: the host keeps what it has, and the next destroy goes on", async () => {
    await stack.deploy(patientHost);
    simulator.platform.placeInstances(host().runnerId, 1);
    simulator.platform.behaviour.moveSeconds = 3600;

    const interrupted = await interruptedWhen(
      () => simulator.requests.some(({ query, status }) => query.validate_only === "false" && status !== undefined),
      ...DESTROY,
    );
    const afterwards = runner();
    simulator.clock.advance(3600);

    expect(interrupted.exitCode).toBe(1);
    expect(afterwards).toMatchObject({ connected: true });
    expect(afterwards?.roles).toContain("allocator");
    await expectDestroyWithoutTrace();
  });
});

function isUnderWay(method: string, path: string): boolean {
  return simulator.requests.some((request) => request.method === method && request.path === path);
}

function hasAnswered(method: string, path: string): boolean {
  return simulator.requests.some(
    (request) => request.method === method && request.path === path && request.status !== undefined,
  );
}

/** As `oneHost`, with the provider's own patience. */
function patientHost(scope: TerraformStack): void {
  new EceHost(scope, "one", allocatorOn(host(), simulator));
}
