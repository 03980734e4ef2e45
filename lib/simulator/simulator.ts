import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CoordinatorServer, createServerCertificate, type Faults, type RecordedRequest } from "./coordinator";
import { type Behaviour, Platform, type SimulatedClock, type SimulatorState, type Users } from "./platform";
import { controlHost, describeHost, type HostOptions, SimulatedHost } from "./host";

/** Settings of a simulator. */
export interface SimulatorOptions {
  /** Port of the coordinator. @default 0 - a free one */
  readonly port?: number;
  /** How many coordinators answer for the platform, each at a port of its own; the first at {@link port}. @default 1 */
  readonly coordinators?: number;
  /** Hosts on which ECE can be installed: their number, or a description of each. @default 0 */
  readonly hosts?: number | readonly HostOptions[];
  /** Version of the platform. A host must install the same one to join. @default "4.0.3" */
  readonly version?: string;
  /** Id and address of the host on which the platform was installed first; it has no machine. @default "192.168.44.10" */
  readonly firstHost?: string;
  /** What the platform does with a delay. @default - nothing */
  readonly behaviour?: Partial<Behaviour>;
  /** Whether {@link Simulator.stop} rejects if there were calls to unknown routes. @default true */
  readonly failOnUnknownRoute?: boolean;
}

/** How to reach a simulator and its hosts. */
export interface SimulatorAccess {
  readonly endpoint: string;
  readonly username: string;
  readonly password: string;
  readonly apiKey: string;
  readonly caCertificateFile: string;
  readonly hosts: readonly HostAccess[];
}

/** How to reach a simulated host by SSH. */
export interface HostAccess {
  readonly runnerId: string;
  readonly sshHost: string;
  readonly sshPort: number;
  readonly user: string;
  readonly privateKeyFile: string;
  readonly hostKey: string;
}

const LOOPBACK = "127.0.0.1";

/**
 * An ECE platform in this process: a coordinator on HTTPS and, if wanted, hosts on which ECE can be installed over SSH.
 *
 * @example
 * const simulator = await Simulator.start({ hosts: 2 });
 * process.env.ECE_API_KEY = simulator.apiKey;
 * // … deploy against simulator.endpoint, trusting simulator.caCertificateFile …
 * expect(simulator.state().tokens.filter(({ live }) => live)).toHaveLength(3);
 * await simulator.stop();
 */
export class Simulator {
  /** Starts the coordinator and the hosts. If one of them does not start, none is left running. */
  static async start(options: SimulatorOptions = {}): Promise<Simulator> {
    const platform = new Platform(options);
    const certificate = await createServerCertificate();
    const hosts: SimulatedHost[] = [];
    const server = new CoordinatorServer(platform, certificate, {
      describe: (runnerId) => describeHost(hosts, runnerId),
      act: (runnerId, action, parameters) => controlHost(hosts, runnerId, action, parameters),
    });
    const ports = [await server.listen(options.port ?? 0)];
    for (let place = 2; place <= (options.coordinators ?? 1); place++) ports.push(await server.listen(0, place));
    const folder = await mkdtemp(join(tmpdir(), "cdktf-ece-simulator-"));
    const simulator = new Simulator(platform, server, hosts, ports, certificate.caCertificate, folder, options);
    try {
      await writeFile(simulator.caCertificateFile, certificate.caCertificate);
      for (const host of describeHosts(options.hosts ?? 0)) {
        simulator.hosts.push(
          await SimulatedHost.start({
            installerVersion: options.version,
            ...host,
            platform,
            coordinatorHost: LOOPBACK,
          }),
        );
      }
    } catch (error) {
      await simulator.#release();
      throw error;
    }
    return simulator;
  }

  /** Where each coordinator answers. */
  readonly endpoints: readonly string[];
  /** The address of the coordinator to install hosts with. */
  readonly coordinatorHost = LOOPBACK;
  readonly username: string;
  readonly password: string;
  readonly apiKey: string;
  /** PEM of the authority that signed the certificate of {@link endpoint}. */
  readonly caCertificate: string;
  /** File with {@link caCertificate}, in a private folder that {@link stop} removes. */
  readonly caCertificateFile: string;
  readonly platform: Platform;
  readonly clock: SimulatedClock;
  readonly faults: Faults;
  /** Every call so far, apart from those to `/_simulator/`. */
  readonly requests: RecordedRequest[];
  readonly hosts: SimulatedHost[];
  readonly users: Users;
  readonly #server: CoordinatorServer;
  readonly #folder: string;
  readonly #failOnUnknownRoute: boolean;

  private constructor(
    platform: Platform,
    server: CoordinatorServer,
    hosts: SimulatedHost[],
    ports: readonly number[],
    caCertificate: string,
    folder: string,
    options: SimulatorOptions,
  ) {
    this.endpoints = ports.map((port) => `https://${LOOPBACK}:${port}`);
    this.users = server.api.users;
    this.username = this.users.username;
    this.password = this.users.password;
    this.apiKey = this.users.apiKey;
    this.caCertificate = caCertificate;
    this.caCertificateFile = join(folder, "ca.pem");
    this.platform = platform;
    this.hosts = hosts;
    this.clock = platform.clock;
    this.faults = server.faults;
    this.requests = server.requests;
    this.#server = server;
    this.#folder = folder;
    this.#failOnUnknownRoute = options.failOnUnknownRoute ?? true;
  }

  /** `https://127.0.0.1:PORT` of the first coordinator. */
  get endpoint(): string {
    return this.endpoints[0] ?? "";
  }

  /** Lets one of several coordinators go away, 1 for the first: nothing listens at its endpoint then. */
  async stopCoordinator(coordinator: number): Promise<void> {
    await this.#server.leave(coordinator);
  }

  /** Lets a coordinator that was stopped answer again. */
  async startCoordinator(coordinator: number): Promise<void> {
    await this.#server.comeBack(coordinator);
  }

  /** A copy of the state of the platform. */
  state(): SimulatorState {
    return this.platform.state();
  }

  /** What other processes need to reach the simulator. `cdktf-ece simulator` prints it. */
  toJSON(): SimulatorAccess {
    const { endpoint, username, password, apiKey, caCertificateFile } = this;
    const hosts = this.hosts.map(({ runnerId, sshHost, sshPort, user, privateKeyFile, hostKey }) => ({
      runnerId,
      sshHost,
      sshPort,
      user,
      privateKeyFile,
      hostKey,
    }));
    return { endpoint, username, password, apiKey, caCertificateFile, hosts };
  }

  /** Stops the hosts and the coordinator and removes their files. Rejects if there were calls to unknown routes. */
  async stop(): Promise<void> {
    await this.#release();
    const unknown = [...this.#server.api.unknownRoutes];
    if (this.#failOnUnknownRoute && unknown.length > 0)
      throw new Error(`the simulator was called with what it does not simulate: ${unknown.join(", ")}`);
  }

  async #release(): Promise<void> {
    try {
      await Promise.all(this.hosts.map((host) => host.stop()));
    } finally {
      await this.#server.stop();
      await rm(this.#folder, { recursive: true, force: true });
    }
  }
}

function describeHosts(hosts: number | readonly HostOptions[]): readonly HostOptions[] {
  // By default, the platform's first host is 192.168.44.10.
  return typeof hosts === "number"
    ? Array.from({ length: hosts }, (_, index) => ({
        runnerId: `192.168.${44 + Math.floor((11 + index) / 250)}.${(11 + index) % 250}`,
      }))
    : hosts;
}
