import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { sign } from "jsonwebtoken";
import { finish, printed, SshSession, useHosts } from "../ssh-session";

const startHost = useHosts();
const token = sign({ sub: "4c8990df", roles: ["allocator", "proxy"] }, "key", { noTimestamp: true });
const install = `elastic-cloud-enterprise.sh install --coordinator-host 192.168.44.10 --roles-token ${token}`;

function names(containers: readonly { name: string }[]): string[] {
  return containers.map(({ name }) => name);
}

describe("an install", () => {
  test("sends all its arguments to the platform", async () => {
    const { platform, session } = await startHost();

    const { exitCode } = await session.run(
      `${install} --roles allocator,proxy --runner-id rack-7 --host-ip 10.1.2.3 --availability-zone zone-b ` +
        `--capacity 32768 --memory-settings '{"runner":{"xms":"1G","xmx":"1G"}}' --allocator-tags ssd:yes,rack:7 </dev/null`,
    );

    expect(exitCode).toBe(0);
    expect(platform.joins).toEqual([
      {
        coordinatorHost: "192.168.44.10",
        rolesToken: token,
        roles: ["allocator", "proxy"],
        runnerId: "rack-7",
        hostIp: "10.1.2.3",
        availabilityZone: "zone-b",
        version: "4.0.3",
        capacityMb: 32768,
        memorySettings: '{"runner":{"xms":"1G","xmx":"1G"}}',
        allocatorTags: "ssd:yes,rack:7",
      },
    ]);
  });

  test("defaults to the host's address and to no role", async () => {
    const { platform, session } = await startHost({ runnerId: "10.0.0.5" });

    await session.run(`${install} </dev/null`);

    expect(platform.joins).toEqual([
      {
        coordinatorHost: "192.168.44.10",
        rolesToken: token,
        roles: [],
        runnerId: "10.0.0.5",
        hostIp: "10.0.0.5",
        availabilityZone: "ece-zone-1",
        version: "4.0.3",
      },
    ]);
  });

  test("starts the containers of the roles that the token carries, and writes a log", async () => {
    const { host, session } = await startHost();

    await session.run(`${install} --roles allocator,director </dev/null`);

    expect(names(host.containers)).toEqual([
      "frc-runners-runner",
      "frc-beats-runners-beats-runner",
      "frc-client-forwarders-client-forwarder",
      "frc-services-forwarders-services-forwarder",
      "frc-allocators-allocator",
    ]);
    const log = join(host.locate("/mnt/data/elastic") ?? "", "logs/bootstrap-logs/bootstrap.log");
    expect(readFileSync(log, "utf8")).toContain("Application is exiting");
  });

  test("leaves no token on the host, and only its id in the records", async () => {
    const { host, session } = await startHost();
    host.onInstall(() => {
      expect(host.grep(token)).toEqual(["home/secret"]);
    });

    await session.run(`printf %s ${token} >secret; ${install.replace(token, "$(cat secret)")}; rm secret`);

    expect(host.installs).toMatchObject([
      {
        arguments: ["install", "--coordinator-host", "192.168.44.10", "--roles-token", "(token 4c8990df)"],
        settings: { RUNNER_ROLES_TOKEN: "(token 4c8990df)" },
        exitCode: 0,
      },
    ]);
    expect(JSON.stringify(host.installs)).not.toContain(token);
    expect(host.grep(token)).toEqual([]);
  });

  test("calls the listeners of onInstall() while it runs, before the join", async () => {
    const { host, platform, session } = await startHost();
    const seen: unknown[] = [];
    host.onInstall(() => {
      const { mode } = statSync(join(host.folder, "home/secret"));
      seen.push((mode & 0o777).toString(8), platform.joins.length, names(host.containers));
    });

    await session.run(`(umask 077; touch secret); ${install} </dev/null`);

    expect(seen).toEqual(["600", 0, ["elastic-cloud-enterprise-installer"]]);
  });

  test("prints its progress while it runs", async () => {
    const { host, session } = await startHost();
    const pause = host.faults.pauseInstall("after-join");

    const channel = await session.start(`${install} </dev/null`);
    const end = finish(channel);
    await printed(channel, "joined the platform");

    expect(host.installs[0]?.exitCode).toBeUndefined();
    pause.release();
    expect(await end).toMatchObject({ exitCode: 0 });
  });

  test("that the platform refuses prints the reason, exits with 1 and leaves no containers", async () => {
    const { host, platform, session } = await startHost();
    platform.answer = { joined: false, message: "the token was revoked" };

    const { exitCode, stderr } = await session.run(`${install} --roles proxy </dev/null`);

    expect(exitCode).toBe(1);
    expect(stderr).toContain("the platform refused this host: the token was revoked");
    expect(host.containers).toEqual([]);
  });

  test("without a coordinator starts a platform of its own and does not join this one", async () => {
    const { host, platform, session } = await startHost();

    const { exitCode } = await session.run("elastic-cloud-enterprise.sh install --roles proxy </dev/null");
    await session.run("docker rm -f frc-runners-runner");

    expect(exitCode).toBe(0);
    expect(host.containers.length).toBeGreaterThan(0);
    expect([platform.joins, platform.events]).toEqual([[], []]);
  });

  test("refuses a host that already has ECE", async () => {
    const { platform, session } = await startHost();
    await session.run(`${install} </dev/null`);

    const { exitCode, stderr } = await session.run(`${install} </dev/null`);

    expect(exitCode).toBe(1);
    expect(stderr).toContain("frc-runners-runner");
    expect(platform.joins).toHaveLength(1);
  });

  test.each([
    ["--capacity 8000", /8192/],
    [`--memory-settings '{"runner": {"xms":"1G"}}'`, /not valid JSON/],
  ])("refuses %s", async (args, message) => {
    const { platform, session } = await startHost();

    const { exitCode, stderr } = await session.run(`${install} ${args} </dev/null`);

    expect(exitCode).toBe(1);
    expect(stderr).toMatch(message);
    expect(platform.joins).toEqual([]);
  });

  test("fails with 125 during another install, and if one of its ports is in use", async () => {
    const { host, session } = await startHost();
    const pause = host.faults.pauseInstall();
    const first = session.run(`${install} </dev/null`);
    await pause.reached;

    const second = await session.run(`${install} </dev/null`);
    pause.release();
    await first;
    host.wipe();
    host.faults.portsInUse.add(21000);
    const third = await (await SshSession.open(host)).run(`${install} </dev/null`);

    expect(second).toMatchObject({ exitCode: 125, stderr: expect.stringContaining("already in use") as string });
    expect(third).toMatchObject({ exitCode: 125, stderr: expect.stringContaining("21000") as string });
  });
});

describe("faults", () => {
  test.each([
    ["before-join", 0, []],
    ["during-join", 0, ["frc-runners-runner"]],
    ["after-join", 1, expect.arrayContaining(["frc-runners-runner", "frc-proxies-proxyv2"]) as string[]],
  ] as const)("fail one install %s; the next one on a clean host succeeds", async (moment, joins, left) => {
    const { host, platform, session } = await startHost();
    host.faults.failInstall(42, moment);

    expect(await session.run(`${install} --roles proxy </dev/null`)).toMatchObject({ exitCode: 42 });

    expect(platform.joins).toHaveLength(joins);
    expect(names(host.containers)).toEqual(left);
    await session.run("docker rm -f $(docker ps -aq)");
    expect(await session.run(`${install} --roles proxy </dev/null`)).toMatchObject({ exitCode: 0 });
  });

  test("of one kind occur in one install after the other, and can be cleared", async () => {
    const { host, session } = await startHost();
    host.faults.failInstall(11);
    host.faults.failInstall(12);
    host.faults.failInstall(13);
    const exitCodes: unknown[] = [];

    for (let run = 0; run < 2; run++) exitCodes.push((await session.run(`${install} </dev/null`)).exitCode);
    host.faults.portsInUse.add(20000);
    host.faults.engine = "missing";
    host.faults.clear();
    exitCodes.push((await session.run(`${install} </dev/null`)).exitCode);

    expect(exitCodes).toEqual([11, 12, 0]);
  });

  test("cut the connection during an install, while a detached install goes on", async () => {
    const { host, platform, session } = await startHost();
    const pause = host.faults.pauseInstall("after-join");
    host.faults.cutConnectionsInInstall("before-join");
    const { closed } = session;

    await session.start(`setsid ${install} </dev/null >log 2>&1 & sleep 1000`, { pty: true });
    await Promise.all([pause.reached, closed]);
    pause.release();

    const again = await SshSession.open(host);
    await again.run("until grep -q completed log; do sleep 0.05; done");
    expect(platform.joins).toHaveLength(1);
  });

  test("do not stop the container when the command that started it is killed", async () => {
    const { host, platform, session } = await startHost();
    const pause = host.faults.pauseInstall();
    await session.start(`echo $$ >pid; ${install} </dev/null`, { pty: true });
    await pause.reached;

    host.cutConnections();
    await (await SshSession.open(host)).run("while kill -0 $(cat pid) 2>/dev/null; do sleep 0.05; done");
    pause.release();

    const again = await SshSession.open(host);
    await again.run("until docker ps | grep -q frc-services-forwarders; do sleep 0.05; done");
    expect(platform.joins).toHaveLength(1);
  });

  test("end with 137 when the installer's container is removed", async () => {
    const { host, platform, session } = await startHost();
    const pause = host.faults.pauseInstall();
    const end = session.run(`${install} </dev/null`);
    await pause.reached;

    await session.run("docker rm -f elastic-cloud-enterprise-installer");

    expect(await end).toMatchObject({ exitCode: 137 });
    expect([host.containers, platform.joins]).toEqual([[], []]);
  });
});
