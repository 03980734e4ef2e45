import { symlinkSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { hasEce, openSession, readFacts, type MachineFacts } from "../../lib/machine";
import { TestClock } from "../support/test-clock";
import { useSimulator } from "../support/use-simulator";
import { installEce } from "../support/worlds";

const simulator = useSimulator({ hosts: 1 });
const machine = () => simulator().hosts[0]!;

async function facts(containerEngine = "docker"): Promise<MachineFacts> {
  const { sshHost: host, sshPort: port, user, hostKey, privateKeyFile } = machine();
  const clock = new TestClock();
  const { signal } = new AbortController();
  const session = await openSession(
    { host, port, user, hostKey, privateKeyFile, connectTimeoutMs: 1000 },
    { settings: { agent: false }, signal, now: () => clock.now(), sleep: clock.sleep.bind(clock) },
  );
  try {
    return await readFacts(session, { storagePath: "/mnt/data/elastic", containerEngine }, signal);
  } finally {
    session.close();
  }
}

test("an installed machine says who it is in several ways, and none of its secrets", async () => {
  await installEce(simulator(), machine(), { roles: ["allocator", "director"] });
  simulator().platform.placeInstances(machine().runnerId, 1);
  const seen = await facts();

  expect(seen).toMatchObject({
    engineError: undefined,
    runnerIds: [machine().runnerId],
    isRunnerRunning: true,
    version: "4.0.3",
    storageError: undefined,
    missingMount: undefined,
    caSha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    clusters: [expect.any(String)],
    hasZooKeeperData: true,
  });
  expect(seen.platformHosts).toContain("192.168.44.10");
  expect(seen.addresses).toContain(machine().hostIp);
  expect(machine().plantedSecrets).not.toEqual([]);
  for (const secret of machine().plantedSecrets) expect(JSON.stringify(seen)).not.toContain(secret);
});

test.each<[string, () => void]>([
  ["stopped", () => machine().faults.stopRunner()],
  ["removed", () => machine().faults.removeRunner()],
  ["renamed", () => machine().faults.renameRunner("old-runner")],
])("a machine whose runner was %s still says whose it is", async (_, fault) => {
  await installEce(simulator(), machine());
  fault();
  const seen = await facts();

  expect(seen.runnerIds).toEqual([machine().runnerId]);
  expect(seen.isRunnerRunning).toBe(false);
  expect(hasEce(seen)).toBe(true);
});

test("an empty machine has nothing of ECE, whatever else it runs", async () => {
  machine().runContainer("postgres");
  machine().runContainer("frc-like", { image: "registry.example/app:1" });

  expect(hasEce(await facts())).toBe(false);
});

test("storage that is in fstab and not mounted is no empty storage", async () => {
  await installEce(simulator(), machine());
  machine().faults.mounts.unmount("/mnt/data");
  const seen = await facts();

  expect(seen.missingMount).toBe("/mnt/data");
});

test("storage that cannot be searched is no empty storage", async () => {
  symlinkSync("elastic", join(machine().folder, "storage/mnt/data/elastic"));

  expect((await facts()).storageError).toMatch(/Too many levels of symbolic links/);
});

test("a file that is being written is none that was read", async () => {
  await installEce(simulator(), machine());
  const { runnerId } = machine();
  truncateSync(
    join(machine().folder, "storage/mnt/data/elastic", runnerId, "services/client-forwarder/managed/ca-file.pem"),
  );
  const seen = await facts();

  expect(seen).toMatchObject({ caSha256: undefined, runnerIds: [runnerId] });
});

test("ECE's containers in a second engine are seen", async () => {
  await installEce(simulator(), machine());
  machine().faults.hasSecondEngine = true;

  expect((await facts("podman")).otherEngine).toContain("frc-runners-runner");
});

test("an engine that does not run, and one that is not there, is an error of the engine", async () => {
  await installEce(simulator(), machine());
  machine().faults.engine = "stopped";
  const stopped = await facts();
  machine().faults.engine = "missing";
  const missing = await facts();

  expect([stopped.engineError, missing.engineError]).not.toContain(undefined);
  expect(stopped.runnerIds).toEqual([machine().runnerId]);
});
