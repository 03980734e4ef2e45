import { type Container, type ContainerEngine } from "./engine";
import {
  ADVISED_SYSCTL,
  advisedFiles,
  type MachineConditions,
  type Memory,
  type Mounts,
  type SelinuxMode,
} from "./machine";

/**
 * The moment of an install at which a fault occurs. With `during-join`, ECE's runner container is there, but the
 * platform does not know the host.
 */
export type InstallMoment = "before-join" | "during-join" | "after-join";

/** Whether the container engine works, is installed but not running, never answers, or is not installed. */
export type EngineState = "running" | "stopped" | "hung" | "missing";

/** Whether the user may become root with sudo, is asked for a password that it cannot give, or has no sudo. */
export type SudoState = "allowed" | "asks" | "missing";

/** A pause of an install. */
export interface InstallPause {
  /** Resolves when an install has reached the pause. */
  readonly reached: Promise<void>;
  /** Lets the install continue, now or as soon as it reaches the pause. */
  release(): void;
}

type InstallFaultKind = "fail" | "cut" | "pause";

interface InstallFault {
  readonly moment: InstallMoment;
  readonly kind: InstallFaultKind;
  /** Causes the failure. An exit code ends the install. */
  trigger(): Promise<number | undefined>;
}

/** What faults act on. */
interface FaultEffects {
  readonly engine: "docker" | "podman";
  readonly mounts: Mounts;
  readonly containers: ContainerEngine;
  tryFindRunner(): Container | undefined;
  cutConnections(): void;
  /** Called when the commands and files of the machine are others. */
  machineChanged(): void;
}

const DATA_ROOT = "/mnt/data/docker";
const AMPLE_MEMORY: Memory = { totalMb: 65_536, availableMb: 60_000, swapMb: 0 };

/**
 * The injected faults of one host, and other ways in which it can differ from what Elastic advises.
 *
 * Connections that commands on the host open, be it with `curl` or with bash's `/dev/tcp`, are real ones of the real
 * machine. A coordinator out of reach therefore is an address at which nothing listens: a closed port of loopback is
 * refused at once, and `192.0.2.1`, which is nobody's, does not answer.
 *
 * A fault of an install occurs once. Faults of the same kind and moment occur in one install after the other, in the
 * order of their addition; those of different kinds can occur in the same install.
 */
export class HostFaults {
  /** Ports that another program on the host listens on. */
  readonly portsInUse = new Set<number>();
  /** Further IPv4 addresses of the network card of the default route. */
  readonly furtherAddresses = new Set<string>();
  /** The host's file systems below its storage roots: unmount one, or mount one more. */
  readonly mounts: Mounts;
  #engine: EngineState = "running";
  #sudo: SudoState = "allowed";
  #hasSecondEngine = false;
  #memory = AMPLE_MEMORY;
  #selinux: SelinuxMode | undefined;
  #sysctl: ReadonlyMap<string, string> = new Map(Object.entries(ADVISED_SYSCTL));
  #files: ReadonlyMap<string, string>;
  readonly #missingCommands = new Set<string>();
  /** Where the engine keeps images and containers. */
  dataRoot = DATA_ROOT;
  /** What podman builds networks with. ECE wants CNI. */
  networkBackend: "cni" | "netavark" = "cni";
  readonly #installFaults: InstallFault[] = [];

  readonly #effects: FaultEffects;

  /** @internal */
  constructor(effects: FaultEffects) {
    this.#effects = effects;
    this.#files = advisedFiles(effects.engine);
    this.mounts = effects.mounts;
  }

  get engine(): EngineState {
    return this.#engine;
  }

  set engine(state: EngineState) {
    this.#engine = state;
    this.#effects.machineChanged();
  }

  get sudo(): SudoState {
    return this.#sudo;
  }

  set sudo(state: SudoState) {
    this.#sudo = state;
    this.#effects.machineChanged();
  }

  /**
   * Whether the other engine is installed, too, podman beside docker or docker beside podman. It works, and has no
   * containers.
   */
  get hasSecondEngine(): boolean {
    return this.#hasSecondEngine;
  }

  set hasSecondEngine(isThere: boolean) {
    this.#hasSecondEngine = isThere;
    this.#effects.machineChanged();
  }

  /** As `free` and `/proc/meminfo` show it. */
  get memory(): Memory {
    return this.#memory;
  }

  set memory(memory: Memory) {
    this.#memory = memory;
    this.#effects.machineChanged();
  }

  /** As `getenforce` shows it; undefined where there is no such command. */
  get selinux(): SelinuxMode | undefined {
    return this.#selinux;
  }

  set selinux(mode: SelinuxMode | undefined) {
    this.#selinux = mode;
    this.#effects.machineChanged();
  }

  /** Kernel parameters, as `sysctl` and `/proc/sys` show them. */
  get sysctl(): ReadonlyMap<string, string> {
    return this.#sysctl;
  }

  /** Sets a kernel parameter. */
  setSysctl(name: string, value: string): void {
    this.#sysctl = new Map([...this.#sysctl, [name, value]]);
    this.#effects.machineChanged();
  }

  /** Replaces a file of the system: `/etc/os-release`, `/proc/cmdline` or `/proc/self/limits`. */
  setFile(path: string, content: string): void {
    this.#files = new Map([...this.#files, [path, content]]);
    this.#effects.machineChanged();
  }

  /** The commands of the engine that are not installed, such as podman's `docker`. */
  get missingCommands(): ReadonlySet<string> {
    return this.#missingCommands;
  }

  removeCommand(name: string): void {
    this.#missingCommands.add(name);
    this.#effects.machineChanged();
  }

  /** Stops ECE's runner container, as after a crash. */
  stopRunner(): void {
    this.#effects.containers.stop(this.#findRunner());
  }

  startRunner(): void {
    this.#effects.containers.start(this.#findRunner());
  }

  /** Removes ECE's runner container; its other containers and files stay. */
  removeRunner(): void {
    this.#effects.containers.remove(this.#findRunner());
  }

  /** Gives ECE's runner container another name; it runs on. */
  renameRunner(name: string): void {
    this.#effects.containers.rename(this.#findRunner(), name);
  }

  #findRunner(): Container {
    const runner = this.#effects.tryFindRunner();
    if (runner === undefined) throw new RangeError("there is no runner container on this host");

    return runner;
  }

  /** The state of the machine that its commands show. @internal */
  get conditions(): MachineConditions {
    return { memory: this.#memory, selinux: this.#selinux, sysctl: this.#sysctl, files: this.#files };
  }

  /** The next install ends with this exit code. */
  failInstall(exitCode: number, moment: InstallMoment = "before-join"): void {
    this.#installFaults.push({ moment, kind: "fail", trigger: async () => exitCode });
  }

  /**
   * During the next install, all SSH connections to the host are dropped, including its own. The install itself
   * continues.
   */
  cutConnectionsInInstall(moment: InstallMoment = "before-join"): void {
    this.#installFaults.push({
      moment,
      kind: "cut",
      trigger: async () => {
        this.#effects.cutConnections();
        return undefined;
      },
    });
  }

  /** The next install waits until it is released. */
  pauseInstall(moment: InstallMoment = "before-join"): InstallPause {
    let reach = (): void => undefined;
    let release = (): void => undefined;
    const reached = new Promise<void>((resolve) => (reach = resolve));
    const released = new Promise<void>((resolve) => (release = resolve));
    this.#installFaults.push({
      moment,
      kind: "pause",
      trigger: async () => {
        reach();
        await released;
        return undefined;
      },
    });
    return { reached, release };
  }

  /** Removes all faults. A runner that was stopped, removed or renamed stays so. */
  clear(): void {
    this.#installFaults.length = 0;
    this.portsInUse.clear();
    this.furtherAddresses.clear();
    this.mounts.reset();
    this.networkBackend = "cni";
    this.dataRoot = DATA_ROOT;
    this.#files = advisedFiles(this.#effects.engine);
    this.#missingCommands.clear();
    this.#engine = "running";
    this.#sudo = "allowed";
    this.#hasSecondEngine = false;
    this.#memory = AMPLE_MEMORY;
    this.#selinux = undefined;
    this.#sysctl = new Map(Object.entries(ADVISED_SYSCTL));
    this.#effects.machineChanged();
  }

  /** Triggers the faults due at this moment of an install: the first of each kind. @internal */
  async trigger(moment: InstallMoment): Promise<number | undefined> {
    const due = new Map<InstallFaultKind, InstallFault>();
    for (const fault of this.#installFaults)
      if (fault.moment === moment && !due.has(fault.kind)) due.set(fault.kind, fault);

    for (const fault of due.values()) this.#installFaults.splice(this.#installFaults.indexOf(fault), 1);
    for (const fault of due.values()) {
      const exitCode = await fault.trigger();
      if (exitCode !== undefined) return exitCode;
    }
    return undefined;
  }
}
