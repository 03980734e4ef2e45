import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Assignment, Instance } from "../../platform";

const COORDINATOR_PORT = 12_443;
// The port of ZooKeeper, plus 10 000.
const TUNNEL_PORT = 12_191;

/**
 * What a runner keeps below `STORAGE/RUNNER_ID/services`, as far as Elastic's own tools read it.
 *
 *     runner/logs
 *     runners/containers/docker                       tells Elastic's diagnostics whose folder it is
 *     client-forwarder/managed                        the platform: its coordinators, directors and authority
 *     allocator/containers/TYPE/CLUSTER_ID/INSTANCE   the data of an instance
 *     zookeeper/data                                  on directors; it stays when the role goes
 *
 * What a file contains beyond the fields that those tools read is made up.
 */
export class RunnerFiles {
  readonly #services: string;

  /** @param folder the runner's folder, where it is on the real machine */
  constructor(folder: string) {
    this.#services = join(folder, "services");
  }

  /** Creates what is there as soon as a runner has started. */
  create(): void {
    for (const folder of ["runner/logs", "runners/containers/docker"]) this.#createFolder(folder);
  }

  /** Creates what is there once the runner has joined a platform. */
  join(isDirector: boolean): void {
    this.#createFolder("client-forwarder/managed");
    if (isDirector) this.#createFolder("zookeeper/data");
  }

  /** Writes down who the platform is, unless the folder is missing. */
  describePlatform({ coordinators, directors, authority }: Omit<Assignment, "version" | "instances">): void {
    const managed = join(this.#services, "client-forwarder/managed");
    if (!existsSync(managed)) return;

    const described = coordinators.map((host) => [host, { public_hostname: host, port: COORDINATOR_PORT }] as const);
    const state = JSON.stringify({ coordinators: Object.fromEntries(described) }, null, 2);
    replaceFile(join(managed, "ensemble-state-file.json"), `${state}\n`);
    replaceFile(join(managed, "stunnel.conf"), tunnels(directors));
    replaceFile(join(managed, "ca-file.pem"), authority);
  }

  /** Creates the folder of an instance, unless the storage is not there. */
  addInstance(instance: Instance): void {
    if (!existsSync(this.#services)) return;
    const data = join(this.#folderOf(instance), "data");
    mkdirSync(data, { recursive: true });
    writeFileSync(join(data, "node.lock"), "");
  }

  /** Removes the folder of an instance, and that of its cluster if it was the last one. */
  removeInstance(instance: Instance): void {
    const folder = this.#folderOf(instance);
    rmSync(folder, { recursive: true, force: true });
    const cluster = dirname(folder);
    if (existsSync(cluster) && readdirSync(cluster).length === 0) rmSync(cluster, { recursive: true });
  }

  #folderOf({ clusterType, clusterId, instanceName }: Instance): string {
    return join(this.#services, "allocator/containers", clusterType, clusterId, instanceName);
  }

  #createFolder(path: string): void {
    mkdirSync(join(this.#services, path), { recursive: true });
  }
}

/** Writes a file so that nobody ever reads half of it. */
function replaceFile(path: string, text: string): void {
  writeFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
}

function tunnels(directors: readonly string[]): string {
  const services = directors.map(
    (host, index) => `[zookeeper-${index}]
client = yes
accept = ${2191 + index}
connect = ${host}:${TUNNEL_PORT}
`,
  );
  return ["foreground = yes\nCAfile = /app/managed/ca-file.pem\nverifyChain = yes\n", ...services].join("\n");
}
