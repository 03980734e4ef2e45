import { describeAddress, MachineError } from "./access";
import { TIMED_OUT, type CommandResult, type MachineSession } from "./session";

/** The container of ECE's runner; Elastic gives it this name everywhere. */
export const RUNNER_CONTAINER = "frc-runners-runner";

/** Where ECE is on a machine, and what runs it. */
export interface Installation {
  readonly storagePath: string;
  readonly containerEngine: string;
}

/** A container, as far as it tells whose it is. */
export interface ContainerFacts {
  readonly name: string;
  readonly image: string;
  readonly isRunning: boolean;
}

/** What a machine says of itself. Nothing of it is secret: only named values are asked for. */
export interface MachineFacts {
  /** Undefined where the engine answers; else what it said. */
  readonly engineError: string | undefined;
  /** ECE's own containers: by name, and by an image of Elastic's. */
  readonly containers: readonly ContainerFacts[];
  /** ECE's containers in another engine than the configured one. */
  readonly otherEngine: readonly string[];
  /** The runner ids that container, mount and folder tell; more than one is no good sign. */
  readonly runnerIds: readonly string[];
  readonly isRunnerRunning: boolean;
  /** The tag of the runner's image. */
  readonly version: string | undefined;
  /** What the machine said where it did not show its storage folder; undefined where it did, has none, or says whose it is. */
  readonly storageError: string | undefined;
  /** The mount that should be below the storage folder but is not. */
  readonly missingMount: string | undefined;
  /** The SHA-256 sum of the platform's internal authority. */
  readonly caSha256: string | undefined;
  /** The names of coordinators and directors that the machine knows. */
  readonly platformHosts: readonly string[];
  readonly addresses: readonly string[];
  /** Clusters that have data or a container here. */
  readonly clusters: readonly string[];
  /** Whether a director keeps its votes here. */
  readonly hasZooKeeperData: boolean;
  /** What the install script left in the user's home folder. */
  readonly marker: { readonly runnerId?: string; readonly hostId?: string } | undefined;
}

/** The variables that commands on the machine find. */
export function environmentOf({ storagePath, containerEngine }: Installation): { readonly [name: string]: string } {
  return { STORAGE: storagePath, ENGINE_NAME: containerEngine };
}

/** Sets `engine` to the command that manages ECE's containers; podman's own without sudo would be another engine. */
export const CHOOSE_ENGINE = `engine=("$ENGINE_NAME")
if [[ $ENGINE_NAME == podman ]]; then
  if command -v podman-remote >/dev/null; then engine=(podman-remote --url unix:///var/run/docker.sock)
  else engine=(sudo --non-interactive podman); fi
fi
`;

const LIST = `ps -a --format '{{.Names}}\t{{.Image}}\t{{.Status}}'`;

/** Paths below the storage folder; root owns what ECE's containers wrote. */
function find(depth: number, path: string, action: string): string {
  const search = `"$STORAGE" -mindepth ${depth} -maxdepth ${depth} -path ${path} ${action}`;
  return `find ${search} 2>/dev/null || sudo --non-interactive find ${search} 2>/dev/null`;
}

const MANAGED = "'*/services/client-forwarder/managed";

const COMMANDS = {
  engine: `${CHOOSE_ENGINE} "\${engine[@]}" info >/dev/null`,
  containers: `${CHOOSE_ENGINE} "\${engine[@]}" ${LIST} 2>/dev/null`,
  runner: `${CHOOSE_ENGINE} "\${engine[@]}" inspect -f '{{.State.Running}} {{.Config.Image}} {{range .Mounts}}{{if eq .Destination "/app/logs"}}{{.Source}}{{end}}{{end}}' ${RUNNER_CONTAINER} 2>/dev/null`,
  runnerId: `${CHOOSE_ENGINE} "\${engine[@]}" exec ${RUNNER_CONTAINER} sh -c 'echo "$RUNNER_ID"' 2>/dev/null`,
  // The wrapper that podman brings calls itself podman.
  otherEngine: `if [[ $ENGINE_NAME == podman ]]; then
  command -v docker >/dev/null && ! docker --version | grep -qi podman && docker ${LIST} 2>/dev/null
elif command -v podman >/dev/null; then sudo --non-interactive podman ${LIST} 2>/dev/null || podman ${LIST} 2>/dev/null
fi`,
  // Looking into the folder mounts what is mounted on demand.
  storage: `ls -A "$STORAGE" >/dev/null || sudo --non-interactive ls -A "$STORAGE" >/dev/null`,
  mounted: `findmnt --raw --noheadings --output TARGET --target "$STORAGE" 2>/dev/null || findmnt --raw --noheadings --output TARGET --target "$(dirname "$STORAGE")"`,
  fstab: `findmnt --fstab --raw --noheadings --output TARGET 2>/dev/null`,
  folders: find(3, "'*/services/runners'", "-printf '%P\\n'"),
  // An empty file is one that is being written.
  ca: find(5, `${MANAGED}/ca-file.pem'`, "-size +0 -exec sha256sum {} +"),
  coordinators: find(5, `${MANAGED}/ensemble-state-file.json'`, `-exec grep -o '"public_hostname" *: *"[^"]*"' {} +`),
  directors: find(5, `${MANAGED}/stunnel.conf'`, "-exec grep -h '^ *connect *=' {} +"),
  addresses: `hostname -I 2>/dev/null || ip -o addr show 2>/dev/null`,
  clusters: find(6, "'*/services/allocator/containers/*'", "-printf '%P\\n'"),
  zooKeeper: find(4, "'*/services/zookeeper/data'", "-printf '%P\\n'"),
  marker: `cat "$HOME/.cdktf-ece/runner" 2>/dev/null`,
};

/** Asks a machine who it is, without changing anything on it. */
export async function readFacts(
  session: MachineSession,
  installation: Installation,
  signal: AbortSignal,
): Promise<MachineFacts> {
  const said = await session.run(COMMANDS, { environment: environmentOf(installation), signal });
  if (said.containers.exitCode === TIMED_OUT || said.engine.exitCode === TIMED_OUT) {
    throw new MachineError(
      "command",
      `The container engine of ${describeAddress(session.access)} does not answer: ${installation.containerEngine} info took more than a minute. Restart it, then run the command again.`,
    );
  }
  const all = parseContainers(said.containers);
  const [isRunning = "", image = "", ...mount] = (lines(said.runner)[0] ?? "").split(" ");
  const folders = lines(said.folders).map((path) => path.split("/")[0] ?? "");
  const clusters = [
    ...all.map(({ name }) => /^fac-(.+)-instance-/.exec(name)?.[1]),
    ...lines(said.clusters).map((path) => path.split("/")[5]),
  ];
  const runnerIds = distinct([...lines(said.runnerId), runnerIdOfMount(mount.join(" ")), ...folders]);
  return {
    engineError:
      said.engine.exitCode === 0 && said.containers.exitCode === 0
        ? undefined
        : said.engine.output.split("\n")[0] || "it is not there",
    containers: all.filter(isEce),
    otherEngine: parseContainers(said.otherEngine)
      .filter(isEce)
      .map(({ name }) => name),
    runnerIds,
    isRunnerRunning: isRunning === "true",
    version: /:([^:/]+)$/.exec(image)?.[1],
    storageError: runnerIds.length === 0 ? storageError(said) : undefined,
    missingMount: missingMount(installation.storagePath, lines(said.fstab), lines(said.mounted).at(-1)),
    caSha256: /^[0-9a-f]{64}/.exec(said.ca.output)?.[0],
    platformHosts: distinct([
      ...[...said.coordinators.output.matchAll(/"public_hostname" *: *"([^"]*)"/g)].map(([, name]) => name),
      ...[...said.directors.output.matchAll(/connect *= *(.+):\d+/g)].map(([, name]) => name?.trim()),
    ]),
    addresses: distinct(
      said.addresses.output.split(/[\s/]+/).filter((word) => /^[0-9a-f]*[.:][0-9a-f.:]+$/i.test(word)),
    ),
    clusters: distinct(clusters),
    hasZooKeeperData: said.zooKeeper.output !== "",
    marker: parseMarker(said.marker.output),
  };
}

/** True where ECE has left anything: a container, or its folders. */
export function hasEce(facts: MachineFacts): boolean {
  return facts.containers.length > 0 || facts.runnerIds.length > 0 || facts.clusters.length > 0;
}

/** Elastic's containers have names of their own, and images of theirs: a container with only one of both is somebody else's. */
function isEce({ name, image }: ContainerFacts): boolean {
  return (
    /^(frc-[a-z0-9-]+|fac-[a-z0-9]+-instance-[\w-]+|elastic-cloud-enterprise-installer)$/i.test(name) &&
    /(^|\/)(cloud-enterprise|cloud-assets|cloud-ci|elasticsearch|kibana|apm|enterprise-search|cloud)([/:@-]|$)/i.test(
      image,
    )
  );
}

function parseContainers(said: CommandResult): ContainerFacts[] {
  return lines(said)
    .map((line) => line.split("\t"))
    .filter(([, image]) => image !== undefined)
    .map(([name = "", image = "", status = ""]) => ({ name, image, isRunning: /^(up|running)/i.test(status) }));
}

/** `<storage>/<runner id>/services/runner/logs` is what the runner has mounted. */
function runnerIdOfMount(source: string): string | undefined {
  return /([^/]+)\/services\/runner\/logs\/?$/.exec(source.trim())?.[1];
}

/** Folders that cannot be searched may hold what was not found. */
function storageError({ storage, folders, clusters }: { readonly [name: string]: CommandResult }): string | undefined {
  if (storage === undefined || /no such file or directory/i.test(storage.output)) return undefined;
  const failed = [storage, folders, clusters].find((said) => said?.exitCode !== 0);
  return failed && (failed.output.split("\n").at(-1) || "its folders cannot be searched");
}

/** The mount of fstab that should be nearest to a path, where another one is. */
function missingMount(path: string, fstab: readonly string[], mounted: string | undefined): string | undefined {
  const isAbove = (target: string) => target !== "/" && (path === target || path.startsWith(`${target}/`));
  const [nearest] = fstab.filter(isAbove).sort((left, right) => right.length - left.length);
  if (nearest === undefined || mounted === undefined) return undefined;
  return nearest === mounted || mounted.startsWith(`${nearest}/`) ? undefined : nearest;
}

function parseMarker(text: string): MachineFacts["marker"] {
  if (text === "") return undefined;
  return { runnerId: /^runner (\S+)$/m.exec(text)?.[1], hostId: /^host (\S+)$/m.exec(text)?.[1] };
}

function lines({ exitCode, output }: CommandResult): string[] {
  return exitCode === 0 ? output.split("\n").filter((line) => line !== "") : [];
}

function distinct(values: readonly (string | undefined)[]): string[] {
  return [...new Set(values.filter((value) => value !== undefined && value !== ""))] as string[];
}
