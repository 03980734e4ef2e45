import { randomUUID } from "node:crypto";
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { quote } from "shell-quote";
import { installerScript } from "../../../../lib/simulator/host";
import { type SshSession, useHosts } from "../ssh-session";
import { fc } from "../../../support/property";

const startHost = useHosts();
const installer = "elastic-cloud-enterprise.sh";

async function exitCodeOf(session: SshSession, command: string): Promise<number | null> {
  return (await session.run(`${command} </dev/null`)).exitCode;
}

describe("commands", () => {
  test.each([
    ["", 0],
    ["help", 0],
    ["uninstall", 2],
    ["upgrade", 1],
    ["--roles proxy", 0],
    ["install --roles proxy", 0],
  ])("'%s' exits with %i", async (args, exitCode) => {
    const { session } = await startHost();

    expect(await exitCodeOf(session, `${installer} ${args}`)).toBe(exitCode);
  });

  test("run from the home, from PATH, and from the installer's URL", async () => {
    const { host, session } = await startHost();

    expect(await exitCodeOf(session, `bash ~/${installer} help`)).toBe(0);
    expect(
      await exitCodeOf(session, `bash <(curl -fsSL ${host.installerUrl}) help`.replace(/^(.*)$/, "bash -c '$1'")),
    ).toBe(0);
    expect((await fetch(`${host.installerUrl}x`)).status).toBe(404);
  });

  test("refuse to run anywhere but on a simulated host", () => {
    const { status, stderr } = spawnSync("bash", ["-s", "install"], {
      input: installerScript("4.0.3"),
      encoding: "utf8",
    });

    expect(status).toBe(1);
    expect(stderr).toMatch(/simulated hosts only/);
  });
});

describe("arguments", () => {
  test.each([
    ["an unknown flag", "--rolse proxy", 3],
    ["a flag without its value", "--roles", 3],
    ["an empty value", '--roles ""', 3],
    ["another flag for a value", "--roles --force", 3],
    ["a flag of later installers", "--proxy-protocol-version 2", 3],
    ["a quote that is not closed", `--roles "a'b"`, 2],
  ])("%s exits with %s %i", async (_, args, exitCode) => {
    const { session } = await startHost();

    expect(await exitCodeOf(session, `${installer} install ${args}`)).toBe(exitCode);
  });

  test("after an empty one are ignored", async () => {
    const { host, session } = await startHost();

    await session.run(`${installer} install --roles proxy "" --availability-zone z --nonsense </dev/null`);

    expect(host.installs[0]).toMatchObject({
      exitCode: 0,
      settings: { RUNNER_ROLES: "proxy", AVAILABILITY_ZONE: "ece-zone-1" },
    });
  });

  test("are cut at white space without an error, and globs are expanded", async () => {
    const { host, session } = await startHost();

    const args = `--roles "director, coordinator" --allocator-tags "elastic-cloud-*.sh" --proxy-tags 'a	b'`;
    await session.run(`${installer} install ${args} </dev/null`);

    expect(host.installs[0]).toMatchObject({
      exitCode: 0,
      arguments: [
        "install",
        "--roles",
        "director, coordinator",
        "--allocator-tags",
        "elastic-cloud-*.sh",
        "--proxy-tags",
        "a\tb",
      ],
      settings: { RUNNER_ROLES: "director,", ALLOCATOR_TAGS: installer, PROXY_TAGS: "a" },
    });
  });

  test("are executed if the value closes the quote", async () => {
    const { host, session } = await startHost();

    await session.run(`${installer} install --roles "proxy';>executed;'" </dev/null`);

    expect(existsSync(join(host.folder, "home/executed"))).toBe(true);
  });

  test("arrive unchanged if they consist of harmless characters", async () => {
    const { host, session } = await startHost();
    const harmless = fc.stringMatching(/^[A-Za-z0-9{][A-Za-z0-9._:,{}"=/-]{0,30}$/);
    const flags = ["runner-id", "availability-zone", "roles", "roles-token", "allocator-tags", "docker-registry"];
    // The record replaces the token wherever it occurs, so no other value may contain it.
    const token = `token-${randomUUID()}`;

    await fc.assert(
      fc.asyncProperty(
        fc.tuple(...flags.map((flag) => (flag === "roles-token" ? fc.constant(token) : harmless))),
        async (values) => {
          const args = flags.flatMap((flag, index) => [`--${flag}`, values[index] ?? ""]);
          await session.run(`${installer} install ${quote(args)} --environment-metadata x </dev/null`);
          const { settings } = host.installs.at(-1)!;
          expect([
            settings?.RUNNER_ID,
            settings?.AVAILABILITY_ZONE,
            settings?.RUNNER_ROLES,
            settings?.ALLOCATOR_TAGS,
          ]).toEqual([values[0], values[1], values[2], values[4]]);
          await session.run("docker rm -f $(docker ps -aq)");
        },
      ),
      { numRuns: 10 },
    );
  });

  test("default to variables of the environment", async () => {
    const { host, platform, session } = await startHost();

    await session.run(`RUNNER_ROLES_TOKEN=abc RUNNER_ROLES=proxy ${installer} install --coordinator-host c </dev/null`);

    expect(platform.joins).toMatchObject([{ rolesToken: "abc", roles: ["proxy"], coordinatorHost: "c" }]);
    expect(host.installs[0]?.settings?.RUNNER_ROLES_TOKEN).toBe("(token unreadable)");
  });
});

describe("checks", () => {
  test.each([
    ["a user id below 1000", { uid: 999 }, "", 4],
    ["a group id below 1000", { gid: 100 }, "", 4],
    ["a user who may not use the engine", { groups: [] }, "", 4],
    ["podman on a host with Docker", {}, "--podman", 1],
    ["a file that is not a socket", {}, "--host-docker-host unix:///etc/hosts", 5],
    ["a version beyond the installer's", {}, "--cloud-enterprise-version 4.1.0", 1],
    ["a later patch of the installer's version", {}, "--cloud-enterprise-version 4.0.9", 0],
    ["an older version", {}, "--cloud-enterprise-version 3.8.1", 0],
    ["a storage path that cannot be created", {}, "--host-storage-path /proc/ece", 1],
    ["podman on a host with Podman", { engine: "podman" }, "--podman", 0],
    ["a minor version of Docker that is not supported", { engineVersion: "27.5.1" }, "", 1],
    ["that version with --force", { engineVersion: "27.5.1" }, "--force", 1],
    ["that version without the check", { engineVersion: "27.5.1" }, "--skip-cloud-enterprise-version-check", 0],
    ["that version with an installer of before", { engineVersion: "27.5.1", installerVersion: "3.5.1" }, "", 0],
    ["the flag for that before it came", { installerVersion: "3.5.1" }, "--skip-cloud-enterprise-version-check", 3],
    ["the proxy protocol since 4.2", { installerVersion: "4.2.0" }, "--proxy-protocol-version 2", 0],
  ] as const)("%s leads to its exit code", async (_, options, args, exitCode) => {
    const { session } = await startHost(options);

    expect(await exitCodeOf(session, `${installer} install --roles proxy ${args}`)).toBe(exitCode);
  });

  test("a system that ECE does not run on leads to 1", async () => {
    const { host, session } = await startHost();
    host.faults.setFile("/etc/os-release", 'NAME="Amazon Linux"\nVERSION_ID="2023"\n');

    expect(await exitCodeOf(session, `${installer} install`)).toBe(1);
  });

  test("two addresses of the card lead to an image that nobody has", async () => {
    const { host, session } = await startHost();
    host.faults.furtherAddresses.add("192.168.44.99");

    const { exitCode, stderr } = await session.run(`${installer} install </dev/null`);

    expect([exitCode, stderr]).toEqual([125, "Unable to find image '192.168.44.99:latest' locally\n"]);
    expect(await exitCodeOf(session, `${installer} install --host-ip 192.168.44.11`)).toBe(0);
  });

  test.each(["podman-remote", "docker"])("podman without the command %s leads to its exit code", async (command) => {
    const { host, session } = await startHost({ engine: "podman" });
    host.faults.removeCommand(command);

    // Which of the two is missing tells the code: it asks docker, and runs podman-remote.
    expect(await exitCodeOf(session, `${installer} install --podman`)).toBe(command === "docker" ? 4 : 1);
  });

  test("labels for SELinux need sudo without a password, with podman alone", async () => {
    const { host, session } = await startHost({ engine: "podman" });
    host.faults.sudo = "asks";

    expect(await exitCodeOf(session, `${installer} install --podman --selinux`)).toBe(1);
    host.faults.sudo = "allowed";
    expect(await exitCodeOf(session, `${installer} install --podman --selinux`)).toBe(0);
  });

  test.each(["stopped", "missing"] as const)(
    "an engine that is %s leads to 4, and the container cannot run with --force either",
    async (engine) => {
      const { host, session } = await startHost();
      host.faults.engine = engine;

      expect(await exitCodeOf(session, `${installer} install`)).toBe(4);
      expect(await exitCodeOf(session, `${installer} install --force`)).toBe(1);
    },
  );
});

test("reads the caller's standard input to its end, as docker run -i does", async () => {
  const { host, session } = await startHost();

  const finished = await session.run("bash -s", `${installer} install --roles proxy\necho after\n`);
  host.wipe();

  expect(finished).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("completed") as string });
  expect(finished.stdout).not.toContain("after");
});

test("leaves the caller's script intact if it has another standard input", async () => {
  const { session } = await startHost();

  const { stdout } = await session.run("bash -s", `${installer} install --roles proxy </dev/null\necho after\n`);

  expect(stdout).toMatch(/after\n$/);
});
