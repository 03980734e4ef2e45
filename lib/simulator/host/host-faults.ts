/** Where in an install a fault triggers: `during-join` leaves ECE's runner container behind, but the platform knows nothing. */
export type InstallMoment = "before-join" | "during-join" | "after-join";

/** The container engine works, is installed but not running, or is not installed. */
export type EngineState = "running" | "stopped" | "missing";

/** An install that waits to be let go. */
export interface InstallPause {
  /** Resolves when an install has come to the pause. */
  readonly reached: Promise<void>;
  /** Lets the install go on, now or as soon as it comes here. */
  release(): void;
}

type InstallFaultKind = "fail" | "cut" | "pause";

interface InstallFault {
  readonly moment: InstallMoment;
  readonly kind: InstallFaultKind;
  /** Does its harm; an exit code ends the install. */
  trigger(): Promise<number | undefined>;
}

/**
 * What goes wrong on one host.
 *
 * Faults of an install are used up by one install each, in the order in which they were asked for; faults of different
 * kinds can trigger in the same install.
 */
export class HostFaults {
  /** Ports that something else on the host listens on. */
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

  /** The next install loses all SSH connections to the host, its own among them; the install itself goes on. */
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

  /** Forgets all faults. */
  clear(): void {
    this.#installFaults.length = 0;
    this.portsInUse.clear();
    this.engine = "running";
  }

  /** Strikes with the faults due at this moment of an install: the first of each kind. @internal */
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
