import { readdirSync } from "node:fs";
import { join } from "node:path";
import { renderCleanupScript, type CleanupSettings } from "../../../lib/constructs/scripts/cleanup-script";
import { finish, printed, useHosts, type Finished, type SshSession } from "../../simulator/host/ssh-session";
import { RUN, install, upload } from "../simulated-install";
import { asTerraformRenders } from "../terraform-text";

const startHost = useHosts();

async function cleanUp(session: SshSession, settings: Partial<CleanupSettings> = {}): Promise<Finished> {
  const script = renderCleanupScript({ storagePath: "/mnt/data/elastic", containerEngine: "docker", ...settings });
  await session.run("cat > cleanup.sh", asTerraformRenders(script));
  return session.run("bash cleanup.sh; code=$?; rm cleanup.sh; exit $code");
}

test.each(["docker", "podman"] as const)("removes ECE from a host with %s, and nothing else", async (engine) => {
  const { host, platform, session } = await startHost({ engine });
  host.runContainer("postgres");
  await session.run("mkdir -p /mnt/data/mine");
  await install(session, { containerEngine: engine, flags: engine === "podman" ? ["--podman"] : [] });

  const { exitCode } = await cleanUp(session, { containerEngine: engine });

  expect(exitCode).toBe(0);
  expect(host.containers.map(({ name }) => name)).toEqual(["postgres"]);
  expect(platform.events).toContain("disconnect 192.168.44.11");
  expect((await session.run("ls /mnt/data")).stdout).toBe("mine\n");
  expect(readdirSync(join(host.folder, "home")).sort()).toEqual(["elastic-cloud-enterprise.sh"]);
});

test("succeeds where there is nothing to remove", async () => {
  const { session } = await startHost();

  expect(await cleanUp(session)).toMatchObject({ exitCode: 0, stdout: "cdktf-ece: ECE is removed from this host.\n" });
});

test("removes nothing while the container engine does not answer", async () => {
  const { host, session } = await startHost();
  await install(session);
  host.faults.engine = "stopped";

  const { exitCode, stderr } = await cleanUp(session);

  expect(exitCode).toBe(1);
  expect(stderr).toContain("elastic cannot use docker");
  expect((await session.run("ls /mnt/data")).stdout).toBe("elastic\n");
});

test.each(["/", "/mnt", "mnt/data", "/mnt/data/", "/mnt/../etc", "/mnt/.", "", "/mnt/data elastic", "/mnt/data;id"])(
  "refuses to remove the storage folder %j",
  async (storagePath) => {
    const { host, session } = await startHost();
    await install(session);

    const { exitCode, stderr } = await cleanUp(session, { storagePath });

    expect(exitCode).toBe(1);
    expect(stderr).toContain("at least two folders, because destroying the host removes it");
    expect(host.containers).not.toEqual([]);
  },
);

test("stops an installer that is still at work", async () => {
  const { host, session } = await startHost();
  await session.run("cat > slow.sh", "echo begun; while true; do sleep 1; done");
  await upload(session, { installerPath: "slow.sh" });
  const channel = await session.start(RUN);
  const end = finish(channel);
  await printed(channel, "begun");

  const { exitCode, stdout } = await cleanUp(session);

  expect(exitCode).toBe(0);
  expect(stdout).toContain("Stopping the installer");
  await session.run('while pgrep -f "$HOME/.cdktf-ece/elastic-cloud-enterprise.sh instal[l]"; do sleep 0.1; done');
  expect((await end).stderr).toContain("the installer was cut off");
  expect(host.containers).toEqual([]);
});
