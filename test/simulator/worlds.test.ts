import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { SimulatedHost, Simulator } from "../../lib/simulator";
import { useWorld } from "../support/worlds";
import { SshSession } from "./host/ssh-session";

const ID = "192.168.44.11";

const world = useWorld();

function authorityOn(machine: SimulatedHost): string {
  const path = `/mnt/data/elastic/${ID}/services/client-forwarder/managed/ca-file.pem`;
  return readFileSync(machine.locate(path)!, "utf8");
}

function isConnected(simulator: Simulator): boolean {
  return simulator.platform.runners.find(ID).connected;
}

describe("two platforms", () => {
  test("have equal runner ids and addresses, and nothing else in common", async () => {
    const [one, two] = [await world().addInstalledPlatform(1), await world().addInstalledPlatform(1)];
    const [machine, other] = [one.hosts[0]!, two.hosts[0]!];

    expect(two.state().runners).toEqual(one.state().runners);
    expect([authorityOn(machine), authorityOn(other)]).toEqual([one.platform.authority, two.platform.authority]);
    expect(authorityOn(machine)).not.toBe(authorityOn(other));
    machine.disconnect();
    expect([isConnected(one), isConnected(two)]).toEqual([false, true]);
  });

  test("do not take each other's tokens", async () => {
    const one = await world().addPlatform(1);
    const two = await world().addPlatform(1);
    const session = await SshSession.open(two.hosts[0]!);
    const { token } = one.platform.tokens.mint({ persistent: true, roles: [] });

    const { stderr } = await session.run(
      `elastic-cloud-enterprise.sh install --coordinator-host 127.0.0.1 --roles-token ${token} </dev/null`,
    );

    expect(stderr).toContain("the roles token is not valid for this platform");
  });
});

test("a stranger's machine runs another platform's ECE, with instances", async () => {
  const { platform, machine } = await world().addStrangersMachine();
  const session = await SshSession.open(machine);

  const { stdout } = await session.run("docker ps --format '{{.Names}}' | grep -c ^fac-");

  expect(stdout).toBe("2\n");
  expect(platform.state().allocators.find(({ allocatorId }) => allocatorId === ID)?.instances).toHaveLength(2);
});

describe("a clone", () => {
  test("has the original's containers, environments, files and secrets, but its own address", async () => {
    const simulator = await world().addInstalledPlatform(1);
    const original = simulator.hosts[0]!;
    simulator.platform.placeInstances(ID, 1);
    const clone = await world().addClone(original);
    const session = await SshSession.open(clone);

    const { stdout } = await session.run(
      `docker exec frc-runners-runner sh -c 'echo $RUNNER_ID'; ip -4 -o addr show scope global | awk '{print $4}'`,
    );

    expect(stdout).toBe(`${ID}\n192.168.44.99/24\n`);
    expect(clone.containers).toEqual(original.containers);
    expect(authorityOn(clone)).toBe(authorityOn(original));
    expect(clone.plantedSecrets).toEqual(original.plantedSecrets);
    expect(existsSync(join(clone.folder, "home", "elastic-cloud-enterprise.sh"))).toBe(true);
  });

  test("keeps the runner connected when the original stops, and the other way round", async () => {
    const simulator = await world().addInstalledPlatform(1);
    const original = simulator.hosts[0]!;
    const clone = await world().addClone(original);
    const session = await SshSession.open(original);

    await session.run("docker stop frc-runners-runner");
    expect(isConnected(simulator)).toBe(true);
    await session.run("docker start frc-runners-runner");
    clone.wipe();
    expect(isConnected(simulator)).toBe(true);
    original.wipe();

    expect(isConnected(simulator)).toBe(false);
  });

  test("is forgotten with its machine: what is installed there afterwards is its own", async () => {
    const simulator = await world().addInstalledPlatform(1);
    const other = await world().addPlatform(1);
    other.hosts[0]!.becomeCloneOf(simulator.hosts[0]!);

    other.hosts[0]!.wipe();

    expect(other.hosts[0]!.containers).toEqual([]);
    expect(isConnected(simulator)).toBe(true);
  });
});
