import { useLoneHost } from "../support/lone-host";
import { textOf } from "../support/terraform";

const loneHost = useLoneHost();

test("a coordinator that is away while a host joins holds the deploy up; roles changed in the UI are changed back", async () => {
  const host = loneHost();
  const { platform, faults } = host.simulator;
  const path = `/platform/infrastructure/runners/${host.machine.runnerId}`;
  host.machine.onInstall(() => faults.add({ path, kind: "status", status: 503, times: 3 }));

  const deployed = await host.deploy({ joinTimeout: "2m" });
  const faultsLeft = faults.pending();
  platform.setRoles(host.machine.runnerId, ["beats-runner", "services-forwarder", "proxy"]);
  const plan = await host.stack.plan();
  const redeployed = await host.deploy();

  expect(deployed).toMatchObject({ exitCode: 0 });
  expect(faultsLeft).toEqual([]);
  expect(plan.exitCode).toBe(2);
  expect(plan.stdout).toMatch(/- "proxy"/);
  expect(plan.stdout).toMatch(/\+ "allocator"/);
  expect(redeployed).toMatchObject({ exitCode: 0 });
  expect(host.runner?.roles).not.toContain("proxy");
  await host.expectDeclaredState();
  await host.expectDestroyWithoutTrace();
});

test("a host that was wiped is a warning, waited for where the program says so, and named with its remedy, which rebuilds it", async () => {
  const host = loneHost();
  await host.deploy();
  host.simulator.platform.placeInstances(host.machine.runnerId, 1);
  host.machine.wipe();

  const plan = await host.stack.plan();
  const redeployed = await host.deploy();
  const waited = await host.deploy({ waitForConnected: "2s" });
  const replaceHost = `-replace=${await host.stack.addressOf("ece_host")}`;
  host.synth({ drainTimeout: "2s" });
  const refused = await host.stack.apply(replaceHost);
  host.stack.provider = { givenUp: { machines: [host.machine.runnerId] } };
  const rebuilt = await host.deploy({}, replaceHost);
  host.stack.provider = {};
  host.synth();

  expect(refused.exitCode).toBe(1);
  expect(textOf(refused)).toContain("given_up");
  expect(plan).toMatchObject({ exitCode: 0 });
  expect(textOf(plan)).toContain(`The host ${host.machine.runnerId} is down`);
  expect(textOf(plan)).toContain("If the machine was wiped, replace its ece_host (-replace)");
  expect(redeployed).toMatchObject({ exitCode: 0 });
  expect(waited.exitCode).toBe(1);
  expect(waited.stdout).toMatch(/~ connected\s+= false -> true/);
  expect(textOf(waited)).toContain(`The host ${host.machine.runnerId} is not connected`);
  expect(rebuilt).toMatchObject({ exitCode: 0 });
  expect(host.allocator?.instances).toEqual([]);
  await host.expectDeclaredState();
  await host.expectDestroyWithoutTrace();
});

test("a host that was deleted in the UI is built again, or named with its remedy if it went before Terraform saw it joined", async () => {
  const host = loneHost();
  const deleteInUi = (): void => {
    host.simulator.platform.disconnect(host.machine.runnerId);
    host.simulator.platform.runners.delete(host.machine.runnerId);
  };

  await host.deploy();
  deleteInUi();
  const refused = await host.deploy();
  const replaced = await host.deploy({}, `-replace=${await host.stack.addressOf("ece_host")}`);
  await host.deploy();
  deleteInUi();
  const plan = await host.stack.plan();
  const rebuilt = await host.deploy();

  expect(refused.exitCode).toBe(1);
  expect(textOf(refused)).toContain(`The host ${host.machine.runnerId} was removed from the platform`);
  expect(textOf(refused)).toContain("Replace its ece_host (-replace)");
  expect(replaced).toMatchObject({ exitCode: 0 });
  expect(plan.stdout).toMatch(/ece_host\.\S+ will be created/);
  expect(rebuilt).toMatchObject({ exitCode: 0 });
  await host.expectDeclaredState();
  await host.expectDestroyWithoutTrace();
});

test("a destroy that cannot drain the host leaves it as it is, and goes on when there is room", async () => {
  const host = loneHost();
  await host.deploy();
  host.simulator.platform.placeInstances(host.machine.runnerId, [{ clusterName: "orders", nodeMemoryMb: 64_000 }]);
  const containers = host.machine.containers.map(({ name }) => name);

  const refused = await host.destroy();
  const left = { runner: host.runner, containers: host.machine.containers.map(({ name }) => name) };
  host.simulator.platform.allocators.find("192.168.44.10").settings = { capacity: 131_072 };

  expect(refused.exitCode).toBe(1);
  expect(textOf(refused)).toContain(`Unable to drain allocator ${host.machine.runnerId}`);
  expect(textOf(refused)).toContain("of elasticsearch orders");
  expect(left.runner).toMatchObject({ connected: true });
  expect(left.runner?.roles).toContain("allocator");
  expect(left.containers).toEqual(containers);
  await host.expectDestroyWithoutTrace();
});

test("Ctrl-C while the host's roles are waited for ends at once; the next deploy waits on, and a destroy drains", async () => {
  const host = loneHost();
  host.simulator.platform.behaviour.connectedAfterReads = 1_000_000;
  host.synth({ joinTimeout: "1h" });
  await host.init();

  const interrupted = await host.interruptWhen(
    () => host.runner !== undefined && host.hasAnswered("GET", `/runners/${host.machine.runnerId}`),
    "apply",
  );
  const redeployed = await host.deploy();
  host.simulator.platform.placeInstances(host.machine.runnerId, 1);

  expect(interrupted.exitCode).toBe(1);
  expect(textOf(redeployed)).toContain("is not connected");
  expect(host.machine.installs).toHaveLength(1);
  await host.expectDestroyWithoutTrace();
  expect(host.hasAnswered("POST", "/_move", { validate_only: "false" })).toBe(true);
});

test("Ctrl-C during the drain leaves the host its roles, and the next destroy goes on", async () => {
  const host = loneHost();
  await host.deploy({ drainTimeout: "1h" });
  host.simulator.platform.placeInstances(host.machine.runnerId, 1);
  host.simulator.platform.behaviour.moveSeconds = 3600;

  const interrupted = await host.interruptWhen(
    () => host.hasAnswered("POST", "/_move", { validate_only: "false" }),
    "destroy",
  );
  const left = host.runner;
  host.simulator.clock.advance(3600);

  expect(interrupted.exitCode).toBe(1);
  expect(left).toMatchObject({ connected: true });
  expect(left?.roles).toContain("allocator");
  await host.expectDestroyWithoutTrace();
});
