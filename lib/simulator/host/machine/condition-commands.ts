import type { StandIn } from "./command-server";

/** Memory of a host, in megabytes. */
export interface Memory {
  readonly totalMb: number;
  readonly availableMb: number;
  readonly swapMb: number;
}

/** What SELinux does on a host. */
export type SelinuxMode = "Enforcing" | "Permissive" | "Disabled";

/** The state of a host that its commands show. */
export interface MachineConditions {
  readonly memory: Memory;
  /** Undefined where SELinux is not installed. */
  readonly selinux: SelinuxMode | undefined;
  /** Kernel parameters by name. */
  readonly sysctl: ReadonlyMap<string, string>;
  /** Files of the system by path: which one it is, how its kernel was started, and what its user may use. */
  readonly files: ReadonlyMap<string, string>;
}

const SYSTEMS = {
  docker: 'NAME="Ubuntu"\nID=ubuntu\nVERSION_ID="22.04"\n',
  podman: 'NAME="Rocky Linux"\nID="rocky"\nVERSION_ID="9.4"\nPLATFORM_ID="platform:el9"\n',
};

/** The files of a system on which ECE runs with this engine, as Elastic asks for it. */
export function advisedFiles(engine: "docker" | "podman"): ReadonlyMap<string, string> {
  return new Map([
    ["/etc/os-release", SYSTEMS[engine]],
    [
      "/proc/cmdline",
      "BOOT_IMAGE=/boot/vmlinuz root=/dev/sda1 ro cgroup_enable=memory swapaccount=1 cgroup.memory=nokmem\n",
    ],
    [
      "/proc/self/limits",
      [
        "Limit                     Soft Limit           Hard Limit           Units     ",
        "Max open files            1024000              1024000              files     ",
        "Max locked memory         unlimited            unlimited            bytes     ",
        "",
      ].join("\n"),
    ],
  ]);
}

/** Kernel parameters as Elastic asks for them. */
export const ADVISED_SYSCTL: Readonly<Record<string, string>> = {
  "fs.inotify.max_user_instances": "512",
  "net.ipv4.ip_forward": "1",
  "net.ipv4.ip_local_port_range": "32768\t60999",
  "net.ipv4.tcp_retries2": "5",
  "vm.max_map_count": "1048576",
  "vm.swappiness": "1",
};

/** The commands that show memory, SELinux and kernel parameters. */
export function conditionCommandStandIns(conditions: () => MachineConditions): Readonly<Record<string, StandIn>> {
  return {
    free: ({ args, out }) => {
      const { totalMb, availableMb, swapMb } = conditions().memory;
      const unit = args.join(" ");
      const show = (megabytes: number): number => {
        if (/-\w*b|--bytes/.test(unit)) return megabytes * 1024 * 1024;
        if (/-\w*m|--mebi|--mega/.test(unit)) return megabytes;
        return /-\w*g|--gibi|--giga/.test(unit) ? Math.floor(megabytes / 1024) : megabytes * 1024;
      };
      const row = (name: string, ...values: number[]): string =>
        name.padEnd(8) + values.map((value) => String(show(value)).padStart(12)).join("");
      out(
        " ".repeat(8) +
          ["total", "used", "free", "shared", "buff/cache", "available"].map((name) => name.padStart(12)).join(""),
      );
      out(row("Mem:", totalMb, totalMb - availableMb, availableMb, 0, 0, availableMb));
      out(row("Swap:", swapMb, 0, swapMb));
      return 0;
    },
    getenforce: ({ out }) => {
      out(conditions().selinux ?? "Disabled");
      return 0;
    },
    sysctl: ({ args, out, err }) => {
      const isValueOnly = args.some((arg) => /^-\w*n/.test(arg) || arg === "--values");
      const isAll = args.some((arg) => /^-\w*a/.test(arg) || arg === "--all");
      const names = isAll ? [...conditions().sysctl.keys()] : args.filter((arg) => !arg.startsWith("-"));
      let exitCode = 0;
      for (const name of names) {
        const value = conditions().sysctl.get(name.replaceAll("/", "."));
        if (value !== undefined) {
          out(isValueOnly ? value : `${name} = ${value}`);
        } else {
          err(`sysctl: cannot stat /proc/sys/${name.replaceAll(".", "/")}: No such file or directory`);
          exitCode = 1;
        }
      }
      return exitCode;
    },
  };
}

/** The files of the kernel that show the same, by path. */
export function conditionFiles({ memory, sysctl, files }: MachineConditions): [string, string][] {
  const line = (name: string, megabytes: number): string => `${`${name}:`.padEnd(16)}${megabytes * 1024} kB\n`;
  const meminfo = [
    line("MemTotal", memory.totalMb),
    line("MemFree", memory.availableMb),
    line("MemAvailable", memory.availableMb),
    line("SwapTotal", memory.swapMb),
    line("SwapFree", memory.swapMb),
  ];
  const parameters = [...sysctl].map(([name, value]): [string, string] => [
    `/proc/sys/${name.replaceAll(".", "/")}`,
    `${value}\n`,
  ]);
  return [["/proc/meminfo", meminfo.join("")], ...parameters, ...files];
}
