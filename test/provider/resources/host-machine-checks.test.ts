import { CHECKS } from "../../../lib/machine/checks";
import type { ObjectValue } from "../../../lib/plugin/framework";
import type { HostOptions, SimulatedHost } from "../../../lib/simulator";
import { machineConfig } from "../../support/installed-machine";
import { ProviderSession, type Outcome } from "../../support/provider-session";
import { useWorld } from "../../support/worlds";

const world = useWorld();

/** A machine that one check finds something wrong with. */
interface Case {
  /** How it differs from the healthy machine from its start on, and as soon as it runs. */
  readonly options?: HostOptions;
  readonly fault?: (faults: SimulatedHost["faults"]) => void;
  /** Arguments of ece_host_machine, of the broken and of the healthy machine. */
  readonly config?: ObjectValue;
  /** Arguments of the broken one alone. */
  readonly broken?: ObjectValue;
  readonly found: string;
  readonly remedy: string;
}

const PODMAN = { container_engine: "podman" };
const ALLOCATOR = { roles: ["allocator"] };
const STORAGE = "/mnt/data";

/** For each check, the machines that it is there for. */
const CASES: { readonly [check in keyof typeof CHECKS]: readonly Case[] } = {
  user: [
    { options: { uid: 999 }, found: "the user elastic (999:999)", remedy: "user and group id of 1000 or more" },
    { options: { gid: 100 }, found: "the user elastic (1000:100)", remedy: "user and group id of 1000 or more" },
  ],
  engine: [
    { options: { groups: [] }, found: "permission denied", remedy: "add the user to the group" },
    { fault: (faults) => (faults.engine = "stopped"), found: "Is its daemon running?", remedy: "Install or start it" },
    {
      fault: (faults) => (faults.engine = "missing"),
      found: "The user cannot use docker",
      remedy: "Install or start it",
    },
  ],
  engineVersion: [
    { options: { engineVersion: "20.10.7" }, found: "docker 20.10.7 is too old", remedy: "25 or newer. Upgrade it" },
    {
      options: { engineVersion: "3.4.4" },
      config: PODMAN,
      found: "podman 3.4.4 is too old",
      remedy: "4 or newer. Upgrade it",
    },
  ],
  wrapper: [
    { options: { engine: "podman" }, found: "docker is podman's here", remedy: "Set container_engine to podman" },
  ],
  podmanCommands: [
    {
      config: PODMAN,
      fault: (faults) => faults.removeCommand("podman-remote"),
      found: "not there: podman-remote.",
      remedy: "Install podman-remote",
    },
    {
      config: PODMAN,
      fault: (faults) => faults.removeCommand("docker"),
      found: "not there: docker.",
      remedy: "the wrapper /usr/bin/docker",
    },
  ],
  ports: [
    {
      fault: ({ portsInUse }) => [20000, 21000, 22000].forEach((port) => portsInUse.add(port)),
      found: "the ports 20000, 21000, 22000, which other programs use",
      remedy: "Find them with: ss -ltnp",
    },
  ],
  hostAddress: [
    {
      fault: ({ furtherAddresses }) => furtherAddresses.add("192.168.44.200"),
      found: "several IPv4 addresses (192.168.44.77, 192.168.44.200)",
      remedy: "Set host_ip",
    },
  ],
  coordinator: [
    {
      config: { coordinator_host: "127.0.0.1" },
      broken: { coordinator_host: "127.0.0.2" },
      found: "The coordinator 127.0.0.2 is out of reach from the host: no port of 12443, 12400, 12343, 12300 answers",
      remedy: "Check coordinator_host, the network and the firewalls",
    },
    {
      config: { coordinator_host: "127.0.0.1" },
      broken: { coordinator_host: "coordinator.invalid" },
      found: "its name does not resolve",
      remedy: "Check coordinator_host, the network and the firewalls",
    },
  ],
  quota: [
    {
      config: ALLOCATOR,
      fault: ({ mounts }) => mounts.change(STORAGE, { options: "rw,relatime" }),
      found: "is on XFS without project quotas",
      remedy: "Mount it with the option pquota",
    },
  ],
  network: [
    {
      config: PODMAN,
      fault: (faults) => {
        faults.setFile("/etc/os-release", 'ID=rhel\nPLATFORM_ID="platform:el9"\n');
        faults.networkBackend = "netavark";
      },
      found: "the network backend netavark; ECE on EL 9 needs cni",
      remedy: "podman system reset",
    },
  ],
  memory: [
    {
      fault: (faults) => (faults.memory = { totalMb: 7000, availableMb: 6000, swapMb: 0 }),
      found: "The host has 7000 MB of memory",
      remedy: "needs at least 8192 MB",
    },
  ],
  selinux: [
    {
      config: PODMAN,
      fault: (faults) => (faults.selinux = "Enforcing"),
      found: "SELinux is enforcing",
      remedy: "Set selinux to true",
    },
  ],
  labels: [
    {
      config: { ...PODMAN, selinux: true },
      fault: (faults) => (faults.sudo = "asks"),
      found: "a password is required",
      remedy: "/etc/sudoers.d",
    },
  ],
  memoryMaps: [
    {
      config: ALLOCATOR,
      fault: (faults) => faults.setSysctl("vm.max_map_count", "65530"),
      found: "vm.max_map_count is 65530",
      remedy: "at least 262144",
    },
  ],
  forwarding: [
    {
      fault: (faults) => faults.setSysctl("net.ipv4.ip_forward", "0"),
      found: "net.ipv4.ip_forward is 0",
      remedy: "only when it is 1",
    },
  ],
  fileSystem: [
    {
      config: ALLOCATOR,
      fault: ({ mounts }) => mounts.change(STORAGE, { fsType: "ext4", options: "rw,relatime" }),
      found: "/mnt/data/elastic is on ext4",
      remedy: "wants XFS with project quotas",
    },
  ],
  swap: [
    {
      config: { roles: ["director"] },
      fault: (faults) => (faults.memory = { ...faults.memory, swapMb: 2048 }),
      found: "2048 MB of swap",
      remedy: "swapoff -a",
    },
  ],
  limits: [
    {
      fault: (faults) => faults.setFile("/proc/self/limits", limits("1024", "unlimited")),
      found: "(open files 1024)",
      remedy: "nofile of 1024000",
    },
    {
      fault: (faults) => faults.setFile("/proc/self/limits", limits("unlimited", "65536")),
      found: "(locked memory 65536)",
      remedy: "memlock unlimited",
    },
  ],
  kernelArguments: [
    {
      fault: (faults) => faults.setFile("/proc/cmdline", "ro quiet cgroup_enable=memory\n"),
      found: "without swapaccount=1 cgroup.memory=nokmem",
      remedy: "/etc/default/grub",
    },
  ],
  dataRoot: [
    {
      fault: (faults) => (faults.dataRoot = "/var/lib/docker"),
      found: "docker keeps images and containers in /var/lib/docker",
      remedy: "data-root in /etc/docker/daemon.json",
    },
    {
      config: PODMAN,
      fault: (faults) => (faults.dataRoot = "/var/lib/containers/storage"),
      found: "podman keeps images and containers in /var/lib/containers/storage",
      remedy: "graphroot in /etc/containers/storage.conf",
    },
  ],
};

/** The limits of a process, as the kernel shows them. */
function limits(openFiles: string, lockedMemory: string): string {
  return [
    "Limit                     Soft Limit           Hard Limit           Units     ",
    `Max open files            ${openFiles.padEnd(20)} 1048576              files     `,
    `Max locked memory         ${lockedMemory.padEnd(20)} unlimited            bytes     `,
    "",
  ].join("\n");
}

/** What creating ece_host_machine says of a machine. */
async function create(
  { options, config, fault }: Pick<Case, "options" | "config" | "fault">,
  overrides: ObjectValue = {},
): Promise<Outcome> {
  const engine = config?.container_engine === "podman" ? "podman" : "docker";
  const simulator = await world().addPlatform([{ runnerId: RUNNER, engine, ...options }]);
  const machine = simulator.hosts[0]!;
  fault?.(machine.faults);
  const session = await ProviderSession.start(simulator);
  try {
    return await session.apply("ece_host_machine", machineConfig(machine, { ...config, ...overrides }));
  } finally {
    session.server.stop();
  }
}

const RUNNER = "192.168.44.77";

test("every check has a machine that it is there for", () => {
  expect(new Set(Object.keys(CASES))).toEqual(new Set(Object.keys(CHECKS)));
});

describe.each(Object.entries(CASES))("%s", (name, cases) => {
  test.each(cases.map((one) => [one.found, one] as const))("is told: %s", async (_, one) => {
    const isMust = CHECKS[name as keyof typeof CHECKS].weight === "must";
    const { state, diagnostics } = await create(one, { ...one.broken, skip_advice: isMust });

    expect(diagnostics).toEqual([
      expect.objectContaining({
        severity: isMust ? "error" : "warning",
        summary: expect.stringContaining(RUNNER) as string,
        detail: expect.stringContaining(one.found) as string,
      }),
    ]);
    expect(diagnostics[0]!.detail).toContain(one.remedy);
    expect(state === null).toBe(isMust);
    if (!isMust) expect((await create(one, { ...one.broken, skip_advice: true })).diagnostics).toEqual([]);
  });
});

const CONFIGS = new Set(
  Object.values(CASES).flatMap((cases) => cases.map(({ config }) => JSON.stringify(config ?? {}))),
);

test.each([...CONFIGS])("nothing is told of a healthy machine with %s", async (config) => {
  const { state, diagnostics } = await create({ config: JSON.parse(config) as ObjectValue });

  expect(diagnostics).toEqual([]);
  expect(state).not.toBeNull();
});

test("several addresses are fine where host_ip names the one to use", async () => {
  const [{ fault }] = CASES.hostAddress as [Case];

  expect((await create({ fault }, { host_ip: RUNNER })).diagnostics).toEqual([]);
});

test("storage that is in fstab and not mounted stops the install, whatever the checks say", async () => {
  const outcome = await create({ fault: ({ mounts }) => mounts.unmount(STORAGE) }, { skip_advice: true });

  expect(outcome.state).toBeNull();
  expect(outcome.diagnostics).toEqual([
    expect.objectContaining({
      severity: "error",
      summary: expect.stringContaining(RUNNER) as string,
      detail: expect.stringContaining("/mnt/data") as string,
    }),
  ]);
});
