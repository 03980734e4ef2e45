import { ApiError } from "./api-error";

/** The roles that users give to hosts and tokens. */
export const USER_ROLES: readonly string[] = ["allocator", "coordinator", "director", "proxy"];

/** The roles that every host runs for the platform's own sake; they only go when somebody replaces the roles without them. */
export const INTERNAL_ROLES: readonly string[] = ["beats-runner", "services-forwarder"];

/** Every role that the platform knows. */
export const ALL_ROLES: readonly string[] = [...USER_ROLES, ...INTERNAL_ROLES];

/** A host as the platform knows it. */
export interface Runner {
  readonly runnerId: string;
  readonly hostIp: string;
  /** Where the host was when it joined; the platform never changes it. */
  readonly availabilityZone: string;
  readonly version: string;
  readonly memorySettings?: string;
  connected: boolean;
  roles: ReadonlySet<string>;
  /** Roles that the host asked for and nobody approved: what a token that lacks them leaves behind. */
  readonly pendingRoles: Set<string>;
}

/** How slowly what happens to a host shows in the API. */
export interface RunnerLag {
  /** How many reads still show a host disconnected after it joined. @default 0 */
  connectedAfterReads: number;
  /** How many reads still show a host's former roles after they changed. @default 0 */
  rolesAfterReads: number;
}

/** What a read of a runner shows, which may lag behind what is. */
export interface RunnerView {
  readonly connected: boolean;
  readonly roles: readonly string[];
}

interface Sight {
  connectedAfterReads: number;
  rolesAfterReads: number;
  formerRoles: ReadonlySet<string>;
}

/** The platform's records of hosts. */
export class Runners {
  readonly #runners = new Map<string, Runner>();
  readonly #sights = new WeakMap<Runner, Sight>();
  readonly #lag: Readonly<RunnerLag>;

  /** `lag` is read at each change, so that it can be moved while the platform runs. */
  constructor(lag: Readonly<RunnerLag>) {
    this.#lag = lag;
  }

  /** All records, in the order of joining. */
  list(): Runner[] {
    return [...this.#runners.values()];
  }

  /** The record, or the API's 404. */
  find(runnerId: string): Runner {
    const runner = this.tryFind(runnerId);
    if (runner === undefined)
      throw new ApiError(404, "runners.runner_not_found", `The runner [${runnerId}] could not be found`);

    return runner;
  }

  tryFind(runnerId: string): Runner | undefined {
    return this.#runners.get(runnerId);
  }

  /** Adds a connected host that runs the internal roles only. */
  add(host: Omit<Runner, "connected" | "roles" | "pendingRoles">): Runner {
    const runner: Runner = { ...host, connected: true, roles: new Set(INTERNAL_ROLES), pendingRoles: new Set() };
    this.#runners.set(runner.runnerId, runner);
    this.#sights.set(runner, {
      connectedAfterReads: this.#lag.connectedAfterReads,
      rolesAfterReads: 0,
      formerRoles: runner.roles,
    });
    return runner;
  }

  /** Replaces a runner's roles; reads show the former ones for as long as the lag says. */
  setRoles(runner: Runner, roles: Iterable<string>): void {
    const sight = this.#sights.get(runner);
    if (sight !== undefined && this.#lag.rolesAfterReads > 0) {
      sight.formerRoles = runner.roles;
      sight.rolesAfterReads = this.#lag.rolesAfterReads;
    }
    runner.roles = new Set(roles);
    runner.roles.forEach((role) => runner.pendingRoles.delete(role));
  }

  /** Removes the record of a host that is gone; a connected one is refused, as the platform would lose sight of it. */
  delete(runnerId: string): void {
    if (this.find(runnerId).connected) {
      throw new ApiError(
        400,
        "runners.runner_deletion_failed",
        `The runner [${runnerId}] is still connected and cannot be deleted`,
      );
    }
    this.#runners.delete(runnerId);
  }

  /** Reads a runner as the API does; each read brings the lagging view nearer to what is. */
  view(runner: Runner): RunnerView {
    const sight = this.#sights.get(runner);
    const connectionLags = sight !== undefined && sight.connectedAfterReads-- > 0;
    const rolesLag = sight !== undefined && sight.rolesAfterReads-- > 0;
    return {
      connected: runner.connected && !connectionLags,
      roles: [...(rolesLag ? sight.formerRoles : runner.roles)],
    };
  }
}
