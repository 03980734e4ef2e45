import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { RULES } from "../../../lib/ece";
import { installerScript, type SimulatedHost } from "../../../lib/simulator/host";
import { SshSession, finish, printed, useHosts } from "../../simulator/host/ssh-session";
import { RUN, SETTINGS, TOKEN, install, lastInstall, upload } from "../simulated-install";
import { fc } from "../../support/property";

const startHost = useHosts();

describe("the install script", () => {
  test("runs the installer with the token, and lets its output through", async () => {
    const { host, platform, session } = await startHost();

    const { exitCode, stdout } = await install(session, { flags: ["--debug"] });

    expect(exitCode).toBe(0);
    expect(lastInstall(host)).toBe(
      "install --coordinator-host 192.168.44.10 --roles-token (token token-1) --roles allocator" +
        " --runner-id 192.168.44.11 --host-storage-path /mnt/data/elastic --cloud-enterprise-version 4.0.3" +
        " --availability-zone ece-zone-1 --debug",
    );
    expect(platform.joins).toMatchObject([{ runnerId: "192.168.44.11", rolesToken: TOKEN, roles: ["allocator"] }]);
    expect(stdout).toContain("Installing Elastic Cloud Enterprise 4.0.3");
    expect(stdout).toContain("The installer is done");
  });

  test("leaves the token in no file and in no output, whether the install works or not", async () => {
    const { host, session } = await startHost();
    const during: string[][] = [];
    host.onInstall(() => void during.push(host.grep(TOKEN)));
    host.faults.failInstall(1);

    const failed = await install(session);
    const foundAfterFailure = host.grep(TOKEN);
    const worked = await install(session);

    expect([failed.exitCode, worked.exitCode]).toEqual([1, 0]);
    expect(during).toEqual([[], []]);
    expect(foundAfterFailure).toEqual([]);
    expect(host.grep(TOKEN)).toEqual([]);
    expect(existsSync(join(host.folder, "home/.cdktf-ece/upload"))).toBe(false);
    expect(failed.stdout + failed.stderr + worked.stdout + worked.stderr).not.toContain(TOKEN);
  });

  test("hides the token where the installer prints it", async () => {
    const { host, session } = await startHost();
    await session.run("cat > talkative.sh", 'echo "joining with $5 now"; exit 7');

    const { exitCode, stdout } = await install(session, { installerPath: "talkative.sh" });

    expect(exitCode).toBe(7);
    expect(stdout).toContain("joining with (roles token) now");
    expect(readFileSync(join(host.folder, "home/.cdktf-ece/install.log"), "utf8")).not.toContain(TOKEN);
  });

  test("says how to get a token where none was made because the platform knows the runner", async () => {
    const { host, session } = await startHost();
    await upload(session);
    await session.run(": > .cdktf-ece/upload/roles-token");

    const { exitCode, stderr } = await session.run(RUN);

    expect(exitCode).toBe(1);
    expect(stderr).toContain("Replace its ece_host (-replace)");
    expect(host.installs).toEqual([]);
  });

  test("does nothing where ECE runs already as this runner", async () => {
    const { host, session } = await startHost();
    await install(session);

    const { exitCode, stdout } = await install(session);

    expect(exitCode).toBe(0);
    expect(stdout).toContain("already runs here as runner 192.168.44.11");
    expect(host.installs).toHaveLength(1);
  });

  test.each([
    [1, "--skip-cloud-enterprise-version-check skips and --force does not"],
    [2, "did not understand its command line"],
    [3, "does not know an argument"],
    [4, "id is below 1000, or the user cannot run docker"],
    [5, "there is no socket of the container engine"],
    [125, "could not start the installer's container"],
    [127, "a command that it calls is not there"],
    [137, "killed, often because memory ran out"],
  ])("ends with the installer's exit code %i and its meaning", async (code, meaning) => {
    const { host, session } = await startHost();
    host.faults.failInstall(code);

    const { exitCode, stderr } = await install(session);

    expect(exitCode).toBe(code);
    expect(stderr).toContain(`the installer exited with ${code}`);
    expect(stderr).toContain(meaning);
  });

  test("refuses to begin where there is no token", async () => {
    const { host, session } = await startHost();
    await upload(session);
    await session.run("rm .cdktf-ece/upload/roles-token");

    const { exitCode, stderr } = await session.run(RUN);

    expect(exitCode).toBe(1);
    expect(stderr).toContain("there is no roles token");
    expect(host.installs).toEqual([]);
  });
});

describe("its checks", () => {
  test.each(["stopped", "missing"] as const)("refuse a container engine that is %s", async (engine) => {
    const { host, session } = await startHost();
    host.faults.engine = engine;

    const { exitCode, stderr } = await install(session);

    expect(exitCode).toBe(1);
    expect(stderr).toContain("elastic cannot use docker: 'docker info' fails. Install or start it");
    expect(host.installs).toEqual([]);
    expect(host.grep(TOKEN)).toEqual([]);
  });

  test("refuse a user that the installer would refuse", async () => {
    const { session } = await startHost({ uid: 500 });

    expect((await install(session)).stderr).toContain("refuses the user elastic (500:500)");
  });

  test("refuse a port in use", async () => {
    const { host, session } = await startHost();
    host.faults.portsInUse.add(21000);

    expect((await install(session)).stderr).toContain("port 21000 is in use");
    expect(host.installs).toEqual([]);
  });

  test("refuse a storage folder that the cleanup would refuse", async () => {
    const { host, session } = await startHost();

    expect((await install(session, { storagePath: "/mnt/../etc" })).stderr).toContain("because destroying the host");
    expect(host.installs).toEqual([]);
  });

  test("refuse a storage folder that cannot be written", async () => {
    const { session } = await startHost();
    await session.run("mkdir -p /mnt/data && touch /mnt/data/elastic");

    expect((await install(session)).stderr).toContain("cannot write to the storage folder /mnt/data/elastic");
  });

  test("refuse several addresses of the card, of which the installer would take one for its image", async () => {
    const { host, session } = await startHost();
    host.faults.furtherAddresses.add("192.168.44.99");

    const refused = await install(session);
    const told = await install(session, { options: { ...SETTINGS.options, "--host-ip": "192.168.44.99" } });

    expect(refused.stderr).toContain("has several addresses (192.168.44.11, 192.168.44.99)");
    expect([refused.exitCode, told.exitCode]).toEqual([1, 0]);
    expect(host.installs).toHaveLength(1);
  });

  test.each(["podman-remote", "docker"])("refuse podman without the command %s", async (command) => {
    const { host, session } = await startHost({ engine: "podman" });
    host.faults.removeCommand(command);

    const { exitCode, stderr } = await install(session, { containerEngine: "podman", flags: ["--podman"] });

    expect([exitCode, host.installs]).toEqual([1, []]);
    expect(stderr).toContain("the installer calls podman-remote, and docker");
  });

  test("refuse labels for SELinux where sudo asks for a password", async () => {
    const { host, session } = await startHost({ engine: "podman" });
    host.faults.sudo = "asks";
    const podman = { containerEngine: "podman", flags: ["--podman", "--selinux"] };

    const refused = await install(session, podman);
    host.faults.sudo = "allowed";
    const allowed = await install(session, podman);

    expect(refused.stderr).toContain("labels for SELinux with sudo, which asks for a password");
    expect([refused.exitCode, allowed.exitCode]).toEqual([1, 0]);
  });

  test("remove the container of an installer that ended, and refuse one that works", async () => {
    const { host, session } = await startHost();
    host.runContainer("elastic-cloud-enterprise-installer");
    await session.run("docker stop elastic-cloud-enterprise-installer");
    const afterEnded = await install(session);

    const other = await startHost();
    other.host.runContainer("elastic-cloud-enterprise-installer");
    const whileWorking = await install(other.session);

    expect(afterEnded.exitCode).toBe(0);
    expect(whileWorking.exitCode).toBe(1);
    expect(whileWorking.stderr).toContain("an ECE installer is running already");
  });
});

describe("a connection that drops", () => {
  test("does not end the install, and the next run follows it to its end", async () => {
    const { host, session } = await startHost();
    const pause = host.faults.pauseInstall();
    await upload(session);
    // With a terminal, everything in the session is hung up when the connection drops.
    const channel = await session.start(RUN, { pty: true });
    await pause.reached;
    const cut = session.closed;
    host.cutConnections();
    await cut;

    const again = await SshSession.open(host);
    await upload(again);
    const following = await again.start(RUN);
    const attached = printed(following, "is still at work; following it");
    const end = finish(following);
    await attached;
    pause.release();
    const { exitCode, stdout } = await end;

    expect(exitCode).toBe(0);
    expect(stdout).toContain("installation completed");
    expect(host.installs).toHaveLength(1);
    expect(host.grep(TOKEN)).toEqual([]);
    channel.destroy();
  });

  test("leaves what a later run has uploaded", async () => {
    const { host, session } = await startHost();
    const pause = host.faults.pauseInstall();
    await upload(session);
    await session.start(`echo $$ > first; ${RUN}`, { pty: true });
    await pause.reached;
    const again = await SshSession.open(host);
    await upload(again);

    host.cutConnections();
    const last = await SshSession.open(host);
    await last.run("while kill -0 $(cat first) 2>/dev/null; do sleep 0.1; done");

    expect((await last.run("ls .cdktf-ece/upload")).stdout.split("\n")).toEqual(
      expect.arrayContaining(["install.sh", "roles-token", "settings.sh"]),
    );
    pause.release();
  });

  test("does not let another runner in while the install goes on", async () => {
    const { host, session } = await startHost();
    const pause = host.faults.pauseInstall();
    const first = install(session);
    await pause.reached;

    const second = await install(await SshSession.open(host), { runnerId: "192.168.44.99" });
    pause.release();

    expect(second.exitCode).toBe(1);
    expect(second.stderr).toContain("another install is at work here, as runner 192.168.44.11");
    expect((await first).exitCode).toBe(0);
  });
});

describe("a host on which ECE was installed before", () => {
  test("is left alone if it is another runner, whatever was noted about it", async () => {
    const { host, session } = await startHost();
    await install(session, { runnerId: "192.168.44.99" });
    const containers = host.containers.length;
    await session.run("cat > .cdktf-ece/runner", "runner 192.168.44.11\ncoordinator 192.168.44.10\n");

    const { exitCode, stderr } = await install(session);

    expect(exitCode).toBe(1);
    expect(stderr).toContain("ECE already runs here as runner 192.168.44.99, not as runner 192.168.44.11");
    expect(host.containers).toHaveLength(containers);
    expect(host.installs).toHaveLength(1);
  });

  test("tells whose it is while its runner is stopped", async () => {
    const { session } = await startHost();
    await install(session, { runnerId: "192.168.44.99" });
    await session.run("docker stop frc-runners-runner");

    const { stderr } = await install(session);

    expect(stderr).toContain("ECE already runs here as runner 192.168.44.99, not as runner 192.168.44.11");
  });

  test("is asked for the runner id only, never for its secrets", async () => {
    const { host, session } = await startHost();
    await install(session);

    await session.run("bash -x .cdktf-ece/upload/install.sh");
    await upload(session);
    const { stdout, stderr } = await session.run("bash -x .cdktf-ece/upload/install.sh");

    const secrets = host.containers.flatMap(({ environment }) =>
      Object.entries(environment).flatMap(([name, value]) => (name.startsWith("FOUND_") ? [value] : [])),
    );
    expect(secrets).not.toEqual([]);
    expect(secrets.filter((secret) => `${stdout}${stderr}`.includes(secret))).toEqual([]);
  });

  test("is left as it is where somebody else installed this runner, and not called ours", async () => {
    const { host, session } = await startHost();
    await install(session);
    await session.run("rm -r .cdktf-ece");

    const { exitCode, stdout } = await install(session);

    expect(exitCode).toBe(0);
    expect(stdout).toContain("ECE already runs here as runner 192.168.44.11; nothing to install");
    expect(host.installs).toHaveLength(1);
    expect((await session.run("cat .cdktf-ece/runner")).exitCode).not.toBe(0);
  });

  test("remembers for which record it was installed, also where a version before did not note it", async () => {
    const { session } = await startHost();
    const noted = async () => (await session.run("cat .cdktf-ece/runner")).stdout;
    const expected = "runner 192.168.44.11\ncoordinator 192.168.44.10\nhost 6c2f7f0e-host\n";
    await install(session);
    const atOnce = await noted();
    await session.run("sed -i /^host/d .cdktf-ece/runner");

    await install(session);
    const later = await noted();
    await install(session, { hostId: "another" });

    expect([atOnce, later, await noted()]).toEqual([expected, expected, expected]);
  });

  test("is not touched if the failed install was for another record", async () => {
    const { host, session } = await startHost();
    host.faults.failInstall(1, "during-join");
    await install(session, { hostId: "another" });

    const { exitCode, stderr } = await install(session);

    expect(exitCode).toBe(1);
    expect(stderr).toContain("an install for runner 192.168.44.11 coordinator 192.168.44.10 host another ended here");
    expect(host.installs).toHaveLength(1);
  });

  test("is not installed again while its containers cannot be listed", async () => {
    const { host, session } = await startHost();
    await install(session);
    replaceCommand(host, "timeout", REFUSES_TO_LIST);

    const { exitCode, stderr } = await install(session);

    expect(exitCode).toBe(1);
    expect(stderr).toContain("docker does not list its containers");
    expect(host.installs).toHaveLength(1);
  });

  test("is given up for now if its container engine does not answer", async () => {
    const { host, session } = await startHost();
    // As timeout(1) ends when the time is over.
    replaceCommand(host, "timeout", "#!/bin/sh\nexit 124\n");

    const { exitCode, stderr } = await install(session);

    expect(exitCode).toBe(1);
    expect(stderr).toContain("docker does not answer: 'docker info' took more than a minute");
    expect(host.installs).toEqual([]);
  });

  test("is installed again if the join failed", async () => {
    const { host, platform, session } = await startHost();
    host.faults.failInstall(1, "during-join");
    await install(session);

    const { exitCode } = await install(session);

    expect(exitCode).toBe(0);
    expect(platform.joins).toHaveLength(1);
    expect(host.installs).toHaveLength(2);
  });

  test("is not installed again if it had joined before the installer failed", async () => {
    const { host, session } = await startHost();
    host.faults.failInstall(137, "after-join");
    await install(session);

    const { exitCode } = await install(session);

    expect(exitCode).toBe(0);
    expect(host.installs).toHaveLength(1);
  });
});

/** In the place of timeout(1), through which the container engine is called. */
const REFUSES_TO_LIST = `#!/bin/sh
if [ "$3" = ps ]; then exit 1; fi
shift
exec "$@"
`;

/** The commands of a host are links to those of this machine: they are replaced, never written to. */
function replaceCommand(host: SimulatedHost, name: string, script: string): void {
  const file = join(host.folder, "bin", name);
  rmSync(file);
  writeFileSync(file, script, { mode: 0o755 });
}

describe("the installer", () => {
  const sha256 = createHash("sha256").update(installerScript("4.0.3")).digest("hex");

  test("is downloaded and checked", async () => {
    const { host, session } = await startHost();

    const { exitCode, stdout } = await install(session, { installerUrl: host.installerUrl, installerSha256: sha256 });

    expect(exitCode).toBe(0);
    expect(stdout).toContain(`Downloading ${host.installerUrl}`);
  });

  test("is not run if its sum is not the expected one", async () => {
    const { host, session } = await startHost();

    const { exitCode, stderr } = await install(session, { installerSha256: "0".repeat(64) });

    expect(exitCode).toBe(1);
    expect(stderr).toContain("the installer is not the expected one");
    expect(host.installs).toEqual([]);
  });

  test.each([
    ["3.5.1", "4.0.3"],
    ["4.0.2", "4.0.3"],
    ["4.0.9", "4.0.10"],
  ])("is not run if it is that of %s and the platform runs %s", async (installerVersion, version) => {
    const { host, session } = await startHost({ installerVersion });

    const { exitCode, stderr } = await install(session, { version });

    expect(exitCode).toBe(1);
    expect(stderr).toContain(`the installer is that of ECE ${installerVersion}, and this platform runs ${version}`);
    expect(host.installs).toEqual([]);
  });

  test("may be newer than the platform, as the one that Elastic offers", async () => {
    const { session } = await startHost({ installerVersion: "4.1.0" });

    expect((await install(session)).exitCode).toBe(0);
  });

  test("that does not know a flag is not run", async () => {
    const { host, session } = await startHost();

    const { exitCode, stderr } = await install(session, { flags: ["--proxy-protocol-lenient"] });

    // The simulator's has the flag in it, for versions that know it: it refuses by itself.
    expect([exitCode, lastInstall(host)]).toEqual([3, expect.stringContaining("--proxy-protocol-lenient")]);
    expect(stderr).toContain("it does not know an argument");
    const unknown = await install(session, { flags: ["--quantum"] });
    expect([unknown.exitCode, host.installs.length]).toEqual([1, 1]);
    expect(unknown.stderr).toContain("the installer, that of ECE 4.0.3, does not know --quantum");
  });

  test("takes no variables of the user for arguments", async () => {
    const { host, session } = await startHost();
    await upload(session);

    await session.run(`export CAPACITY=1 HOST_IP=10.9.9.9 ALLOCATOR_TAGS=a:b; ${RUN}`);

    expect(host.installs[0]).toMatchObject({
      exitCode: 0,
      settings: { CAPACITY: "", HOST_IP: "192.168.44.11", ALLOCATOR_TAGS: "" },
    });
  });

  test("runs on a version of the engine that it does not list only when told to skip that check", async () => {
    const { session } = await startHost({ engineVersion: "27.5.1" });

    const forced = await install(session, { flags: ["--force"] });
    const skipped = await install(session, { flags: ["--skip-cloud-enterprise-version-check"] });

    expect([forced.exitCode, skipped.exitCode]).toEqual([1, 0]);
    expect(forced.stderr).toContain("--skip-cloud-enterprise-version-check");
  });

  test("is looked for where the settings say", async () => {
    const { session } = await startHost();

    const { stderr } = await install(session, { installerPath: "/opt/missing.sh" });

    expect(stderr).toContain("the installer is not at /opt/missing.sh");
  });
});

test("works with podman", async () => {
  const { host, session } = await startHost({ engine: "podman" });

  const { exitCode } = await install(session, { containerEngine: "podman", flags: ["--podman"] });

  expect(exitCode).toBe(0);
  expect(lastInstall(host)).toMatch(/ --podman$/);
});

test("hands every value that the constructs allow to the installer as it is", async () => {
  const { host, platform, session } = await startHost();
  const text = (rule: { pattern: RegExp }) => fc.stringMatching(rule.pattern).filter((value) => value.length < 60);

  await fc.assert(
    fc.asyncProperty(
      text(RULES.runnerId),
      text(RULES.availabilityZone),
      text(RULES.tag),
      async (runnerId, zone, tag) => {
        host.wipe();
        const again = await SshSession.open(host);
        const options = { "--availability-zone": zone, "--allocator-tags": `${tag}:${tag}` };

        const { exitCode, stderr } = await install(again, { ...SETTINGS, runnerId, options });

        expect([exitCode, stderr]).toEqual([0, ""]);
        expect(platform.joins.at(-1)).toMatchObject({
          runnerId,
          availabilityZone: zone,
          allocatorTags: `${tag}:${tag}`,
        });
      },
    ),
    { numRuns: 8 },
  );
  session.client.end();
});
