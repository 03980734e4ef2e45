import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { isIPv4, type AddressInfo } from "node:net";
import { join } from "node:path";
import { utils } from "ssh2";
import {
  bootstrapProgram,
  INSTALL_REPORT_COMMAND,
  installerScript,
  type InstallRecord,
  InstallRecords,
} from "./installer";
import { Runner } from "./ece";
import {
  CommandServer,
  conditionCommandStandIns,
  conditionFiles,
  HostFolder,
  HostProcesses,
  type Invocation,
  machineCommandStandIns,
  mountCommandStandIns,
  Mounts,
  SshServer,
  type StandIn,
  sudoScript,
  timeoutScript,
} from "./machine";
import { type Container, ContainerEngine, type ContainerOptions, engineStandIns } from "./engine";
import { HostFaults } from "./host-faults";
import type { HostPlatform } from "../platform";

const INSTALLER_FILE = "elastic-cloud-enterprise.sh";
const DEFAULT_ADDRESS = "192.168.44.11";

/** Properties of a host. */
export interface HostOptions {
  /** @default "192.168.44.11" */
  readonly runnerId?: string;
  /** @default - the runner id if it is an IPv4 address, else 192.168.44.11 */
  readonly hostIp?: string;
  /** All IPv4 addresses of the host. @default - the host's ip */
  readonly addresses?: readonly string[];
  /** @default "docker" */
  readonly engine?: "docker" | "podman";
  /** @default - "27.0.3" of docker, "5.2.2" of podman */
  readonly engineVersion?: string;
  /** The user's id. The installer requires 1000 or above. @default 1000 */
  readonly uid?: number;
  /** @default - the uid */
  readonly gid?: number;
  /** The user's other groups. Without the engine's group, the user needs sudo for it. @default - the engine's group */
  readonly groups?: readonly string[];
  /** Absolute paths that commands on the host see in the host's own folder. @default ["/mnt/data"] */
  readonly storageRoots?: readonly string[];
  /** The version of the installer on the host. @default "4.0.3" */
  readonly installerVersion?: string;
}

/** Properties of a host, and its platform. */
export interface SimulatedHostOptions extends HostOptions {
  readonly platform: HostPlatform;
  /** The address at which the host reaches the coordinator. */
  readonly coordinatorHost: string;
}

/**
 * A machine to install ECE on: an SSH server on loopback, a container engine, and Elastic's installer, all simulated.
 *
 * @example
 * const host = await SimulatedHost.start({ platform, coordinatorHost: "192.168.44.10" });
 * host.faults.failInstall(137, "after-join");
 * // ssh -i host.privateKeyFile -p host.sshPort elastic@host.sshHost …
 * await host.stop();
 */
export class SimulatedHost {
  readonly runnerId: string;
  readonly hostIp: string;
  /** The value for `--coordinator-host`. */
  readonly coordinatorHost: string;
  readonly sshHost = "127.0.0.1";
  readonly user = "elastic";
  /** The host's public key, in the format of `host_key` in a Terraform connection and of known_hosts files. */
  readonly hostKey: string;
  /** The file with the user's private key, readable by the owner only. */
  readonly privateKeyFile: string;
  /** The injected faults of this host. */
  readonly faults: HostFaults;
  readonly #runner: Runner;
  readonly #secrets = new Set<string>();
  readonly #installer: string;
  readonly #folder: HostFolder;
  readonly #processes: HostProcesses;
  readonly #containers = new ContainerEngine((container) => this.#runner.containerChanged(container));
  readonly #records = new InstallRecords();
  readonly #installListeners: (() => void | Promise<void>)[] = [];
  readonly #standIns: readonly string[];
  readonly #engineCommands: Readonly<Record<string, StandIn>>;
  readonly #secondEngineCommands: Readonly<Record<string, StandIn | undefined>>;
  readonly #ssh: SshServer;
  readonly #commands: CommandServer;
  readonly #downloads: Server;

  private constructor(options: SimulatedHostOptions) {
    const { runnerId = DEFAULT_ADDRESS, engine = "docker", uid = 1000, storageRoots = ["/mnt/data"] } = options;
    const { gid = uid, groups = [engine], hostIp = isIPv4(runnerId) ? runnerId : DEFAULT_ADDRESS } = options;
    this.runnerId = runnerId;
    this.hostIp = hostIp;
    this.coordinatorHost = options.coordinatorHost;
    this.#installer = installerScript(options.installerVersion ?? "4.0.3");

    this.#folder = new HostFolder(storageRoots);
    this.#runner = new Runner(this.#containers, this.#folder, options.platform);
    const { user } = this;
    const environment = { ...this.#folder.environment, USER: user, LOGNAME: user, SHELL: "/bin/sh", LANG: "C.UTF-8" };
    this.#processes = new HostProcesses(environment);

    const hostKeys = generateKeys();
    const clientKeys = generateKeys();
    this.hostKey = hostKeys.public.trim();
    this.privateKeyFile = join(this.#folder.path, "client-key");
    writeFileSync(this.privateKeyFile, clientKeys.private, { mode: 0o600 });
    this.#ssh = new SshServer({
      user,
      hostKey: hostKeys.private,
      authorizedKey: clientKeys.public,
      run: (command) => this.#processes.run(command),
    });

    const mounts = new Mounts(this.#folder, storageRoots);
    this.faults = new HostFaults({
      engine,
      mounts,
      containers: this.#containers,
      tryFindRunner: () => this.#runner.tryFindContainer(),
      cutConnections: () => this.cutConnections(),
      machineChanged: () => this.#installMachine(),
    });
    const bootstrap = bootstrapProgram({
      containers: this.#containers,
      platform: options.platform,
      runner: this.#runner,
      user: { uid, gid },
      faults: this.faults,
      folder: this.#folder,
      records: this.#records,
      plant: (secrets) => secrets.forEach((secret) => this.#secrets.add(secret)),
      inInstall: async () => {
        for (const listener of this.#installListeners) await listener();
      },
    });
    const common = {
      version: options.engineVersion,
      networkBackend: () => this.faults.networkBackend,
      dataRoot: () => this.faults.dataRoot,
      portsInUse: this.faults.portsInUse,
      execute: (command: readonly string[], environment: Container["environment"]) =>
        this.#processes.execute(command, environment),
    };
    this.#engineCommands = engineStandIns({
      ...common,
      kind: engine,
      containers: this.#containers,
      state: () => this.faults.engine,
      isUserAllowed: groups.includes(engine),
      tryFindProgram: (image) => (/\/elastic-cloud-enterprise:[^/]+$/.test(image) ? bootstrap : undefined),
    });
    const { docker, podman } = engineStandIns({
      ...common,
      version: undefined,
      kind: engine === "docker" ? "podman" : "docker",
      containers: new ContainerEngine(() => undefined),
      state: () => "running",
      isUserAllowed: true,
      tryFindProgram: () => undefined,
    });
    this.#secondEngineCommands = engine === "docker" ? { podman } : { docker };
    const hostName = `host-${hostIp.replaceAll(".", "-")}`;
    const { addresses = [hostIp] } = options;
    const identity = { user, uid, gid, groups, hostIp, hostName, addresses };
    const machineCommands = {
      // Whatever is sent is taken for mntr.
      nc: ({ args, out, swallowInput }: Invocation) => {
        swallowInput();
        const answer = this.#runner.tryMonitor(Number(args.at(-1)));
        if (answer !== undefined) out(answer);
        return answer === undefined ? 1 : 0;
      },
      ...machineCommandStandIns(identity, this.faults),
      ...mountCommandStandIns(mounts),
      ...conditionCommandStandIns(() => this.faults.conditions),
    };
    this.#standIns = [...Object.keys(machineCommands), INSTALL_REPORT_COMMAND];
    this.#commands = new CommandServer({
      ...machineCommands,
      ...engineDispatch(this.#secondEngineCommands, this.#engineCommands, () => this.faults.hasSecondEngine),
      [INSTALL_REPORT_COMMAND]: recordInstall(this.#records),
    });
    this.#downloads = createServer((request, response) => {
      if (request.url === `/${INSTALLER_FILE}`) response.end(this.#installer);
      else response.writeHead(404).end();
    });
  }

  static async start(options: SimulatedHostOptions): Promise<SimulatedHost> {
    const host = new SimulatedHost(options);
    await Promise.all([
      host.#ssh.listen(),
      host.#commands.listen(),
      new Promise<void>((resolve) => host.#downloads.listen(0, "127.0.0.1", resolve)),
    ]);
    host.#installCommands();
    return host;
  }

  get sshPort(): number {
    return this.#ssh.port;
  }

  /** The URL of the installer. */
  get installerUrl(): string {
    return `http://127.0.0.1:${(this.#downloads.address() as AddressInfo).port}/${INSTALLER_FILE}`;
  }

  /** The host's private folder; its user's home is `home` in it. */
  get folder(): string {
    return this.#folder.path;
  }

  /** The commands that SSH clients have run. */
  get commands(): readonly string[] {
    return this.#ssh.commands;
  }

  /** The calls of the installer. */
  get installs(): readonly InstallRecord[] {
    return this.#records.all;
  }

  get containers(): readonly Container[] {
    return this.#containers.containers;
  }

  /** The secrets that ECE has put on this host so far. None of them may show anywhere else. */
  get plantedSecrets(): readonly string[] {
    return [...this.#secrets];
  }

  /** Runs a container that has nothing to do with ECE. */
  runContainer(
    name: string,
    options: Omit<ContainerOptions, "name" | "image"> & { readonly image?: string } = {},
  ): Container {
    return this.#containers.run({ image: `${name}:latest`, ...options, name }).container;
  }

  /** Calls a function in the middle of each install, before the host joins, and waits for it. */
  onInstall(listener: () => void | Promise<void>): void {
    this.#installListeners.push(listener);
  }

  /**
   * The files on the host that contain a text: paths in the host's folder, and full paths of scripts that Terraform
   * left in `/tmp`.
   */
  grep(text: string): string[] {
    const scripts = this.#leftScripts().filter((file) => readFileSync(file).includes(text));
    return [...this.#folder.grep(text), ...scripts];
  }

  /** Where a path under the host's storage roots is on the real machine; undefined for any other path. */
  locate(path: string): string | undefined {
    return this.#folder.locate(path);
  }

  /** Drops all SSH connections now. */
  cutConnections(): void {
    this.#ssh.cutConnections();
  }

  /** Ends what runs on the host apart from containers, as when its SSH service is restarted. */
  endProcesses(): void {
    this.#ssh.cutConnections();
    this.#processes.kill();
  }

  /** Takes the host off the network: SSH clients and the platform lose it, but its processes go on. */
  disconnect(): void {
    this.#runner.setOnline(false);
    this.#ssh.isReachable = false;
    this.#ssh.cutConnections();
  }

  /** Puts the host back on the network. */
  reconnect(): void {
    this.#ssh.isReachable = true;
    this.#runner.setOnline(true);
  }

  /** Reinstalls the operating system: processes, containers and files are gone, address and keys stay. */
  wipe(): void {
    this.endProcesses();
    this.#containers.removeAll();
    this.#removeLeftScripts();
    this.faults.mounts.reset();
    this.#folder.reset();
    this.#installCommands();
  }

  /**
   * Makes this machine a copy of another one, of whichever platform, as a restored snapshot or a cloned VM is: the same
   * containers, environments and files. Its runner runs beside the original, for the same platform and with the same
   * id. Address, SSH keys and faults stay its own.
   */
  becomeCloneOf(other: SimulatedHost): void {
    this.wipe();
    this.#folder.copyFrom(other.#folder);
    for (const secret of other.#secrets) this.#secrets.add(secret);
    this.#containers.copyFrom(other.#containers);
    this.#runner.follow(other.#runner.platform);
    this.#runner.connect();
  }

  /** Ends all processes of the host and removes its folder. */
  async stop(): Promise<void> {
    this.#runner.stop();
    await this.#ssh.stop();
    await this.#processes.killAll();
    await this.#commands.stop();
    this.#downloads.closeAllConnections();
    await new Promise<void>((resolve) => this.#downloads.close(() => resolve()));
    this.#removeLeftScripts();
    this.#folder.remove();
  }

  #installCommands(): void {
    for (const name of this.#standIns) this.#folder.addCommand(name, this.#commands.clientScript);
    const timeout = this.#folder.tryFindReal("timeout");
    if (timeout !== undefined) this.#folder.addCommand("timeout", timeoutScript(this.coordinatorHost, timeout));
    this.#folder.addCommand(INSTALLER_FILE, this.#installer);
    writeFileSync(join(this.#folder.home, INSTALLER_FILE), this.#installer, { mode: 0o755 });
    this.#installMachine();
  }

  /** Puts those commands and files in place that depend on the state of the machine. */
  #installMachine(): void {
    const { engine, hasSecondEngine, sudo, selinux, conditions, missingCommands } = this.faults;
    const engineCommands = [
      ...(engine === "missing" ? [] : Object.keys(this.#engineCommands)),
      ...(hasSecondEngine ? Object.keys(this.#secondEngineCommands) : []),
    ].filter((name) => !missingCommands.has(name));
    const { clientScript } = this.#commands;
    for (const name of ["docker", "podman", "podman-remote"])
      this.#folder.setCommand(name, engineCommands.includes(name) ? clientScript : undefined);
    this.#folder.setCommand("getenforce", selinux === undefined ? undefined : clientScript);
    const script = sudoScript({ asksForPassword: sudo === "asks" });
    this.#folder.setCommand("sudo", sudo === "missing" ? undefined : script);
    for (const [path, content] of conditionFiles(conditions)) this.#folder.writeMachineFile(path, content);
  }

  /** Terraform uploads the scripts of remote-exec to the machine's `/tmp`, and leaves them there when they fail. */
  #leftScripts(): string[] {
    const named = this.#ssh.commands.flatMap((command) => command.match(/\/tmp\/terraform_\w+\.sh/g) ?? []);
    return [...new Set(named)].filter(existsSync);
  }

  #removeLeftScripts(): void {
    for (const file of this.#leftScripts()) rmSync(file, { force: true });
  }
}

/** ssh2 (1.17) strips leading zeros from the bytes of keys and so breaks one pair of 256, which it then cannot read. */
function generateKeys(): { public: string; private: string } {
  const keys = utils.generateKeyPairSync("ed25519");
  const readable = [keys.public, keys.private].every((key) => !(utils.parseKey(key) instanceof Error));
  return readable ? keys : generateKeys();
}

function recordInstall(records: InstallRecords): StandIn {
  return ({ args: [phase, processId = "", ...args] }) => {
    if (phase === "begin") records.begin(processId, args);
    else records.end(processId, Number(args[0]));
    return 0;
  };
}

/** The commands of both engines. Where both have one, it is the second's if that is there. */
function engineDispatch(
  second: Readonly<Record<string, StandIn | undefined>>,
  first: Readonly<Record<string, StandIn>>,
  hasSecond: () => boolean,
): Record<string, StandIn> {
  const both = { ...second, ...first };
  return Object.fromEntries(
    Object.keys(both).map((name): [string, StandIn] => [
      name,
      (invocation) => ((hasSecond() && second[name]) || first[name] || (() => 127))(invocation),
    ]),
  );
}
