import { Simulator } from "../../lib/simulator";
import { HOST_ID, leaveMarker, machineConfig } from "../support/installed-machine";
import { ProviderSession, useProviderSession } from "../support/provider-session";
import { useSimulator } from "../support/use-simulator";
import { installEce } from "../support/worlds";
import { addHost } from "../simulator/joining";
import { found, useRehearsal } from "./rehearsal";

const [FIRST, ONE, TWO, THREE] = ["192.168.44.10", "192.168.44.21", "192.168.44.22", "192.168.44.23"];

const simulator = useSimulator({ hosts: 1 });
const { rehearse, told, writeState } = useRehearsal(simulator);
const session = useProviderSession(simulator);
const machine = () => simulator().hosts[0]!;

beforeEach(() => {
  for (const runnerId of [ONE, TWO, THREE])
    addHost(simulator().platform, { runnerId, roles: ["allocator"], availabilityZone: "zone-2", capacityMb: 4096 });
});

async function stateOf(...runnerIds: string[]): Promise<string> {
  const hosts = [];
  for (const runner_id of runnerIds)
    hosts.push(["ece_host", await session().apply("ece_host", { runner_id, adopt: true })] as const);
  return writeState(...hosts);
}

describe("hosts rehearse-removal", () => {
  test("tells proofs, places, zones and the ensemble, and changes nothing", async () => {
    simulator().platform.placeInstances(ONE, [{ nodeMemoryMb: 2048 }, { nodeMemoryMb: 1024, clusterType: "kibana" }]);
    const state = await stateOf(ONE);
    const before = simulator().state();

    const { exitCode, stdout, stderr } = await rehearse([ONE], state);

    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toMatch(/^Host 192\.168\.44\.21 can be removed\.\nPROOF +OUTCOME +FOUND\n/);
    expect(stdout).toMatch(/platform +passed +it is the one that ece_host was made on/);
    expect(stdout).toMatch(/record +passed +connected, allocator, 2 instances/);
    expect(stdout).toMatch(/machine +not asked/);
    expect(stdout).toMatch(/kibana +\S+ +1024 +192\.168\.44\.22, 192\.168\.44\.23\n/);
    expect(stdout).toMatch(/zone-2 +3072 +12288 +8192\n/);
    expect(stdout).toMatch(/director +192\.168\.44\.10 +192\.168\.44\.10\n/);
    expect(stdout).toMatch(/a vote \(ZooKeeper\) +192\.168\.44\.10 +192\.168\.44\.10\n/);
    expect(stdout).toMatch(
      /\nNot asked: machine of 192\.168\.44\.21\.\nA removal would pass by all that was asked\.\n$/,
    );
    expect(simulator().state()).toEqual(before);
    const writes = simulator().requests.filter(
      ({ method, query }) => method !== "GET" && query.validate_only !== "true",
    );
    expect(writes).toEqual([]);
  });

  test("hosts that leave together find no room in each other", async () => {
    for (const id of [ONE, TWO]) simulator().platform.placeInstances(id, [{ nodeMemoryMb: 3072 }]);
    const state = await stateOf(ONE, TWO);

    expect(await told([ONE], state)).toMatchObject({ exitCode: 0, passes: true });
    const together = await told([ONE, TWO], state);

    expect(together).toMatchObject({ exitCode: 2, passes: false });
    expect(together.zones).toEqual([{ zone: "zone-2", usedMb: 6144, capacityBeforeMb: 12288, capacityAfterMb: 4096 }]);
    const instances = together.hosts.flatMap((host) => host.instances);
    expect(instances.map(({ targets }) => targets)).toEqual([[THREE], [THREE]]);
    expect(instances.flatMap(({ obstacle = [] }) => obstacle)).toEqual([
      "no room is left in zone-2 once the others have moved",
    ]);
  });

  test("an instance that no allocator of its zone can take is named with that reason", async () => {
    simulator().platform.placeInstances(ONE, [{ nodeMemoryMb: 4096 }]);
    const { allocators } = simulator().platform;
    for (const id of [TWO, THREE]) allocators.startMaintenance(allocators.find(id));

    const rehearsal = await told([ONE], await stateOf(ONE));

    expect(rehearsal.exitCode).toBe(2);
    expect(rehearsal.hosts[0]?.instances).toMatchObject([
      { targets: [], obstacle: "no other allocator of zone-2 has room for it" },
    ]);
  });

  test("the last director and coordinator cannot go, and hosts that no state has are not proven", async () => {
    const rehearsal = await told([FIRST], await stateOf(ONE));

    expect(rehearsal.exitCode).toBe(2);
    expect(found(rehearsal, "platform")).toMatchObject({ outcome: "failed", found: "no given state has the host" });
    expect(found(rehearsal, "last of a role")).toMatchObject({
      outcome: "failed",
      found: expect.stringContaining(`The host ${FIRST} is the last`) as string,
    });
    expect(rehearsal.ensemble.votes).toEqual({ before: [FIRST], after: [] });
    expect(rehearsal.ensemble.roles).toContainEqual({
      role: "director",
      before: [FIRST],
      after: [],
      remark: "Elastic advises 3",
    });
  });

  test("an unknown host, and an upgrade in progress fail", async () => {
    const state = await stateOf(ONE);

    const unknown = await told(["10.0.0.1"], state);
    simulator().platform.upgrade("4.1.0", { except: [FIRST, ONE] });
    const upgraded = await told([ONE], state);

    expect(found(unknown, "record")).toMatchObject({ outcome: "failed" });
    expect(unknown.exitCode).toBe(2);
    expect(found(upgraded, "upgrade")).toMatchObject({
      outcome: "failed",
      found: expect.stringContaining("cannot be removed while ECE is upgraded") as string,
    });
    expect(upgraded.exitCode).toBe(2);
  });

  test("what is given up is told, in the provider's words", async () => {
    simulator().platform.placeInstances(ONE, 1);
    const state = await stateOf(ONE);
    simulator().platform.disconnect(ONE);

    const kept = await told([ONE], state);
    const givenUp = await told([ONE], state, "--given-up-machines", ONE, "--given-up-last-of", "proxy");
    const wrong = await rehearse([ONE], state, "--given-up-last-of", "king");

    expect(found(kept, "record")?.found).toMatch(
      /not connected.*a host that does not answer cannot hand over its data/,
    );
    expect([kept.exitCode, givenUp.exitCode, wrong.exitCode]).toEqual([2, 0, 1]);
    expect(wrong.stderr).toContain("Allowed choices are");
  });

  test("a machine is asked whether it is this host", async () => {
    await installEce(simulator(), machine());
    leaveMarker(machine());
    const { runnerId } = machine();
    const host = await session().apply("ece_host", { runner_id: runnerId, adopt: true });
    const stored = await session().apply("ece_host_machine", machineConfig(machine()));
    const state = writeState(["ece_host", host], ["ece_host_machine", stored]);

    const own = await told([runnerId], state);
    leaveMarker(machine(), HOST_ID, "192.168.44.99");
    const foreign = await told([runnerId], state);

    expect(found(own, "machine")).toMatchObject({ outcome: "passed" });
    expect(own.exitCode).toBe(0);
    expect(found(foreign, "machine")).toMatchObject({
      outcome: "failed",
      found: expect.stringContaining(`is not the machine of ${runnerId}`) as string,
    });
    expect(foreign.exitCode).toBe(2);
  });

  test("what was made on another platform is told from this one", async () => {
    const other = await Simulator.start();
    let state = "";
    try {
      addHost(other.platform, { runnerId: ONE, roles: ["allocator"] });
      const elsewhere = await (await ProviderSession.start(other)).apply("ece_host", { runner_id: ONE, adopt: true });
      state = writeState(["ece_host", elsewhere]);
    } finally {
      await other.stop();
    }

    const rehearsal = await told([ONE], state);

    expect(found(rehearsal, "platform")).toMatchObject({
      outcome: "failed",
      found: expect.stringContaining("This is another ECE platform") as string,
    });
    expect(rehearsal.exitCode).toBe(2);
  });

  test("a state that cannot be read is an error", async () => {
    const rehearsed = await rehearse([ONE], "nowhere.tfstate");

    expect(rehearsed).toMatchObject({ exitCode: 1, stdout: "" });
    expect(rehearsed.stderr).toContain("The file nowhere.tfstate cannot be read");
  });
});
