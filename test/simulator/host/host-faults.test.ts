import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { SimulatedHost } from "../../../lib/simulator";
import { useHosts } from "./ssh-session";

const startHost = useHosts();
const ROOT = "/mnt/data";
const STORAGE = "/mnt/data/elastic";
const install =
  "elastic-cloud-enterprise.sh install --coordinator-host 192.168.44.10 --roles-token abc --roles proxy </dev/null";

describe("the storage", () => {
  test("is an XFS with quotas of its own, as Elastic advises, unless changed", async () => {
    const { host, session } = await startHost();
    const ask = async () =>
      (await session.run(`findmnt -no TARGET,FSTYPE,OPTIONS --target ${STORAGE}; mountpoint -q ${ROOT}; echo $?`))
        .stdout;

    expect(await ask()).toMatch(/^\/mnt\/data xfs rw,\S*,prjquota\n0\n$/);
    host.faults.mounts.change(ROOT, { fsType: "ext4", options: "rw,relatime" });
    expect(await ask()).toBe("/mnt/data ext4 rw,relatime\n0\n");
    host.faults.clear();

    expect(await ask()).toMatch(/prjquota/);
  });

  test("hides its content while it is in fstab and not mounted", async () => {
    const { host, session } = await startHost();
    await session.run(install);

    host.faults.mounts.unmount(ROOT);
    const { stdout } = await session.run(
      `ls -A ${ROOT}; mountpoint ${ROOT}; findmnt -no SOURCE -T ${STORAGE}; findmnt --fstab -no SOURCE,OPTIONS ${ROOT}; ` +
        `grep -c ${ROOT} /etc/fstab /proc/mounts; mkdir ${STORAGE}; sudo mount ${ROOT}; ls ${STORAGE}`,
    );

    expect(stdout.split("\n").map((line) => line.replace(/.*\/machine/, ""))).toEqual([
      "/mnt/data is not a mountpoint",
      "/dev/sda1",
      "/dev/sdb1 defaults,pquota,prjquota,x-systemd.automount,nofail",
      "/etc/fstab:1",
      "/proc/mounts:0",
      "192.168.44.11",
      "logs",
      "",
    ]);
  });

  test("is mounted by the first touch where systemd does that", async () => {
    const { host, session } = await startHost();
    await session.run(`mkdir ${STORAGE}`);
    host.faults.mounts.unmount(ROOT, { automount: true });

    const { stdout } = await session.run(`findmnt -n ${ROOT} >/dev/null; grep -c ${ROOT} /proc/mounts; ls ${ROOT}`);

    expect(stdout).toBe("1\nelastic\n");
    expect(host.faults.mounts.all.every(({ isMounted }) => isMounted)).toBe(true);
  });

  test("that is a mount point itself can be emptied, not removed or moved", async () => {
    const { host, session } = await startHost();
    host.faults.mounts.add(STORAGE);
    await session.run(`mkdir -p ${STORAGE}/a/b; touch ${STORAGE}/c`);

    const removed = await session.run(`rm -rf ${STORAGE}`);
    expect(removed).toMatchObject({
      exitCode: 1,
      stderr: "rm: cannot remove '/mnt/data/elastic': Device or resource busy\n",
    });
    expect(readdirSync(host.locate(STORAGE)!)).toEqual([]);
    for (const command of [`rmdir ${STORAGE}`, `mv ${STORAGE} /mnt/data/old`, `find ${STORAGE} -delete`]) {
      expect(await session.run(command)).toMatchObject({
        exitCode: 1,
        stderr: expect.stringContaining("busy") as string,
      });
    }

    await session.run(`mkdir -p ${STORAGE}/a/b`);
    expect(await session.run(`find ${STORAGE} -mindepth 1 -delete`)).toMatchObject({ exitCode: 0 });
    expect(readdirSync(host.locate(STORAGE)!)).toEqual([]);
  });

  test.each([
    ["rm -rf", []],
    ["rm -rf --one-file-system --", ["precious"]],
  ])("with a file system mounted inside: %s leaves %j of it", async (command, left) => {
    const { host, session } = await startHost();
    await session.run(`mkdir -p ${STORAGE}/ours`);
    host.faults.mounts.add(`${STORAGE}/theirs/here`);
    writeFileSync(join(host.locate(`${STORAGE}/theirs/here`)!, "precious"), "");

    const { exitCode } = await session.run(`sudo ${command} ${STORAGE}`);

    expect(exitCode).toBe(1);
    expect(existsSync(host.locate(`${STORAGE}/ours`)!)).toBe(false);
    expect(readdirSync(host.locate(`${STORAGE}/theirs/here`)!)).toEqual(left);
  });

  test("with a file system mounted inside: find -xdev does not go there, nor what it calls", async () => {
    const { host, session } = await startHost();
    host.faults.mounts.add(`${STORAGE}/theirs`);
    await session.run(`touch ${STORAGE}/theirs/precious`);

    const { stdout } = await session.run(
      `find ${STORAGE} -xdev -name precious; find ${STORAGE} -mindepth 1 -maxdepth 1 -exec rm -rf --one-file-system -- {} +; ` +
        `find ${STORAGE} -name precious -printf '%f\n'`,
    );

    // The mount point was an argument of rm itself: that is one file system.
    expect(stdout).toBe("");
  });
});

describe("the engine", () => {
  test("that hangs does not answer until the caller gives up; its client alone does", async () => {
    const { host, session } = await startHost();
    host.faults.engine = "hung";

    const { stdout } = await session.run("docker --version; timeout 0.2 docker ps; echo $?");

    expect(stdout).toBe("Docker version 27.0.3, build 0\n124\n");
  });

  test("can have another one beside it, without ECE's containers", async () => {
    const { host, session } = await startHost();
    await session.run(install);

    expect((await session.run("command -v podman")).exitCode).not.toBe(0);
    host.faults.hasSecondEngine = true;
    const { stdout } = await session.run(
      "podman ps -aq; sudo podman ps -aq; podman info -f '{{.Version.Version}}'; docker ps -q -f name=runner | wc -l",
    );

    expect(stdout.trim()).toMatch(/^5\.2\.2\n\s*\d+$/);
  });

  test("of podman tells its network backend, and can be of any version", async () => {
    const { host, session } = await startHost({ engine: "podman", engineVersion: "5.4.0" });
    host.faults.networkBackend = "netavark";

    const { stdout } = await session.run(
      "sudo podman info --format '{{.Host.NetworkBackend}}'; podman --version; docker info -f '{{.ServerVersion}}'",
    );

    expect(stdout).toBe("netavark\npodman version 5.4.0\n5.4.0\n");
  });

  test.each([
    ["docker", "docker info -f '{{.DockerRootDir}}'"],
    ["podman", "sudo podman info -f '{{.Store.GraphRoot}}'"],
  ] as const)("%s tells where it keeps its images", async (engine, command) => {
    const { host, session } = await startHost({ engine });

    expect((await session.run(command)).stdout).toBe("/mnt/data/docker\n");
    host.faults.dataRoot = "/var/lib/images";
    expect((await session.run(command)).stdout).toBe("/var/lib/images\n");
  });

  test("can lack one of its commands", async () => {
    const { host, session } = await startHost({ engine: "podman" });
    const ask = async () =>
      (await session.run("for one in docker podman podman-remote; do command -v $one >/dev/null && echo $one; done"))
        .stdout;

    host.faults.removeCommand("docker");
    expect(await ask()).toBe("podman\npodman-remote\n");
    host.faults.clear();
    expect(await ask()).toBe("docker\npodman\npodman-remote\n");
  });
});

describe("the runner's container", () => {
  test.each([
    ["stopped", (host: SimulatedHost) => host.faults.stopRunner(), ["disconnect 192.168.44.11"], "frc-runners-runner"],
    ["missing", (host: SimulatedHost) => host.faults.removeRunner(), ["disconnect 192.168.44.11"], ""],
    ["renamed", (host: SimulatedHost) => host.faults.renameRunner("old"), [], "old"],
  ])("can be %s", async (_, act, events, name) => {
    const { host, platform, session } = await startHost();
    await session.run(install);
    const before = host.containers.map((container) => container.name);

    act(host);

    const after = host.containers.map((container) => container.name);
    expect(platform.events).toEqual(events);
    expect(after).toEqual(before.flatMap((one) => (one !== "frc-runners-runner" ? [one] : name === "" ? [] : [name])));
  });

  test("must be there for a fault of it", async () => {
    const { host } = await startHost();

    expect(() => host.faults.stopRunner()).toThrow("no runner container");
  });
});

describe("the machine", () => {
  test("asks for a password where sudo is not free, or has no sudo", async () => {
    const { host, session } = await startHost();

    host.faults.sudo = "asks";
    expect(await session.run("sudo -n true")).toMatchObject({ exitCode: 1, stderr: "sudo: a password is required\n" });
    host.faults.sudo = "missing";
    expect(await session.run("sudo -n true")).toMatchObject({ exitCode: 127 });
    host.faults.sudo = "allowed";
    expect(await session.run("sudo -n true")).toMatchObject({ exitCode: 0 });
  });

  test("shows its memory by free and /proc/meminfo", async () => {
    const { host, session } = await startHost();
    host.faults.memory = { totalMb: 8192, availableMb: 3000, swapMb: 1024 };

    const { stdout } = await session.run(
      "free -m | awk '/^Mem:/ {print $2, $7}'; awk '/MemAvailable/ {print $2}' /proc/meminfo; grep SwapTotal /proc/meminfo",
    );

    expect(stdout).toBe("8192 3000\n3072000\nSwapTotal:      1048576 kB\n");
  });

  test("has files of its own that tell its system, kernel and limits, unless they are replaced", async () => {
    const { host, session } = await startHost();
    const ask = async () =>
      (await session.run("sed -n 's/^ID=//p' /etc/os-release; cat /proc/cmdline; grep -c unlimited /proc/self/limits"))
        .stdout;

    expect(await ask()).toMatch(/^ubuntu\n.* cgroup_enable=memory .*\n1\n$/);
    host.faults.setFile("/etc/os-release", "ID=rhel\n");
    host.faults.setFile("/proc/cmdline", "quiet\n");
    expect(await ask()).toBe("rhel\nquiet\n1\n");
  });

  test("shows kernel parameters as Elastic asks for them, unless changed", async () => {
    const { host, session } = await startHost();
    host.faults.setSysctl("vm.max_map_count", "65530");

    const { stdout, stderr } = await session.run(
      "sysctl -n vm.max_map_count net.ipv4.ip_forward; sysctl vm.swappiness; cat /proc/sys/vm/max_map_count; sysctl -n no.such",
    );

    expect(stdout).toBe("65530\n1\nvm.swappiness = 1\n65530\n");
    expect(stderr).toContain("/proc/sys/no/such");
  });

  test("has getenforce where there is SELinux", async () => {
    const { host, session } = await startHost();

    expect((await session.run("getenforce")).exitCode).toBe(127);
    host.faults.selinux = "Enforcing";

    expect((await session.run("getenforce")).stdout).toBe("Enforcing\n");
  });

  test("has further addresses on its first card", async () => {
    const { host, session } = await startHost({ addresses: ["192.168.44.11", "10.1.0.7"] });
    host.faults.furtherAddresses.add("192.168.44.200");

    const { stdout } = await session.run(
      "hostname -I; ip -4 -o addr show dev eth0 scope global | awk '{print $2, $4}'",
    );

    expect(stdout).toBe("192.168.44.11 10.1.0.7 192.168.44.200\neth0 192.168.44.11/24\neth0 192.168.44.200/24\n");
  });

  test("has several addresses", async () => {
    const { session } = await startHost({ addresses: ["192.168.44.11", "10.1.0.7"] });

    const { stdout } = await session.run("hostname -I; ip -4 -o addr | awk '{print $2, $4}'");

    expect(stdout).toBe("192.168.44.11 10.1.0.7\nlo 127.0.0.1/8\neth0 192.168.44.11/24\neth1 10.1.0.7/24\n");
  });

  test("reads its files by the everyday tools: sums, the first lines, tests", async () => {
    const { session } = await startHost();
    await session.run(`mkdir ${STORAGE}; echo abc | tee ${STORAGE}/file`);

    const { stdout } = await session.run(
      `sha256sum ${STORAGE}/file | cut -c1-8; head -c 2 ${STORAGE}/file; sudo test -e ${STORAGE}/file && echo there; ` +
        `sed 's//x/;/^a/!d' ${STORAGE}/file | wc -l`,
    );

    expect(stdout.replaceAll(" ", "")).toMatch(/^edeaaff3\nabthere\n/);
  });
});
