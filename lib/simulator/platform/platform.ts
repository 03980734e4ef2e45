import { randomBytes, randomUUID } from "node:crypto";
import type { Instance, InstanceOptions } from "./allocator";
import { Allocators } from "./allocators";
import { SimulatedClock } from "./clock";
import { Clusters } from "./clusters";
import { Ensemble, type EnsembleLag } from "./ensemble";
import type { ListLag } from "./lagging-list";
import { Moves, type MovePlan, type MoveRequest } from "./moves";
import { ApiError } from "./api-error";
import { RolesTokens } from "./roles-tokens";
import { ALL_ROLES, type Runner, type RunnerLag, Runners, USER_ROLES } from "./runners";
import { describeState, type SimulatorState } from "./state";

/** What an installer sends to the platform so that its host joins. */
export interface JoinRequest {
  readonly coordinatorHost: string;
  readonly rolesToken?: string;
  /** The roles given with `--roles`. */
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

/** Whether the host joined. A host that got only some of its requested roles has joined, too. */
export type JoinResult = { joined: true } | { joined: false; message: string };

/** What the platform does with a delay, and which of its lists are not complete. */
export interface Behaviour extends RunnerLag, EnsembleLag, ListLag<"tokens"> {
  /** How long a move of instances takes by the platform's clock. @default 0 */
  moveSeconds: number;
  /** How many calls are refused, with 401 and 502 in turns, once the deployment of the platform's users begins to move. @default 0 */
  loginRefusals: number;
}

/** The ids of the system deployment that holds the platform's users; ECE makes them at random. */
export interface SecurityDeployment {
  readonly clusterId: string;
  readonly deploymentId: string;
}

/** Settings of a platform. */
export interface PlatformOptions {
  /** The version that hosts must install to join. @default "4.0.3" */
  readonly version?: string;
  /** Id and address of the host on which the platform was installed first. @default "192.168.44.10" */
  readonly firstHost?: string;
  /** @default - no delays */
  readonly behaviour?: Partial<Behaviour>;
}

/** What the platform tells a host's runner: what to run, and who else there is. */
export interface Assignment {
  readonly version: string;
  /** PEM of the platform's internal authority. */
  readonly authority: string;
  /** The public host names of the hosts with the coordinator role. */
  readonly coordinators: readonly string[];
  /** The addresses of the ensemble's members. */
  readonly directors: readonly string[];
  /** What the platform has placed on the host. */
  readonly instances: readonly Instance[];
}

/** The part of the platform that a host knows. */
export type HostPlatform = Pick<
  Platform,
  "join" | "disconnect" | "reconnect" | "assignment" | "observe" | "monitorServers"
>;

/** Region of every resource; ECE has just this one. */
export const REGION = "ece-region";

const FIRST_HOST = "192.168.44.10";

const DEFAULT_CAPACITY_MB = 26_000;

/**
 * The state of an ECE platform and the rules by which it changes.
 *
 * It starts as ECE is after the installation of the first host: that host has every role and runs the system
 * deployments, and there are the installer's three tokens. Where Elastic publishes no rule, the one here is lenient,
 * and a comment says so.
 */
export class Platform {
  #version: string;
  readonly behaviour: Behaviour = {
    moveSeconds: 0,
    loginRefusals: 0,
    connectedAfterReads: 0,
    rolesAfterReads: 0,
    rolesNeedBlessing: false,
    runnersListedAfterReads: 0,
    runnersUnlistedAfterReads: 0,
    tokensListedAfterReads: 0,
    tokensUnlistedAfterReads: 0,
    refusalsAfterDisconnect: 0,
    votingAfterReads: 0,
    syncedAfterReads: 0,
    refusalsAfterRoleLoss: 0,
    unlisted: [],
  };
  readonly clock = new SimulatedClock();
  /** The hosts on which an upgrade of ECE is at work. */
  upgraders: readonly string[] = [];
  readonly tokens = new RolesTokens(this.clock, this.behaviour);
  readonly runners: Runners;
  readonly clusters = new Clusters(this.clock);
  readonly allocators: Allocators;
  readonly ensemble: Ensemble;
  readonly moves: Moves;
  /** The deployment of the platform's users, which tells one platform from another; undefined where it is missing. */
  securityDeployment: SecurityDeployment | undefined = {
    clusterId: randomUUID().replaceAll("-", ""),
    deploymentId: randomUUID().replaceAll("-", ""),
  };

  /** The domain of the URLs of deployments; undefined where none is set. ECE names it after its first host. */
  deploymentDomain: string | undefined;

  /** PEM of the platform's internal authority, a random text in that form. Every host of the platform has a copy. */
  readonly authority = pemOf(randomBytes(400));
  #refusedLogins = 0;
  readonly #observers = new Set<() => void>();
  /** The machines whose running runner has this id. */
  readonly #machines = new Map<string, Set<object>>();

  constructor(options: PlatformOptions = {}) {
    this.#version = options.version ?? "4.0.3";
    this.runners = new Runners(this.behaviour);
    this.allocators = new Allocators(this.runners, this.clusters, this.clock, () => this.#changed());
    this.ensemble = new Ensemble(this.runners, this.behaviour, () => this.#changed());
    this.moves = new Moves(this.allocators, this.clusters);
    const firstHost = options.firstHost ?? FIRST_HOST;
    this.deploymentDomain = `${firstHost}.ip.es.io`;
    this.#installFirstHost(firstHost);
    Object.assign(this.behaviour, options.behaviour);
  }

  /**
   * Adds a host to the platform, or returns the reason why not.
   *
   * The host gets the requested roles that its token carries. The others stay pending, and the join succeeds without an
   * error, as Elastic documents. A host that requests no roles gets none. `machine` is what {@link disconnect} knows the
   * host's machine by.
   */
  join(request: JoinRequest, machine?: object): JoinResult {
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
    const requested = request.roles.filter((role) => USER_ROLES.includes(role));
    requested.filter((role) => !verdict.roles.includes(role)).forEach((role) => runner.pendingRoles.add(role));
    const granted = requested.filter((role) => verdict.roles.includes(role));
    this.#assign(runner, [...runner.roles, ...granted], {
      capacityMb: request.capacityMb ?? DEFAULT_CAPACITY_MB,
      allocatorTags: request.allocatorTags,
    });
    if (machine !== undefined) this.#machinesOf(runnerId).add(machine);
    return { joined: true };
  }

  /**
   * Marks a host as disconnected. Does nothing if it has no record. Where a machine is named, the host stays connected
   * as long as a runner with its id runs on another one.
   */
  disconnect(runnerId: string, machine?: object): void {
    const machines = this.#machinesOf(runnerId);
    if (machine !== undefined) machines.delete(machine);
    if (machine === undefined || machines.size === 0) this.#setConnected(runnerId, false);
  }

  /** Marks a host as connected. Does nothing if its record was deleted meanwhile. */
  reconnect(runnerId: string, machine?: object): void {
    if (machine !== undefined) this.#machinesOf(runnerId).add(machine);
    this.#setConnected(runnerId, true);
  }

  /** The version of ECE, which a host must have to join. */
  get version(): string {
    return this.#version;
  }

  /** Upgrades ECE in place: the platform and its hosts, apart from those that stay behind; upgraders may still be at work. */
  upgrade(
    version: string,
    {
      except = [],
      upgraders = [],
    }: { readonly except?: readonly string[]; readonly upgraders?: readonly string[] } = {},
  ): void {
    this.#version = version;
    this.upgraders = upgraders;
    for (const runner of this.runners.list()) if (!except.includes(runner.runnerId)) runner.version = version;
    this.#changed();
  }

  /** What a runner is told; undefined if the platform has no record of it. */
  assignment(runnerId: string): Assignment | undefined {
    const runner = this.runners.tryFind(runnerId);
    if (runner === undefined) return undefined;

    const allocator = this.allocators.list().find(({ allocatorId }) => allocatorId === runnerId);
    return {
      version: runner.version,
      authority: this.authority,
      coordinators: this.runners.list().flatMap(({ roles, hostIp }) => (roles.has("coordinator") ? [hostIp] : [])),
      directors: this.ensemble.list().map(({ publicHostname }) => publicHostname),
      instances: allocator?.instances ?? [],
    };
  }

  /** What the ZooKeeper servers answer to `mntr` through the tunnels of a host; nothing where it has none. */
  monitorServers(runnerId: string): readonly (string | undefined)[] {
    return this.runners.tryFind(runnerId) === undefined ? [] : this.ensemble.monitor();
  }

  /** Calls a function after each change of what runners are told. Returns a function that ends this. */
  observe(observer: () => void): () => void {
    this.#observers.add(observer);
    return () => this.#observers.delete(observer);
  }

  /**
   * Replaces all roles of a runner and approves them. Internal roles that are not listed are removed, too.
   *
   * ECE's description does not say what happens without `bless`, and to an allocator's instances. Here roles are
   * approved, or held as pending where {@link RunnerLag.rolesNeedBlessing} says so, and instances stay on an allocator that
   * loses its role.
   */
  setRoles(runnerId: string, roles: readonly string[]): Runner {
    const runner = this.runners.find(runnerId);
    const unknown = roles.filter((role) => !ALL_ROLES.includes(role));
    if (unknown.length > 0)
      throw new ApiError(400, "runners.runner_set_roles_failed", `Unknown roles [${unknown.join(", ")}]`, ["roles"]);

    const held = this.behaviour.rolesNeedBlessing ? roles.filter((role) => !runner.roles.has(role)) : [];
    this.#assign(
      runner,
      roles.filter((role) => !held.includes(role)),
    );
    for (const role of held) runner.pendingRoles.add(role);
    return runner;
  }

  /** Adds or removes one role of a runner. */
  bless(runnerId: string, role: string, isBlessed: boolean): void {
    const runner = this.runners.find(runnerId);
    const others = [...runner.roles].filter((other) => other !== role);
    this.#assign(runner, isBlessed ? [...others, role] : others);
  }

  /** Puts instances on an allocator: as many as given, of the default size, or those described. */
  placeInstances(allocatorId: string, instances: number | readonly InstanceOptions[]): Instance[] {
    const described = typeof instances === "number" ? Array.from({ length: instances }, () => ({})) : instances;
    return this.allocators.place(this.allocators.find(allocatorId), described);
  }

  /** Moves instances off an allocator, or only returns the plan. */
  moveInstances(allocatorId: string, request: MoveRequest, validateOnly: boolean): MovePlan {
    const from = this.allocators.find(allocatorId);
    const plan = this.moves.plan(from, request);
    if (validateOnly) return plan;

    this.moves.start(from, plan, request, this.behaviour.moveSeconds);
    const users = this.securityDeployment?.clusterId;
    if (plan.moves.some(({ clusterId }) => clusterId === users)) this.#refusedLogins = this.behaviour.loginRefusals;
    return plan;
  }

  /** Throws while the deployment of the platform's users moves and cannot tell who calls. */
  requireLogin(): void {
    if (this.#refusedLogins === 0) return;

    this.#refusedLogins -= 1;
    if (this.#refusedLogins % 2 === 0)
      throw new ApiError(401, "root.unauthenticated", "The supplied authentication is invalid");

    throw new ApiError(502, "authc.authentication_cluster_error", "The authentication cluster did not answer");
  }

  /** A copy of the state, for tests. It contains no token, only their ids. */
  state(): SimulatorState {
    this.moves.completeDue();
    return describeState(this);
  }

  #installFirstHost(address: string): void {
    const runner = this.runners.add({
      runnerId: address,
      hostIp: address,
      availabilityZone: "ece-zone-1",
      version: this.version,
    });
    this.#assign(runner, ALL_ROLES, { capacityMb: 65_536 });
    this.placeInstances(address, [
      { clusterName: "admin-console-elasticsearch" },
      { clusterName: "logging-and-metrics" },
      { clusterName: "security", ...this.securityDeployment },
    ]);
    for (const roles of [[], USER_ROLES.filter((role) => role !== "allocator"), ["allocator"]])
      this.tokens.mint({ persistent: true, roles });
  }

  #assign(runner: Runner, roles: readonly string[], host: { capacityMb?: number; allocatorTags?: string } = {}): void {
    if (runner.roles.has("director") && !roles.includes("director")) this.ensemble.roleTaken(runner.runnerId);
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
    if (runner.roles.has("director")) this.ensemble.addMember(runner);
    this.#changed();
  }

  #changed(): void {
    for (const observer of this.#observers) observer();
  }

  #machinesOf(runnerId: string): Set<object> {
    const machines = this.#machines.get(runnerId) ?? new Set();
    this.#machines.set(runnerId, machines);
    return machines;
  }

  #setConnected(runnerId: string, connected: boolean): void {
    const runner = this.runners.tryFind(runnerId);
    if (runner !== undefined) this.runners.setConnected(runner, connected);
    this.ensemble.note();
  }

  #answersAt(host: string): boolean {
    const coordinators = this.runners.list().filter((runner) => runner.connected && runner.roles.has("coordinator"));
    // The simulated coordinator itself listens on loopback, so a host in a test may use these addresses.
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

function pemOf(bytes: Buffer): string {
  const lines = bytes.toString("base64").match(/.{1,64}/g) ?? [];
  return `${["-----BEGIN CERTIFICATE-----", ...lines, "-----END CERTIFICATE-----"].join("\n")}\n`;
}

function parseInstallerTags(text: string): { key: string; value: string }[] {
  return text
    .split(",")
    .filter((tag) => tag.includes(":"))
    .map((tag) => ({ key: tag.slice(0, tag.indexOf(":")), value: tag.slice(tag.indexOf(":") + 1) }));
}
