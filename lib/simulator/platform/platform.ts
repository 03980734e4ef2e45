import { randomUUID } from "node:crypto";
import { Allocators, type Instance, type InstanceOptions } from "./allocators";
import { SimulatedClock } from "./clock";
import { Ensemble } from "./ensemble";
import { Moves, type MovePlan, type MoveRequest } from "./moves";
import { ApiError } from "./api-error";
import { RolesTokens } from "./roles-tokens";
import { ALL_ROLES, type Runner, type RunnerLag, Runners, USER_ROLES } from "./runners";
import { describeState, type SimulatorState } from "./state";

/** What an installer tells the platform when its host wants to join. */
export interface JoinRequest {
  readonly coordinatorHost: string;
  readonly rolesToken?: string;
  /** What was asked for with `--roles`. */
  readonly roles: readonly string[];
  readonly runnerId: string;
  readonly hostIp: string;
  readonly availabilityZone: string;
  readonly version: string;
  /** @default 26000 */
  readonly capacityMb?: number;
  /** Compact JSON, as given with `--memory-settings`. */
  readonly memorySettings?: string;
  /** `key:value,key:value`, as given with `--allocator-tags`. */
  readonly allocatorTags?: string;
}

/** Whether the host joined. A host that was given fewer roles than it asked for has joined all the same. */
export type JoinResult = { joined: true } | { joined: false; message: string };

/** What tests may slow down. */
export interface Behaviour extends RunnerLag {
  /** How long instances are under way by the platform's clock. @default 0 */
  moveSeconds: number;
}

/** The ids of the system deployment that holds the platform's users; ECE makes them at random. */
export interface SecurityDeployment {
  readonly clusterId: string;
  readonly deploymentId: string;
}

/** What the platform starts with. */
export interface PlatformOptions {
  /** What hosts must install to join. @default "4.0.3" */
  readonly version?: string;
  /** @default - everything at once */
  readonly behaviour?: Partial<Behaviour>;
}

/** The part of the platform that a host knows. */
export type HostPlatform = Pick<Platform, "join" | "disconnect" | "reconnect">;

/** Region of every resource; ECE has just this one. */
export const REGION = "ece-region";

/** The host on which this platform was installed first. */
export const FIRST_HOST = "192.168.44.10";

const DEFAULT_CAPACITY_MB = 26_000;

/**
 * The state of an ECE platform and the rules by which it changes; knows no HTTP.
 *
 * It begins as after the first host's installation: that host has every role and runs the system deployments, and
 * there are the installer's three tokens. Where the public facts say nothing the rules are lenient, and say so.
 */
export class Platform {
  readonly version: string;
  readonly behaviour: Behaviour;
  readonly clock = new SimulatedClock();
  readonly tokens = new RolesTokens(this.clock);
  readonly runners: Runners;
  readonly allocators: Allocators;
  readonly ensemble: Ensemble;
  readonly moves: Moves;
  /** The deployment of the platform's users, which tells one platform from another; undefined where it is missing. */
  securityDeployment: SecurityDeployment | undefined = {
    clusterId: randomUUID().replaceAll("-", ""),
    deploymentId: randomUUID().replaceAll("-", ""),
  };

  constructor(options: PlatformOptions = {}) {
    this.version = options.version ?? "4.0.3";
    this.behaviour = { moveSeconds: 0, connectedAfterReads: 0, rolesAfterReads: 0 };
    this.runners = new Runners(this.behaviour);
    this.allocators = new Allocators(this.runners, this.clock);
    this.ensemble = new Ensemble(this.runners);
    this.moves = new Moves(this.allocators, this.clock);
    this.#installFirstHost();
    Object.assign(this.behaviour, options.behaviour);
  }

  /**
   * Lets a host in, or says why not.
   *
   * The host gets the roles that it asks for and its token carries. The others stay pending while the join succeeds:
   * the silent failure that Elastic documents. Asking for none gives none.
   */
  join(request: JoinRequest): JoinResult {
    if (!this.#answersAt(request.coordinatorHost))
      return rejected(`no coordinator answers at ${request.coordinatorHost}`);

    if (request.version !== this.version)
      return rejected(`version ${request.version} cannot join a platform of version ${this.version}`);

    if (request.rolesToken === undefined || request.rolesToken === "")
      return rejected("the host was rejected because it presented no roles token");

    const verdict = this.tokens.verify(request.rolesToken);
    if (!verdict.accepted) return rejected(verdict.message);

    const known = this.runners.tryFind(request.runnerId);
    if (known !== undefined) {
      return rejected(
        `runner ${request.runnerId} is already known to the platform and ${known.connected ? "connected" : "disconnected"}; ` +
          "delete the host from the platform or choose another runner id",
      );
    }
    const { runnerId, hostIp, availabilityZone, version, memorySettings } = request;
    const runner = this.runners.add({ runnerId, hostIp, availabilityZone, version, memorySettings });
    const asked = request.roles.filter((role) => USER_ROLES.includes(role));
    asked.filter((role) => !verdict.roles.includes(role)).forEach((role) => runner.pendingRoles.add(role));
    const granted = asked.filter((role) => verdict.roles.includes(role));
    this.#assign(runner, [...runner.roles, ...granted], {
      capacityMb: request.capacityMb ?? DEFAULT_CAPACITY_MB,
      allocatorTags: request.allocatorTags,
    });
    return { joined: true };
  }

  /** A host went away or was wiped. Nothing happens if the platform has forgotten it already. */
  disconnect(runnerId: string): void {
    this.#setConnected(runnerId, false);
  }

  /** A host came back. One whose record was deleted meanwhile stays out. */
  reconnect(runnerId: string): void {
    this.#setConnected(runnerId, true);
  }

  /**
   * Replaces a runner's roles as a whole and approves them; internal roles that are not listed go, too.
   *
   * ECE's description leaves open what happens without `bless` and to an allocator's instances; here roles are approved
   * either way, and instances stay behind on an allocator that no longer answers.
   */
  setRoles(runnerId: string, roles: readonly string[]): Runner {
    const runner = this.runners.find(runnerId);
    const unknown = roles.filter((role) => !ALL_ROLES.includes(role));
    if (unknown.length > 0)
      throw new ApiError(400, "runners.runner_set_roles_failed", `Unknown roles [${unknown.join(", ")}]`, ["roles"]);

    this.#assign(runner, roles);
    return runner;
  }

  /** Approves or withdraws one role of a runner. */
  bless(runnerId: string, role: string, isBlessed: boolean): void {
    const runner = this.runners.find(runnerId);
    const others = [...runner.roles].filter((other) => other !== role);
    this.#assign(runner, isBlessed ? [...others, role] : others);
  }

  /** Puts instances on an allocator: a number of small ones, or the ones described. */
  placeInstances(allocatorId: string, instances: number | readonly InstanceOptions[]): Instance[] {
    const described = typeof instances === "number" ? Array.from({ length: instances }, () => ({})) : instances;
    return this.allocators.place(this.allocators.find(allocatorId), described);
  }

  /** Moves instances off an allocator, or only says what would move. */
  moveInstances(allocatorId: string, request: MoveRequest, validateOnly: boolean): MovePlan {
    const from = this.allocators.find(allocatorId);
    const plan = this.moves.plan(from, request);
    if (!validateOnly) this.moves.start(from, plan, this.behaviour.moveSeconds);

    return plan;
  }

  /** A copy of the state, for tests. It contains no token, only their ids. */
  state(): SimulatorState {
    this.moves.settle();
    return describeState(this);
  }

  #installFirstHost(): void {
    const runner = this.runners.add({
      runnerId: FIRST_HOST,
      hostIp: FIRST_HOST,
      availabilityZone: "ece-zone-1",
      version: this.version,
    });
    this.#assign(runner, ALL_ROLES, { capacityMb: 65_536 });
    this.placeInstances(
      FIRST_HOST,
      ["admin-console-elasticsearch", "logging-and-metrics", "security"].map((clusterName) => ({ clusterName })),
    );
    for (const roles of [[], USER_ROLES.filter((role) => role !== "allocator"), ["allocator"]])
      this.tokens.mint({ persistent: true, roles });
  }

  #assign(runner: Runner, roles: readonly string[], host: { capacityMb?: number; allocatorTags?: string } = {}): void {
    this.runners.setRoles(runner, roles);
    if (runner.roles.has("allocator")) {
      this.allocators.ensure({
        allocatorId: runner.runnerId,
        hostIp: runner.hostIp,
        availabilityZone: runner.availabilityZone,
        installedCapacityMb: host.capacityMb ?? DEFAULT_CAPACITY_MB,
        tags: parseInstallerTags(host.allocatorTags ?? ""),
      });
    }
    if (runner.roles.has("director")) this.ensemble.seat(runner);
  }

  #setConnected(runnerId: string, connected: boolean): void {
    const runner = this.runners.tryFind(runnerId);
    if (runner !== undefined) runner.connected = connected;
  }

  #answersAt(host: string): boolean {
    const coordinators = this.runners.list().filter((runner) => runner.connected && runner.roles.has("coordinator"));
    // The simulated coordinator itself listens on loopback, so this is where a host in a test may look for it.
    const names = [
      "127.0.0.1",
      "::1",
      "localhost",
      ...coordinators.flatMap(({ runnerId, hostIp }) => [runnerId, hostIp]),
    ];
    return names.includes(host);
  }
}

function rejected(message: string): JoinResult {
  return { joined: false, message };
}

function parseInstallerTags(text: string): { key: string; value: string }[] {
  return text
    .split(",")
    .filter((tag) => tag.includes(":"))
    .map((tag) => ({ key: tag.slice(0, tag.indexOf(":")), value: tag.slice(tag.indexOf(":") + 1) }));
}
