import { rmSync } from "node:fs";
import { join } from "node:path";
import type { ObjectValue } from "../../../lib/plugin/framework";
import type { SimulatedHost } from "../../../lib/simulator";
import { ContainerEngine } from "../../../lib/simulator/host/engine";
import { errorsOf } from "../../support/diagnostics";
import { HOST_ID, eceOn, leaveMarker, machineConfig } from "../../support/installed-machine";
import { ProviderSession, useProviderSession, type Outcome } from "../../support/provider-session";
import { useSimulator } from "../../support/use-simulator";
import { installEce, useWorld } from "../../support/worlds";

const simulator = useSimulator({ hosts: 3 });
const world = useWorld();
const session = useProviderSession(simulator);
const machine = () => simulator().hosts[0]!;
const another = () => simulator().hosts[1]!;

/** A machine with the same runner id and address, which runs ECE for another platform. */
async function foreignMachine(): Promise<SimulatedHost> {
  const platform = await world().addInstalledPlatform(1);
  return platform.hosts[0]!;
}

function create(config: ObjectValue = {}, on = session()): Promise<Outcome> {
  return on.apply("ece_host_machine", machineConfig(machine(), config));
}

function destroy(stored: Outcome, on = session()): Promise<Outcome> {
  return on.destroy("ece_host_machine", stored);
}

function runner(runnerId = machine().runnerId) {
  return simulator()
    .state()
    .runners.find((one) => one.runnerId === runnerId);
}

/** The machine as ece_host_machine knows it, with ECE installed for it since. */
async function installed(config: ObjectValue = {}): Promise<Outcome> {
  const created = await create(config);
  expect(errorsOf(created)).toBe("");
  await installEce(simulator(), machine());
  leaveMarker(machine());
  return created;
}

/** A destroy that must change nothing, on the machine and on the platform; returns its error. */
async function refused(stored: Outcome, on = session()): Promise<string> {
  const before = [await eceOn(machine()), simulator().state()];
  const outcome = await destroy(stored, on);
  expect([await eceOn(machine()), simulator().state()]).toEqual(before);
  expect(outcome.state).not.toBeNull();
  return errorsOf(outcome);
}

describe("create", () => {
  test("looks at an empty machine and changes nothing on it", async () => {
    const created = await create();

    expect(errorsOf(created)).toBe("");
    expect(created.state).toMatchObject({
      runner_id: machine().runnerId,
      install_private_key_file: machine().privateKeyFile,
      access: { machine_id: created.state!.id, ssh_port: machine().sshPort, host_id: HOST_ID },
    });
    expect(await eceOn(machine())).toEqual([]);
  });

  test("refuses a machine that is another runner of this platform, and leaves it alone", async () => {
    await installEce(simulator(), machine(), { runnerId: "10.9.9.9" });
    const outcome = await create();

    expect(outcome.state).toBeNull();
    expect(errorsOf(outcome)).toContain(`is not the machine of ${machine().runnerId}`);
    expect(errorsOf(outcome)).toContain("10.9.9.9");
    expect(runner("10.9.9.9")).toMatchObject({ connected: true });
  });

  test("refuses a machine that runs the same runner id for another platform", async () => {
    const foreign = await foreignMachine();
    const before = await eceOn(foreign);
    const outcome = await session().apply("ece_host_machine", machineConfig(foreign));

    expect(outcome.state).toBeNull();
    expect(errorsOf(outcome)).toContain("this platform knows no host");
    expect(await eceOn(foreign)).toEqual(before);
  });

  test("takes a machine that is this runner already, and does nothing to it", async () => {
    await installEce(simulator(), machine());
    const before = await eceOn(machine());
    const outcome = await create();

    expect(errorsOf(outcome)).toBe("");
    expect(await eceOn(machine())).toEqual(before);
    expect(runner()).toMatchObject({ connected: true });
  });

  test("names everything that an install would stumble over, before anything is changed", async () => {
    machine().faults.portsInUse.add(21000);
    machine().faults.engine = "stopped";
    const outcome = await create();

    expect(outcome.state).toBeNull();
    expect(errorsOf(outcome)).toContain("The installer needs the port 21000");
    expect(errorsOf(outcome)).toContain("The user cannot use docker");
  });

  test("a machine that does not answer is an error that says what to do", async () => {
    machine().disconnect();

    expect(errorsOf(await create())).toContain(`Unable to reach the machine of ${machine().runnerId}`);
  });
});

describe("destroy", () => {
  test("drains the host, proves the machine, and removes ECE and nothing else", async () => {
    const stored = await installed();
    machine().runContainer("postgres");
    simulator().platform.placeInstances(machine().runnerId, 2);
    await installEce(simulator(), another());

    const outcome = await destroy(stored);

    expect(errorsOf(outcome)).toBe("");
    expect(outcome.state).toBeNull();
    expect(await eceOn(machine())).toEqual(["postgres"]);
    expect(runner()).toMatchObject({ connected: false });
    expect(
      simulator()
        .state()
        .allocators.flatMap(({ allocatorId, instances }) => (allocatorId === machine().runnerId ? instances : [])),
    ).toEqual([]);
  });

  test("of a machine on which nothing was installed changes nothing", async () => {
    const stored = await create();
    const outcome = await destroy(stored);

    expect(errorsOf(outcome)).toBe("");
    expect(outcome.state).toBeNull();
  });

  test("refuses an empty machine while the platform shows the host connected", async () => {
    const stored = await create();
    await installEce(simulator(), another(), { runnerId: machine().runnerId });

    expect(await refused(stored)).toContain("there is nothing of ECE on it");
    expect(runner()).toMatchObject({ connected: true });
  });

  test("refuses a machine that runs the same runner id for another platform", async () => {
    const stored = await installed();
    const foreign = await foreignMachine();
    const before = await eceOn(foreign);
    const { sshPort, hostKey, privateKeyFile } = foreign;
    const there = { ssh_port: sshPort, ssh_host_key: hostKey, ssh_private_key_file: privateKeyFile };
    const outcome = await destroy({ ...stored, state: { ...stored.state, ...there } });

    expect(errorsOf(outcome)).toMatch(/Unable to prove|is not the machine of/);
    expect(outcome.state).not.toBeNull();
    expect(await eceOn(foreign)).toEqual(before);
    expect(runner()).toMatchObject({ connected: true });
  });

  test("refuses where another machine runs the same id, and starts the runner again", async () => {
    const stored = await installed();
    another().becomeCloneOf(machine());
    const before = [await eceOn(machine()), await eceOn(another())];

    const outcome = await destroy(stored);

    expect(errorsOf(outcome)).toContain(`Another machine runs the host ${machine().runnerId}`);
    expect(outcome.state).not.toBeNull();
    expect([await eceOn(machine()), await eceOn(another())]).toEqual(before);
    expect(runner()).toMatchObject({ connected: true });
  });

  test("refuses a machine that was taken over and runs without the platform seeing it: it may be another's", async () => {
    await installEce(simulator(), machine());
    const stored = await create();
    simulator().platform.disconnect(machine().runnerId);

    expect(errorsOf(stored)).toBe("");
    expect(await refused(stored)).toContain("runs, and the platform does not see it");
  });

  test("goes on from where a removal ended, and the machine is planned anew until then", async () => {
    const stored = await installed();
    const remove = jest.spyOn(ContainerEngine.prototype, "remove").mockImplementationOnce(function (
      this: ContainerEngine,
      container,
    ) {
      remove.mockRestore();
      this.remove(container);
      machine().cutConnections();
    });

    const failed = await destroy(stored);
    const planned = await session().plan("ece_host_machine", machineConfig(machine()), failed);
    const again = await destroy(failed);

    expect(errorsOf(failed)).toContain("it goes on from there");
    expect(planned.requiresReplace).toEqual([["id"]]);
    expect(errorsOf(again)).toBe("");
    expect(await eceOn(machine())).toEqual([]);
  });

  test.each([
    ["stopped", "does not answer"],
    ["missing", "does not answer"],
  ] as const)("refuses a machine whose container engine is %s", async (engine, words) => {
    const stored = await installed();
    machine().faults.engine = engine;

    expect(await refused(stored)).toContain(words);
  });

  test("without a key changes nothing and says what to set", async () => {
    delete process.env.SSH_AUTH_SOCK;
    const stored = await installed();
    const moved = { ...stored, state: { ...stored.state, ssh_private_key_file: "/nowhere/key" } };

    expect(await refused(moved)).toContain("ECE_SSH_PRIVATE_KEY_FILE");
  });

  test("of a machine that is given up touches nothing", async () => {
    const stored = await installed();
    const before = await eceOn(machine());
    const resigned = await ProviderSession.start(simulator(), { given_up: { machines: [machine().runnerId] } });
    const outcome = await destroy(stored, resigned);
    resigned.server.stop();

    expect(errorsOf(outcome)).toBe("");
    expect(outcome.state).toBeNull();
    expect(await eceOn(machine())).toEqual(before);
  });

  test("refuses a machine that the platform has forgotten and that holds instances", async () => {
    const stored = await installed();
    machine().runContainer("fac-1f0c-instance-0000000000", {
      image: "docker.elastic.co/cloud-assets/elasticsearch:8.19",
    });
    machine().disconnect();
    simulator().platform.runners.delete(machine().runnerId);
    machine().reconnect();

    expect(await refused(stored)).toContain("The platform has forgotten the host");
  });
});

describe("update", () => {
  test("of the key's path connects nowhere", async () => {
    const stored = await installed();
    const calls = machine().commands.length;
    const config = machineConfig(machine(), { ssh_private_key_file: "~/.ssh/of-another-machine" });
    const outcome = await session().apply("ece_host_machine", config, stored);

    expect(errorsOf(outcome)).toBe("");
    expect(outcome.state).toMatchObject({ access: { ssh_private_key_file: "~/.ssh/of-another-machine" } });
    expect(machine().commands).toHaveLength(calls);
  });

  test("is not planned where Terraform runs with another key", async () => {
    const stored = await installed();
    const elsewhere = await ProviderSession.start(simulator(), { ssh: { private_key_file: "/elsewhere/key" } });
    const read = await elsewhere.read("ece_host_machine", stored);
    const planned = await elsewhere.plan("ece_host_machine", machineConfig(machine()), read);
    elsewhere.server.stop();

    expect(read.state).toMatchObject({ install_private_key_file: "/elsewhere/key" });
    expect(planned.plan).toEqual(read.state);
    expect(planned.requiresReplace).toEqual([]);
  });

  test("of the address proves the machine before it is stored", async () => {
    const stored = await installed();
    await installEce(simulator(), another());
    const wrong = machineConfig(another(), { runner_id: machine().runnerId });
    const outcome = await session().apply("ece_host_machine", wrong, stored);

    expect(errorsOf(outcome)).toContain(`is not the machine of ${machine().runnerId}`);
    expect(outcome.state).toMatchObject({ ssh_port: machine().sshPort });
  });
});

describe("what only the checks before the install look at", () => {
  const CHECKED = { roles: ["allocator"], coordinator_host: "10.0.0.1", selinux: false, skip_advice: true };

  test("plans nothing afterwards, and the state keeps what was checked", async () => {
    const created = await create(CHECKED);
    const changed = { roles: ["proxy"], coordinator_host: "10.0.0.2", selinux: true, skip_advice: false };

    const { plan } = await session().plan("ece_host_machine", machineConfig(machine(), changed), created);

    expect(plan).toEqual(created.state);
  });

  test("is an address that is given later: it must be the host's", async () => {
    const created = await installed();
    const { host_ip: own } = machineConfig(machine(), { host_ip: runner()!.hostIp });
    const planned = (host_ip: unknown) =>
      session().plan("ece_host_machine", machineConfig(machine(), { host_ip: host_ip as string }), created);

    expect(errorsOf(await planned("10.9.9.9"))).toContain(`The host ${machine().runnerId} has another address`);
    expect(await planned(own)).toMatchObject({ requiresReplace: [], diagnostics: [] });
  });
});

test("a machine that is imported with its arguments plans nothing", async () => {
  await installEce(simulator(), machine());
  const config = machineConfig(machine());

  const imported = await session().import("ece_host_machine", JSON.stringify(config));
  const planned = await session().plan("ece_host_machine", config, imported);

  expect(errorsOf(imported)).toBe("");
  expect(planned).toMatchObject({ diagnostics: [], plan: imported.state, requiresReplace: [] });
});

test("a machine that was imported is proven when it is first applied, and plans nothing but its arguments", async () => {
  await installEce(simulator(), machine());
  const { runnerId, user, sshHost, sshPort } = machine();
  const imported = await session().import("ece_host_machine", `${runnerId}=${user}@${sshHost}:${sshPort}`);
  const applied = await session().apply("ece_host_machine", machineConfig(machine()), imported);

  expect(errorsOf(imported)).toBe("");
  expect(errorsOf(applied)).toBe("");
  expect(applied.state).toMatchObject({ id: imported.state!.id, ssh_host_key: machine().hostKey });
  rmSync(join(machine().folder, "home", ".cdktf-ece"), { recursive: true, force: true });
  expect(errorsOf(await destroy(applied))).toBe("");
  expect(await eceOn(machine())).toEqual([]);
});
