import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SimulatedHost } from "../../../lib/simulator/host";
import { RecordingPlatform } from "./recording-platform";
import { printed, SshSession, useHosts } from "./ssh-session";

const startHost = useHosts();
const install =
  "elastic-cloud-enterprise.sh install --coordinator-host 192.168.44.10 --roles-token abc --roles proxy </dev/null";

test("keeps all files in one private folder; only the owner can read the client's key", async () => {
  const { host } = await startHost();

  expect(statSync(host.folder).mode & 0o777).toBe(0o700);
  expect(statSync(host.privateKeyFile).mode & 0o777).toBe(0o600);
  expect(host.privateKeyFile.startsWith(host.folder)).toBe(true);
});

test("accepts OpenSSH's client", async () => {
  const { host } = await startHost();
  const knownHosts = join(host.folder, "known-hosts");
  writeFileSync(knownHosts, `[${host.sshHost}]:${host.sshPort} ${host.hostKey}\n`);

  const args = [
    "-F",
    "none",
    "-o",
    `UserKnownHostsFile=${knownHosts}`,
    "-o",
    "BatchMode=yes",
    "-i",
    host.privateKeyFile,
  ];
  const client = spawn("ssh", [...args, "-p", String(host.sshPort), `${host.user}@${host.sshHost}`, "id -un; exit 9"]);
  let output = "";
  client.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const exitCode = await new Promise((resolve) => client.on("close", resolve));

  expect([output, exitCode]).toEqual(["elastic\n", 9]);
});

test("ends all its processes when it stops, including detached ones, and removes its folder", async () => {
  const { host, session } = await startHost();
  const channel = await session.start(
    "setsid sh -c 'echo detached $$; exec sleep 1000' & nohup sleep 1000 & sleep 1000",
  );
  let output = "";
  channel.on("data", (chunk: Buffer) => (output += chunk.toString()));
  await printed(channel, "detached");

  await host.stop();

  const detached = /\d+/.exec(output)?.[0] ?? "";
  // Killed processes remain as zombies until their parent waits for them.
  expect(spawnSync("ps", ["-o", "stat=", "-p", detached]).stdout.toString()).toMatch(/^(Z.*\n)?$/);
  expect(existsSync(host.folder)).toBe(false);
});

test("tells the platform when its runner is stopped, started and removed", async () => {
  const { platform, session } = await startHost();
  await session.run(`${install.replace("</dev/null", "--runner-id rack-7 </dev/null")}`);

  await session.run("docker stop frc-runners-runner; docker start frc-runners-runner");
  await session.run("docker rm -f frc-proxies-proxyv2; docker rm -f frc-runners-runner");

  expect(platform.events).toEqual(["disconnect rack-7", "reconnect rack-7", "disconnect rack-7"]);
});

test("loses SSH and the platform by disconnect() while its processes go on, and has both again after reconnect()", async () => {
  const { host, platform, session } = await startHost();
  await session.run(install);
  await session.run("setsid sh -c 'until [ -e go ]; do sleep 0.05; done; touch gone' >/dev/null 2>&1 &");

  host.disconnect();
  await expect(SshSession.open(host)).rejects.toThrow();
  host.reconnect();

  const again = await SshSession.open(host);
  await again.run("touch go; until [ -e gone ]; do sleep 0.05; done");
  expect(platform.events).toEqual(["disconnect 192.168.44.11", "reconnect 192.168.44.11"]);
});

test("cannot join while disconnected", async () => {
  const { host, platform, session } = await startHost();
  const pause = host.faults.pauseInstall();
  await session.run(`setsid ${install} >log 2>&1 &`);
  await pause.reached;

  host.disconnect();
  pause.release();
  while (host.installs[0]?.exitCode === undefined) await new Promise(setImmediate);
  host.reconnect();

  const { stdout } = await (await SshSession.open(host)).run("cat log");
  expect(stdout).toContain("cannot connect to the coordinator at 192.168.44.10");
  expect([platform.joins, platform.events]).toEqual([[], []]);
});

test("does not reconnect to the platform if it was wiped while disconnected", async () => {
  const { host, platform, session } = await startHost();
  await session.run(install);

  host.disconnect();
  host.wipe();
  host.reconnect();

  expect(platform.events).toEqual(["disconnect 192.168.44.11"]);
});

test("does not join if it is wiped during an install", async () => {
  const { host, platform, session } = await startHost();
  host.onInstall(() => host.wipe());
  const { closed } = session;

  await session.start(install);
  await closed;

  expect(await (await SshSession.open(host)).run("docker ps -aq")).toMatchObject({ stdout: "" });
  expect([platform.joins, platform.events]).toEqual([[], []]);
});

test("loses processes, containers, files and its connection by wipe(), and can be installed again", async () => {
  const { host, platform, session } = await startHost();
  await session.run(install);
  host.runContainer("postgres");
  const { stdout: process } = await session.run(
    "touch mine; mkdir /mnt/data/elastic; sleep 1000 >/dev/null 2>&1 & echo $!",
  );

  host.wipe();

  await (await SshSession.open(host)).run(`while ps -o stat= -p ${process.trim()} | grep -qv Z; do sleep 0.05; done`);
  expect(host.containers).toEqual([]);
  expect(readdirSync(join(host.folder, "home"))).toEqual(["elastic-cloud-enterprise.sh"]);
  expect(readdirSync(host.locate("/mnt/data") ?? "")).toEqual([]);
  expect(platform.events).toEqual(["disconnect 192.168.44.11"]);
  expect(await (await SshSession.open(host)).run(install)).toMatchObject({ exitCode: 0 });
});

test("keeps other containers when those of ECE are removed as its documentation says", async () => {
  const { host, session } = await startHost();
  host.runContainer("postgres");
  await session.run(install);

  await session.run("docker rm -f $(docker ps -a --format '{{.Names}}' | grep ^frc-) && sudo rm -rf /mnt/data/elastic");

  expect(host.containers.map(({ name }) => name)).toEqual(["postgres"]);
  expect(existsSync(host.locate("/mnt/data/elastic") ?? "")).toBe(false);
});

test("50 hosts start and stop at once", async () => {
  const options = { platform: new RecordingPlatform(), coordinatorHost: "192.168.44.10" };

  const hosts = await Promise.all(Array.from({ length: 50 }, () => SimulatedHost.start(options)));
  const sessions = await Promise.all(hosts.map((host) => SshSession.open(host)));
  const results = await Promise.all(sessions.map((session) => session.run("echo up")));
  await Promise.all(hosts.map((host) => host.stop()));

  expect(results.map(({ stdout }) => stdout)).toEqual(Array(50).fill("up\n"));
  expect(hosts.some((host) => existsSync(host.folder))).toBe(false);
});

const hasTerraform = spawnSync("terraform", ["-version"], { env: { PATH: process.env.PATH } }).status === 0;

(hasTerraform ? describe : describe.skip)("with Terraform's provisioners", () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "cdktf-ece-test-"))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function terraform(...args: string[]): Promise<{ exitCode: number | null; output: string }> {
    writeFileSync(join(folder, "terraform.rc"), "");
    const env = {
      PATH: process.env.PATH,
      HOME: folder,
      CHECKPOINT_DISABLE: "1",
      TF_CLI_CONFIG_FILE: join(folder, "terraform.rc"),
    };
    const child = spawn("terraform", [...args, "-no-color"], { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
    return new Promise((resolve) => child.on("close", (exitCode) => resolve({ exitCode, output })));
  }

  function configure(host: SimulatedHost, command: string): void {
    writeFileSync(join(folder, "secret"), "very secret");
    const resource = {
      connection: {
        type: "ssh",
        host: host.sshHost,
        port: host.sshPort,
        user: host.user,
        private_key: `\${file("${host.privateKeyFile}")}`,
        host_key: host.hostKey,
        timeout: "30s",
      },
      provisioner: [
        { "remote-exec": { inline: ["umask 077; mkdir private; touch private/secret"] } },
        { file: { source: "secret", destination: "private/secret" } },
        { "remote-exec": { inline: [command] } },
      ],
    };
    writeFileSync(
      join(folder, "main.tf.json"),
      JSON.stringify({ resource: { terraform_data: { install: resource } } }),
    );
  }

  test("accepts files and scripts, streams output, and keeps the mode of an existing file", async () => {
    const { host, platform } = await startHost();
    host.onInstall(() => {
      expect((statSync(join(host.folder, "home/private/secret")).mode & 0o777).toString(8)).toBe("600");
    });
    configure(host, `cat private/secret; ${install}`);

    await terraform("init");
    const { exitCode, output } = await terraform("apply", "-auto-approve");

    expect(output).toContain("(remote-exec): very secret");
    expect(output).toContain("(remote-exec):   - joined the platform at 192.168.44.10 in ece-zone-1");
    expect(exitCode).toBe(0);
    expect(platform.joins).toHaveLength(1);
  });

  test("finds the scripts of failed provisioners with grep(), and removes them when it stops", async () => {
    const { host } = await startHost();
    configure(host, "echo left-behind; exit 4");

    await terraform("init");
    const { exitCode, output } = await terraform("apply", "-auto-approve");

    expect(output).toContain("exited with status 4");
    expect(exitCode).toBe(1);
    const [script = ""] = host.grep("left-behind");
    expect(script).toMatch(/^\/tmp\/terraform_/);
    await host.stop();
    expect(existsSync(script)).toBe(false);
  });
});
