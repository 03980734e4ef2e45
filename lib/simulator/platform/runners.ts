import { ApiError } from "./api-error";
import { LaggingList, type ListLag } from "./lagging-list";

/** The roles that users give to hosts and tokens. */
export const USER_ROLES: readonly string[] = ["allocator", "coordinator", "director", "proxy"];

/** The roles that every host gets from the platform. It loses them only when its roles are replaced without them. */
export const INTERNAL_ROLES: readonly string[] = ["beats-runner", "services-forwarder"];

/** Every role that the platform knows. */
export const ALL_ROLES: readonly string[] = [...USER_ROLES, ...INTERNAL_ROLES];

/** A host as the platform knows it. */
export interface Runner {
  readonly runnerId: string;
  readonly hostIp: string;
  /** The zone given when the host joined; the platform never changes it. */
  readonly availabilityZone: string;
  version: string;
  readonly memorySettings?: string;
  connected: boolean;
  roles: ReadonlySet<string>;
  /** Requested roles that were not approved, because the token did not carry them. */
  readonly pendingRoles: Set<string>;
}

/** How late changes of a host show in the API. */
export interface RunnerLag extends ListLag<"runners"> {
  /** Number of reads that still show a host as disconnected after it joined. @default 0 */
  connectedAfterReads: number;
  /** Number of reads that still show a host's former roles after they changed. @default 0 */
  rolesAfterReads: number;
  /** Whether roles that a call gives to a host are held as pending until they are blessed. @default false */
  rolesNeedBlessing: boolean;
  /**
   * Number of attempts to delete a runner or an allocator that are refused as if its host were still connected, after it
   * disconnected. @default 0
   */
  refusalsAfterDisconnect: number;
}

/** What a read of a runner shows. It may lag behind the record. */
export interface RunnerView {
  readonly connected: boolean;
  readonly roles: readonly string[];
}

interface ReadLag {
  connectedAfterReads: number;
  rolesAfterReads: number;
  formerRoles: ReadonlySet<string>;
}

/** The platform's records of hosts. */
export class Runners {
  readonly #runners = new Map<string, Runner>();
  readonly #readLags = new WeakMap<Runner, ReadLag>();
  readonly #lag: Readonly<RunnerLag>;
  readonly #refusals = new WeakMap<Runner, number>();
  readonly #listing: LaggingList<Runner>;

  /** `lag` is read at each change, so that it can be adjusted while the platform runs. */
  constructor(lag: Readonly<RunnerLag>) {
    this.#lag = lag;
    this.#listing = new LaggingList(
      () => ({ addedAfterReads: lag.runnersListedAfterReads, removedAfterReads: lag.runnersUnlistedAfterReads }),
      ({ runnerId }) => lag.unlisted.includes(runnerId),
    );
  }

  /** The runners as the API lists them: it may lag, and lack some. */
  listing(): Runner[] {
    return this.#listing.read(this.list());
  }

  /** Marks a host as connected or not. */
  setConnected(runner: Runner, connected: boolean): void {
    if (runner.connected && !connected) this.#refusals.set(runner, this.#lag.refusalsAfterDisconnect);
    runner.connected = connected;
  }

  /** Whether a deletion is to be refused because the host is connected, or was until lately. */
  refusesDeletion(runner: Runner): boolean {
    const refusals = this.#refusals.get(runner) ?? 0;
    this.#refusals.set(runner, refusals - 1);
    return runner.connected || refusals > 0;
  }

  /** All records, in the order of joining. */
  list(): Runner[] {
    return [...this.#runners.values()];
  }

  /** Returns the record, or throws the API's 404. */
  find(runnerId: string): Runner {
    const runner = this.tryFind(runnerId);
    if (runner === undefined)
      throw new ApiError(404, "runners.runner_not_found", `The runner [${runnerId}] could not be found`);

    return runner;
  }

  tryFind(runnerId: string): Runner | undefined {
    return this.#runners.get(runnerId);
  }

  /** Adds a connected host with the internal roles only. */
  add(host: Omit<Runner, "connected" | "roles" | "pendingRoles">): Runner {
    const runner: Runner = { ...host, connected: true, roles: new Set(INTERNAL_ROLES), pendingRoles: new Set() };
    this.#listing.added(runner);
    this.#runners.set(runner.runnerId, runner);
    this.#readLags.set(runner, {
      connectedAfterReads: this.#lag.connectedAfterReads,
      rolesAfterReads: 0,
      formerRoles: runner.roles,
    });
    return runner;
  }

  /** Replaces a runner's roles. The next reads may still show the former ones, see {@link RunnerLag}. */
  setRoles(runner: Runner, roles: Iterable<string>): void {
    const readLag = this.#readLags.get(runner);
    if (readLag !== undefined && this.#lag.rolesAfterReads > 0) {
      readLag.formerRoles = runner.roles;
      readLag.rolesAfterReads = this.#lag.rolesAfterReads;
    }
    runner.roles = new Set(roles);
    runner.roles.forEach((role) => runner.pendingRoles.delete(role));
  }

  /** Removes the record of a disconnected host. Throws for a connected one. */
  delete(runnerId: string): void {
    const runner = this.find(runnerId);
    if (this.refusesDeletion(runner)) {
      throw new ApiError(
        400,
        "runners.runner_deletion_failed",
        `The runner [${runnerId}] is still connected and cannot be deleted`,
      );
    }
    this.#listing.removed(runner);
    this.#runners.delete(runnerId);
  }

  /** Reads a runner as the API does. Each read uses up one of the reads that lag. */
  view(runner: Runner): RunnerView {
    const readLag = this.#readLags.get(runner);
    const connectionLags = readLag !== undefined && readLag.connectedAfterReads-- > 0;
    const rolesLag = readLag !== undefined && readLag.rolesAfterReads-- > 0;
    return {
      connected: runner.connected && !connectionLags,
      roles: [...(rolesLag ? readLag.formerRoles : runner.roles)],
    };
  }
}
