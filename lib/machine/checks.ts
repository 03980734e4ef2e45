import { CHOOSE_ENGINE, environmentOf, type Installation } from "./facts";
import type { CommandResult, MachineSession } from "./session";

/** What is to be installed, as far as checks depend on it. */
export interface PlannedInstall extends Installation {
  readonly roles: readonly string[];
  readonly coordinatorHost: string | null;
  /** The address that the installer is told; without it, it looks for one. */
  readonly hostIp: string | null;
  readonly selinux: boolean;
  /** The version of the platform. */
  readonly version: string;
}

/** What a check found wrong: a must stops the install, advice is told. */
export interface CheckFailure {
  readonly weight: "must" | "advice";
  readonly text: string;
}

interface MachineCheck {
  readonly weight: "must" | "advice";
  /** @default - always */
  readonly appliesTo?: (install: PlannedInstall) => boolean;
  /** How it is seen. `engine` is an array with the engine's command; STORAGE, ENGINE_NAME and COORDINATOR are set. */
  readonly command: string;
  /** What was found and what to do, or undefined where all is well. */
  readonly judge: (seen: CommandResult, install: PlannedInstall) => string | undefined;
}

const LEAST_MEMORY_MB = 8192;
const LEAST_OPEN_FILES = 1_024_000;
const KERNEL_ARGUMENTS = ["cgroup_enable=memory", "swapaccount=1", "cgroup.memory=nokmem"];
const INSTALLER_PORTS = [20000, 21000, 22000];

/** Everything that an install needs of a machine, and that Elastic advises, a row each. */
export const CHECKS = {
  user: {
    weight: "must",
    command: `echo "$(id -u) $(id -g) $(id -un)"`,
    judge: ({ output }) => {
      const [uid = "", gid = "", name = ""] = output.split(" ");
      return Number(uid) >= 1000 && Number(gid) >= 1000
        ? undefined
        : `The installer refuses the user ${name} (${uid}:${gid}). Connect as a user with user and group id of 1000 or more.`;
    },
  },
  engine: {
    weight: "must",
    command: `"\${engine[@]}" info >/dev/null`,
    judge: ({ exitCode, output }, { containerEngine }) =>
      exitCode === 0
        ? undefined
        : `The user cannot use ${containerEngine}: ${lastLine(output)}. Install or start it, and add the user to the group that may use its socket (docker or podman).`,
  },
  engineVersion: {
    weight: "must",
    command: `if [[ $ENGINE_NAME == podman ]]; then "\${engine[@]}" version --format '{{.Client.Version}}'; else docker --version | grep -qi podman || docker version --format '{{.Server.Version}}'; fi`,
    judge: ({ exitCode, output }, { containerEngine, version }) => {
      const major = Number(/^(\d+)\./.exec(output)?.[1]);
      const least = leastEngineVersion(containerEngine, version);
      return exitCode !== 0 || Number.isNaN(major) || major >= least
        ? undefined
        : `${containerEngine} ${output} is too old for ECE ${version}, whose installer wants ${least} or newer. Upgrade it.`;
    },
  },
  wrapper: {
    weight: "must",
    appliesTo: ({ containerEngine }) => containerEngine === "docker",
    command: "docker --version",
    judge: ({ output }) =>
      /podman/i.test(output)
        ? "The command docker is podman's here. Set container_engine to podman, or install Docker in its place."
        : undefined,
  },
  podmanCommands: {
    weight: "must",
    appliesTo: ({ containerEngine }) => containerEngine === "podman",
    command: 'for name in podman-remote docker; do command -v "$name" >/dev/null || echo "$name"; done',
    judge: ({ output }) =>
      output === ""
        ? undefined
        : `The installer calls commands that are not there: ${output.split("\n").join(", ")}. Install podman-remote, and the wrapper /usr/bin/docker that Elastic describes for podman.`,
  },
  ports: {
    weight: "must",
    command: "command -v ss >/dev/null && ss -Hltn",
    judge: ({ output }) => {
      const used = INSTALLER_PORTS.filter((port) => new RegExp(`:${port}\\s`).test(output));
      return used.length === 0
        ? undefined
        : `The installer needs the port${used.length > 1 ? "s" : ""} ${used.join(", ")}, which other programs use. Find them with: ss -ltnp`;
    },
  },
  hostAddress: {
    weight: "must",
    appliesTo: ({ hostIp }) => hostIp === null,
    command: `card=$(ip -4 route show default | sed -n '1s/.* dev \\([^ ]*\\).*/\\1/p')
ip -4 -o addr show dev "$card" scope global | sed -n 's/.* inet \\([0-9.]*\\).*/\\1/p'`,
    judge: ({ output }) => {
      const addresses = output.match(/^[\d.]+$/gm) ?? [];
      return addresses.length < 2
        ? undefined
        : `The network card of the default route has several IPv4 addresses (${addresses.join(", ")}), with which the installer cannot cope. Set host_ip to the one that ECE is to use, and give it to the installer (--host-ip).`;
    },
  },
  coordinator: {
    weight: "must",
    appliesTo: ({ coordinatorHost }) => coordinatorHost !== null,
    command: `for port in 12443 12400 12343 12300 22191 2191; do timeout 5 bash -c 'exec 3<>"/dev/tcp/$0/$1"' "$COORDINATOR" "$port" 2>/dev/null && exit 0; done
getent ahosts "$COORDINATOR" >/dev/null 2>&1 || { echo "its name does not resolve"; exit 1; }
echo "no port of 12443, 12400, 12343, 12300 answers"; exit 2`,
    judge: ({ exitCode, output }, { coordinatorHost }) =>
      exitCode === 0
        ? undefined
        : `The coordinator ${coordinatorHost} is out of reach from the host: ${lastLine(output)}. Check coordinator_host, the network and the firewalls in between.`,
  },
  quota: {
    weight: "must",
    appliesTo: ({ roles }) => roles.includes("allocator"),
    command: `findmnt --raw --noheadings --output FSTYPE,OPTIONS --target "$STORAGE"`,
    judge: ({ exitCode, output }, { storagePath }) => {
      const [type = "", options = ""] = output.split(/\s+/);
      if (exitCode !== 0 || type !== "xfs" || /(^|,)(pquota|prjquota)(,|$)/.test(options)) return undefined;
      return `${storagePath} is on XFS without project quotas, which allocators need. Mount it with the option pquota (in /etc/fstab, then umount and mount).`;
    },
  },
  network: {
    weight: "must",
    appliesTo: ({ containerEngine }) => containerEngine === "podman",
    command: `echo "$(sed -n 's/^PLATFORM_ID=//p' /etc/os-release | tr -d '"') $("\${engine[@]}" info --format '{{.Host.NetworkBackend}}' 2>/dev/null)"`,
    judge: ({ output }) =>
      /el9 netavark/.test(output)
        ? 'Podman uses the network backend netavark; ECE on EL 9 needs cni. Set network_backend = "cni" in /etc/containers/containers.conf and run: podman system reset'
        : undefined,
  },
  memory: {
    weight: "must",
    command: `free -m | sed -n 's/^Mem: *\\([0-9]*\\).*/\\1/p'`,
    judge: ({ output }) =>
      !/^\d+$/.test(output) || Number(output) >= LEAST_MEMORY_MB * 0.95
        ? undefined
        : `The host has ${output} MB of memory; ECE needs at least ${LEAST_MEMORY_MB} MB.`,
  },
  selinux: {
    weight: "must",
    appliesTo: ({ containerEngine, selinux }) => containerEngine === "podman" && !selinux,
    command: "getenforce 2>/dev/null",
    judge: ({ output }) =>
      output === "Enforcing"
        ? "SELinux is enforcing, so podman must label what it mounts. Set selinux to true, or switch SELinux to permissive."
        : undefined,
  },
  labels: {
    weight: "must",
    appliesTo: ({ containerEngine, selinux }) => containerEngine === "podman" && selinux,
    command: "sudo --non-interactive true",
    judge: ({ exitCode, output }) =>
      exitCode === 0
        ? undefined
        : `With selinux, the installer labels folders as root, and the user cannot become root without a password: ${lastLine(output)}. Allow it in /etc/sudoers.d (NOPASSWD).`,
  },
  memoryMaps: {
    weight: "advice",
    appliesTo: ({ roles }) => roles.includes("allocator"),
    command: "sysctl -n vm.max_map_count 2>/dev/null",
    judge: ({ output }) =>
      output === "" || Number(output) >= 262_144
        ? undefined
        : `vm.max_map_count is ${output}; Elastic wants at least 262144 (1048576 on newer systems): Elasticsearch does not start with less.`,
  },
  forwarding: {
    weight: "advice",
    command: "sysctl -n net.ipv4.ip_forward 2>/dev/null",
    judge: ({ output }) =>
      output === "0" ? "net.ipv4.ip_forward is 0; containers reach other hosts only when it is 1." : undefined,
  },
  fileSystem: {
    weight: "advice",
    appliesTo: ({ roles }) => roles.includes("allocator"),
    command: `findmnt --raw --noheadings --output FSTYPE --target "$STORAGE"`,
    judge: ({ exitCode, output }, { storagePath }) =>
      exitCode !== 0 || output === "xfs" || output === ""
        ? undefined
        : `${storagePath} is on ${output}; Elastic wants XFS with project quotas for allocators, else an instance can fill the whole disk.`,
  },
  swap: {
    weight: "advice",
    appliesTo: ({ roles }) => roles.includes("director"),
    command: `free -m | sed -n 's/^Swap: *\\([0-9]*\\).*/\\1/p'`,
    judge: ({ output }) =>
      Number(output) > 0
        ? `The host has ${output} MB of swap; directors are to have none. Switch it off: swapoff -a, and take it out of /etc/fstab.`
        : undefined,
  },
  limits: {
    weight: "advice",
    command: `sed -n 's/^Max \\(open files\\|locked memory\\)  *\\([^ ]*\\) .*/\\1 \\2/p' /proc/self/limits`,
    judge: ({ output }) => {
      const low = output
        .split("\n")
        .filter((line) => /^open files \d+$/.test(line) && Number(line.split(" ")[2]) < LEAST_OPEN_FILES)
        .concat(output.split("\n").filter((line) => /^locked memory \d+$/.test(line)));
      return low.length === 0
        ? undefined
        : `The user's limits are low (${low.join(", ")}); Elastic wants nofile of ${LEAST_OPEN_FILES} and memlock unlimited in /etc/security/limits.conf.`;
    },
  },
  kernelArguments: {
    weight: "advice",
    command: "cat /proc/cmdline",
    judge: ({ exitCode, output }) => {
      const missing = KERNEL_ARGUMENTS.filter((argument) => !output.split(/\s+/).includes(argument));
      return exitCode !== 0 || missing.length === 0
        ? undefined
        : `The kernel was started without ${missing.join(" ")}, which ECE needs to limit the memory of containers. Add that to GRUB_CMDLINE_LINUX in /etc/default/grub, run update-grub (or grub2-mkconfig) and restart the host.`;
    },
  },
  dataRoot: {
    weight: "advice",
    command: `if [[ $ENGINE_NAME == podman ]]; then format={{.Store.GraphRoot}}; else format={{.DockerRootDir}}; fi
root=$("\${engine[@]}" info --format "$format") && echo "$(findmnt --raw --noheadings --output TARGET --target "$root") $root"`,
    judge: ({ exitCode, output }, { containerEngine }) => {
      const [mount, root] = output.split(" ");
      return exitCode !== 0 || mount !== "/"
        ? undefined
        : `${containerEngine} keeps images and containers in ${root}, on the file system of /, which they can fill. Elastic puts them beside ECE's data, into /mnt/data/docker: data-root in /etc/docker/daemon.json, or graphroot in /etc/containers/storage.conf.`;
    },
  },
} satisfies { readonly [name: string]: MachineCheck };

/** Looks at a machine before ECE is installed on it. */
export async function checkMachine(
  session: MachineSession,
  install: PlannedInstall,
  signal: AbortSignal,
): Promise<CheckFailure[]> {
  const applicable = Object.entries<MachineCheck>(CHECKS).filter(([, check]) => check.appliesTo?.(install) ?? true);
  const results = await session.run(
    Object.fromEntries(applicable.map(([name, { command }]) => [name, CHOOSE_ENGINE + command])),
    { environment: { ...environmentOf(install), COORDINATOR: install.coordinatorHost ?? "" }, signal },
  );
  return applicable.flatMap(([name, { weight, judge }]) => {
    const result = results[name];
    const text = result && judge(result, install);
    return text === undefined ? [] : [{ weight, text }];
  });
}

/** From the versions that the installer accepts; older ones accept older engines. */
function leastEngineVersion(containerEngine: string, version: string): number {
  if (containerEngine === "podman") return 4;
  return Number(version.split(".")[0]) >= 4 ? 25 : 20;
}

function lastLine(output: string): string {
  return output.split("\n").at(-1)?.trim() || "no answer";
}
