import { randomBytes } from "node:crypto";
import { posix } from "node:path";
import type { Assignment, HostPlatform, Instance } from "../../platform";
import type { Container, ContainerEngine, ContainerOptions } from "../engine";
import type { HostFolder } from "../machine";
import { RunnerFiles } from "./runner-files";

export const RUNNER_CONTAINER = "frc-runners-runner";
/** The label of ECE's runner container with the runner id; absent if the runner has not joined the platform. */
const RUNNER_ID_LABEL = "simulator.runner-id";
/** The variables of the runner's environment that nobody but ECE may read. */
const SECRET_VARIABLES = ["FOUND_RUNNERS_SHARED_ZK", "FOUND_ZK_READWRITE"];

/** Where a host reaches the first of the ZooKeeper servers. */
const FIRST_TUNNEL = 2191;

const ECE_IMAGE = /\/elastic-cloud-enterprise:[^/]+$/;
// Any version of the Elastic Stack: instances of a deployment have one of their own.
const STACK_VERSION = "8.19.4";

/** The runner's container, as ECE starts it. */
export function runnerContainer(runner: {
  readonly image: string;
  readonly runnerId: string;
  readonly storagePath: string;
  readonly uid: number;
  readonly gid: number;
  readonly isDirector: boolean;
  readonly hasJoined: boolean;
}): ContainerOptions {
  const { image, runnerId, storagePath, uid, gid } = runner;
  return {
    name: RUNNER_CONTAINER,
    image,
    environment: {
      RUNNER_ID: runnerId,
      HOST_STORAGE_PATH: storagePath,
      ELASTIC_UID: String(uid),
      ELASTIC_GID: String(gid),
      FOUND_RUNNERS_SHARED_ZK: randomBytes(24).toString("hex"),
      ...(runner.isDirector && { FOUND_ZK_READWRITE: randomBytes(24).toString("hex") }),
    },
    mounts: [
      { source: posix.join(storagePath, runnerId, "services/runner/logs"), destination: "/app/logs" },
      { source: "/var/run/docker.sock", destination: "/run/docker.sock" },
    ],
    labels: runner.hasJoined ? { [RUNNER_ID_LABEL]: runnerId } : {},
  };
}

/** The secrets in the environment of a container. */
export function secretsOf({ environment = {} }: ContainerOptions): string[] {
  return SECRET_VARIABLES.flatMap((name) => environment[name] ?? []);
}

/**
 * The runner of a host, if ECE is installed there: while its container runs and the host is on the network, it is
 * connected to its platform, runs the instances that the platform places on it, and keeps its files up to date.
 *
 * Like its model it leaves everything as it is while it is stopped, cut off, or unknown to the platform.
 */
export class Runner {
  readonly #containers: ContainerEngine;
  readonly #folder: HostFolder;
  #platform: HostPlatform;
  #isOnline = true;
  /** What it has started, by container name. A container that somebody removed is not started again. */
  readonly #instances = new Map<string, Instance>();
  /** The container to which {@link #instances} belong. */
  #container?: string;
  #stopObserving?: () => void;

  constructor(containers: ContainerEngine, folder: HostFolder, platform: HostPlatform) {
    this.#containers = containers;
    this.#folder = folder;
    this.#platform = platform;
  }

  get platform(): HostPlatform {
    return this.#platform;
  }

  get isOnline(): boolean {
    return this.#isOnline;
  }

  /** Takes the instructions of this platform from now on. */
  follow(platform: HostPlatform): void {
    this.#platform = platform;
    this.#stopObserving?.();
    this.#stopObserving = platform.observe(() => this.catchUp());
  }

  /** Forgets its platform; nothing that the platform does reaches the host any more. */
  stop(): void {
    this.#stopObserving?.();
    this.#stopObserving = undefined;
  }

  /** Takes the host off the network, or puts it back. */
  setOnline(isOnline: boolean): void {
    this.#isOnline = isOnline;
    const runnerId = this.#tryFindRunning()?.labels[RUNNER_ID_LABEL];
    if (runnerId !== undefined) this.#tell(runnerId, isOnline);
  }

  /** Tells the platform if it was the runner's container that was stopped, started or removed. */
  containerChanged(container: Container): void {
    const runnerId = container.labels[RUNNER_ID_LABEL];
    if (runnerId !== undefined && this.#isOnline) this.#tell(runnerId, container.isRunning);
  }

  /** The runner's container, running or not, whatever its name; undefined if it has not joined a platform. */
  tryFindContainer(): Container | undefined {
    return this.#containers.containers.find(({ labels }) => labels[RUNNER_ID_LABEL] !== undefined);
  }

  /** Tells the platform that a runner with this id runs here, for a container that came without a start. */
  connect(): void {
    this.setOnline(this.#isOnline);
  }

  /**
   * What a ZooKeeper server answers to `mntr` at a port of this host, which is a tunnel to it; undefined where nothing
   * listens.
   */
  tryMonitor(port: number): string | undefined {
    const runnerId = this.#isOnline ? this.#tryFindRunning()?.labels[RUNNER_ID_LABEL] : undefined;
    return runnerId === undefined ? undefined : this.#platform.monitorServers(runnerId)[port - FIRST_TUNNEL];
  }

  /** Does what the platform has asked for since the last time. */
  catchUp(): void {
    const container = this.#tryFindRunning();
    const runnerId = container?.labels[RUNNER_ID_LABEL];
    const assignment = runnerId === undefined || !this.#isOnline ? undefined : this.#platform.assignment(runnerId);
    if (container === undefined || runnerId === undefined || assignment === undefined) return;

    const files = this.#tryFindFiles(container, runnerId);
    files?.describePlatform(assignment);
    this.#upgrade(assignment.version);
    this.#syncInstances(container, assignment, files);
  }

  #tell(runnerId: string, isConnected: boolean): void {
    if (!isConnected) {
      this.#platform.disconnect(runnerId, this);
    } else {
      this.#platform.reconnect(runnerId, this);
      this.catchUp();
    }
  }

  #tryFindRunning(): Container | undefined {
    const container = this.tryFindContainer();
    return container?.isRunning === true ? container : undefined;
  }

  #tryFindFiles(container: Container, runnerId: string): RunnerFiles | undefined {
    const folder = this.#folder.locate(posix.join(container.environment.HOST_STORAGE_PATH ?? "/", runnerId));
    return folder === undefined ? undefined : new RunnerFiles(folder);
  }

  #upgrade(version: string): void {
    for (const container of this.#containers.containers) {
      const image = container.image.replace(/[^:]+$/, version);
      if (ECE_IMAGE.test(container.image) && container.image !== image) this.#containers.replaceImage(container, image);
    }
  }

  #syncInstances(runner: Container, { instances }: Assignment, files: RunnerFiles | undefined): void {
    if (this.#container !== runner.id) {
      this.#container = runner.id;
      this.#instances.clear();
    }
    const wanted = new Map(instances.map((instance) => [containerName(instance), instance]));
    for (const [name, instance] of [...this.#instances]) {
      if (wanted.has(name)) continue;
      this.#instances.delete(name);
      const container = this.#containers.tryFind(name);
      if (container !== undefined) this.#containers.remove(container);
      files?.removeInstance(instance);
    }
    for (const [name, instance] of wanted) {
      if (this.#instances.has(name)) continue;
      this.#instances.set(name, instance);
      if (this.#containers.tryFind(name) === undefined) this.#containers.run(instanceContainer(name, instance));
      files?.addInstance(instance);
    }
  }
}

/** `fac-CLUSTER_ID-instance-NODE_ID` */
function containerName({ clusterId, instanceName }: Instance): string {
  return `fac-${clusterId}-${instanceName}`;
}

function instanceContainer(name: string, { clusterType }: Instance): ContainerOptions {
  return { name, image: `docker.elastic.co/cloud-assets/${clusterType}:${STACK_VERSION}-0` };
}
