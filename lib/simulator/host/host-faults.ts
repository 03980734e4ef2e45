/**
 * The moment of an install at which a fault occurs. With `during-join`, ECE's runner container is there, but the
 * platform does not know the host.
 */
export type InstallMoment = "before-join" | "during-join" | "after-join";

/** Whether the container engine works, is installed but not running, or is not installed. */
export type EngineState = "running" | "stopped" | "missing";

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

/**
 * The injected faults of one host.
 *
 * A fault of an install occurs once. Faults of the same kind and moment occur in one install after the other, in the
 * order of their addition; those of different kinds can occur in the same install.
 */
export class HostFaults {
  /** Ports that another program on the host listens on. */
  readonly portsInUse = new Set<number>();
  #engine: EngineState = "running";
  readonly #installFaults: InstallFault[] = [];

  readonly #effects: { cutConnections(): void; engineChanged(state: EngineState): void };

  /** @internal */
  constructor(effects: { cutConnections(): void; engineChanged(state: EngineState): void }) {
    this.#effects = effects;
  }

  get engine(): EngineState {
    return this.#engine;
  }

  set engine(state: EngineState) {
    this.#engine = state;
    this.#effects.engineChanged(state);
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

  /** Removes all faults. */
  clear(): void {
    this.#installFaults.length = 0;
    this.portsInUse.clear();
    this.engine = "running";
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
