import { randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import type { HostPlatform, JoinRequest } from "../../platform";
import { type Runner, RUNNER_CONTAINER, runnerContainer, RunnerFiles, secretsOf } from "../ece";
import type { HostFolder, Invocation } from "../machine";
import type { Container, ContainerEngine, ContainerProgram } from "../engine";
import { type HostFaults, type InstallMoment } from "../host-faults";
import { readRolesToken, type InstallRecords } from "./install-records";

/** The label of the installer's container with the process id of the installer that started it. */
const INSTALL_LABEL = "simulator.install";

const COMMON_CONTAINERS = [
  "frc-beats-runners-beats-runner",
  "frc-client-forwarders-client-forwarder",
  "frc-services-forwarders-services-forwarder",
];
const containersByRole: Readonly<Record<string, readonly string[]>> = {
  allocator: ["frc-allocators-allocator"],
  coordinator: [
    "frc-admin-consoles-admin-console",
    "frc-blueprints-blueprint",
    "frc-cloud-uis-cloud-ui",
    "frc-constructors-constructor",
  ],
  director: ["frc-directors-director", "frc-zookeeper-servers-zookeeper"],
  proxy: ["frc-proxies-proxyv2", "frc-proxies-route-server"],
};

/** The parts of a host that an install uses. */
export interface BootstrapOptions {
  readonly containers: ContainerEngine;
  readonly platform: HostPlatform;
  readonly runner: Runner;
  /** The user that installs ECE. */
  readonly user: { readonly uid: number; readonly gid: number };
  readonly faults: HostFaults;
  readonly folder: HostFolder;
  readonly records: InstallRecords;
  /** Called with the secrets that an install puts on the host. */
  readonly plant: (secrets: readonly string[]) => void;
  /** Called in the middle of each install, when its container runs and the host has not joined. */
  readonly inInstall: () => void | Promise<void>;
}

/** Ends an install early, with the exit code of its container. */
class InstallEnd extends Error {
  override readonly name = "InstallEnd" as const;

  constructor(
    readonly exitCode: number,
    message = "",
  ) {
    super(message);
  }
}

/**
 * The program in the container `elastic-cloud-enterprise-installer`: joins the platform and starts ECE's containers.
 */
export function bootstrapProgram(options: BootstrapOptions): ContainerProgram {
  return async (container, stopped, terminal) => {
    options.records.addSettings(container.labels[INSTALL_LABEL] ?? "", container.environment);
    try {
      await new Bootstrap(options, container, stopped, terminal).run();
      return 0;
    } catch (error) {
      if (!(error instanceof InstallEnd)) throw error;
      if (error.message !== "") terminal.err(`Installation failed: ${error.message}`);
      return error.exitCode;
    }
  };
}

class Bootstrap {
  readonly #settings: Readonly<Record<string, string>>;

  readonly #options: BootstrapOptions;
  readonly #container: Container;
  readonly #stopped: AbortSignal;
  readonly #terminal: Pick<Invocation, "out" | "err">;

  constructor(
    options: BootstrapOptions,
    container: Container,
    stopped: AbortSignal,
    terminal: Pick<Invocation, "out" | "err">,
  ) {
    this.#options = options;
    this.#container = container;
    this.#stopped = stopped;
    this.#terminal = terminal;

    this.#settings = container.environment;
  }

  async run(): Promise<void> {
    const { containers, platform } = this.#options;
    const request = this.#request();
    this.#terminal.out(`Installing Elastic Cloud Enterprise ${request.version} on ${request.runnerId} (simulated)`);
    this.#terminal.out("  - host prerequisites checked");
    if (containers.tryFind(RUNNER_CONTAINER) !== undefined)
      throw new InstallEnd(1, `this host already has a container ${RUNNER_CONTAINER}; remove ECE from it first`);

    await this.#unlessStopped(Promise.resolve(this.#options.inInstall()));
    await this.#reach("before-join");
    this.#startRunner(request, false);
    await this.#reach("during-join");
    if (request.coordinatorHost === "") this.#startPlatform(request);
    else this.#join(platform, request);

    for (const name of [...COMMON_CONTAINERS, ...this.#roleContainers(request)]) this.#startContainer(name);
    this.#terminal.out(`  - containers started for: ${request.roles.join(", ") || "no role"}`);
    await this.#reach("after-join");
    this.#writeLog(request);
    this.#terminal.out("Elastic Cloud Enterprise installation completed successfully");
  }

  #request(): JoinRequest {
    const settings = this.#settings;
    const capacity = settings.CAPACITY ?? "";
    if (capacity !== "" && !(Number(capacity) >= 8192))
      throw new InstallEnd(1, `--capacity must be at least 8192: ${capacity}`);
    const memorySettings = settings.MEMORY_SETTINGS ?? "";
    if (memorySettings !== "" && !isJson(memorySettings))
      throw new InstallEnd(1, "--memory-settings is not valid JSON");
    const hostIp = settings.HOST_IP ?? "";
    return {
      coordinatorHost: settings.COORDINATOR_HOST ?? "",
      roles: (settings.RUNNER_ROLES ?? "").split(",").filter((role) => role !== ""),
      runnerId: settings.RUNNER_ID || hostIp,
      hostIp,
      availabilityZone: settings.AVAILABILITY_ZONE ?? "",
      version: settings.CLOUD_ENTERPRISE_VERSION ?? "",
      ...(settings.RUNNER_ROLES_TOKEN && { rolesToken: settings.RUNNER_ROLES_TOKEN }),
      ...(capacity !== "" && { capacityMb: Number(capacity) }),
      ...(memorySettings !== "" && { memorySettings }),
      ...(settings.ALLOCATOR_TAGS && { allocatorTags: settings.ALLOCATOR_TAGS }),
    };
  }

  #join(platform: HostPlatform, request: JoinRequest): void {
    const { runner } = this.#options;
    if (!runner.isOnline) this.#abandon(`cannot connect to the coordinator at ${request.coordinatorHost}`);

    const result = platform.join(request, runner);
    if (!result.joined) this.#abandon(`the platform refused this host: ${result.message}`);
    this.#terminal.out(`  - joined the platform at ${request.coordinatorHost} in ${request.availabilityZone}`);
    // The labels of a running container cannot change, so the runner is started again, now with its id.
    this.#removeRunner();
    this.#startRunner(request, true);
    this.#tryFindFiles(request)?.join(this.#grantedRoles(request).includes("director"));
    runner.follow(platform);
    runner.catchUp();
  }

  #startPlatform(request: JoinRequest): void {
    this.#terminal.out("  - no --coordinator-host: this host starts a platform of its own");
    const files = this.#tryFindFiles(request);
    files?.join(true);
    const addresses = { coordinators: [request.hostIp], directors: [request.hostIp] };
    files?.describePlatform({ ...addresses, authority: randomBytes(300).toString("base64") });
  }

  #startRunner(request: JoinRequest, hasJoined: boolean): void {
    const { image } = this.#container;
    const { user, containers } = this.#options;
    const isDirector = this.#grantedRoles(request).includes("director");
    const { runnerId } = request;
    const storagePath = this.#settings.HOST_STORAGE_PATH ?? "";
    const options = runnerContainer({ image, runnerId, storagePath, ...user, isDirector, hasJoined });
    this.#options.plant(secretsOf(options));
    containers.run(options);
    this.#tryFindFiles(request)?.create();
  }

  /** The runner's files; undefined if its storage is outside of what the host simulates. */
  #tryFindFiles({ runnerId }: JoinRequest): RunnerFiles | undefined {
    const folder = this.#options.folder.locate(posix.join(this.#settings.HOST_STORAGE_PATH ?? "/", runnerId));
    return folder === undefined ? undefined : new RunnerFiles(folder);
  }

  #abandon(message: string): never {
    this.#removeRunner();
    throw new InstallEnd(1, message);
  }

  #removeRunner(): void {
    const runner = this.#options.containers.tryFind(RUNNER_CONTAINER);
    if (runner !== undefined) this.#options.containers.remove(runner);
  }

  /** The containers of the roles that the token carries. Other roles get none, without an error. */
  #roleContainers(request: JoinRequest): string[] {
    return this.#grantedRoles(request).flatMap((role) => containersByRole[role] ?? []);
  }

  #grantedRoles({ roles, rolesToken }: JoinRequest): string[] {
    const granted = rolesToken === undefined ? roles : (readRolesToken(rolesToken)?.roles ?? []);
    return roles.filter((role) => granted.includes(role));
  }

  #startContainer(name: string): void {
    this.#options.containers.run({ name, image: this.#container.image });
  }

  async #reach(moment: InstallMoment): Promise<void> {
    const exitCode = await this.#unlessStopped(this.#options.faults.trigger(moment));
    if (exitCode !== undefined) throw new InstallEnd(exitCode, `exit code ${exitCode} was asked for ${moment}`);
  }

  /** Stops waiting when the container is removed. */
  async #unlessStopped<T>(work: Promise<T>): Promise<T> {
    const stop = new Promise<never>((_, reject) => {
      const end = (): void => reject(new InstallEnd(137));
      if (this.#stopped.aborted) end();
      else this.#stopped.addEventListener("abort", end, { once: true });
    });
    return Promise.race([work, stop]);
  }

  #writeLog({ runnerId, roles }: JoinRequest): void {
    const storage = this.#options.folder.locate(this.#settings.HOST_STORAGE_PATH ?? "");
    if (storage === undefined) return;
    const log = join(storage, "logs/bootstrap-logs/bootstrap.log");
    mkdirSync(dirname(log), { recursive: true });
    writeFileSync(
      log,
      `Runner ${runnerId} with roles [${roles.join(", ")}]\n[no.found.util.LogApplicationExit$] Application is exiting {}\n`,
    );
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
