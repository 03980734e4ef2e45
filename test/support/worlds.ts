import { spawn } from "node:child_process";
import { Simulator, type HostOptions, type SimulatedHost } from "../../lib/simulator";
import { useEach } from "./use-each";

/** The address at which simulated hosts reach a simulated coordinator. */
const COORDINATOR = "127.0.0.1";

/** Roles and further arguments of an install; those left out are the usual ones. */
export interface InstallOptions {
  /** @default ["allocator"] */
  readonly roles?: readonly string[];
  /** @default - the machine's */
  readonly runnerId?: string;
  /** Further arguments of the installer. @default - none */
  readonly args?: readonly string[];
}

/**
 * Platforms and machines, as tests of what may be taken away need them.
 *
 * Machines of every platform have the same runner ids and addresses, 192.168.44.11 and following, since private
 * networks look alike; each is reached at its own port of loopback. Everything is stopped by `stop()`.
 */
export class World {
  static async create(): Promise<World> {
    return new World();
  }

  readonly #simulators: Simulator[] = [];

  /** A platform with empty machines: so many, or such ones. */
  async addPlatform(machines: number | readonly HostOptions[]): Promise<Simulator> {
    const simulator = await Simulator.start({ hosts: machines });
    this.#simulators.push(simulator);
    return simulator;
  }

  /** A platform with machines on which ECE is installed, with allocators in one zone unless said otherwise. */
  async addInstalledPlatform(machines: number, options: InstallOptions = {}): Promise<Simulator> {
    const simulator = await this.addPlatform(machines);
    await Promise.all(simulator.hosts.map((machine) => installEce(simulator, machine, options)));
    return simulator;
  }

  /** A machine with ECE of a platform that nobody else in the world knows, and instances on it. */
  async addStrangersMachine(instances = 2): Promise<{ platform: Simulator; machine: SimulatedHost }> {
    const platform = await this.addInstalledPlatform(1);
    const machine = platform.hosts[0]!;
    platform.platform.placeInstances(machine.runnerId, instances);
    return { platform, machine };
  }

  /** A machine that is a copy of another one, at an address of its own. */
  async addClone(original: SimulatedHost): Promise<SimulatedHost> {
    const simulator = await Simulator.start({ hosts: [{ runnerId: "192.168.44.99" }] });
    this.#simulators.push(simulator);
    const clone = simulator.hosts[0]!;
    clone.becomeCloneOf(original);
    return clone;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#simulators.splice(0).map((simulator) => simulator.stop()));
  }
}

/** Gives each test a world of its own. */
export function useWorld(): () => World {
  return useEach(
    () => World.create(),
    (world) => world.stop(),
  );
}

/** Installs ECE on a machine with Elastic's installer, as an operator would do it by hand; returns the token's id. */
export async function installEce(
  simulator: Simulator,
  machine: SimulatedHost,
  { roles = ["allocator"], runnerId = machine.runnerId, args = [] }: InstallOptions = {},
): Promise<string> {
  const { id, token } = simulator.platform.tokens.mint({ persistent: true, roles });
  const { exitCode, output } = await runOn(machine, [
    "elastic-cloud-enterprise.sh",
    "install",
    ...["--coordinator-host", COORDINATOR, "--roles-token", token, "--roles", roles.join(",")],
    ...["--runner-id", runnerId, ...args],
  ]);
  if (exitCode !== 0) throw new Error(`the installer on ${machine.runnerId} exited with ${exitCode}: ${output}`);
  return id;
}

/** Runs a command on a machine as its user, without SSH. */
async function runOn(
  machine: SimulatedHost,
  command: readonly string[],
): Promise<{ exitCode: number | null; output: string }> {
  const [program = "", ...args] = command;
  const env = {
    PATH: `${machine.folder}/bin`,
    HOME: `${machine.folder}/home`,
    TMPDIR: `${machine.folder}/tmp`,
    USER: machine.user,
    LANG: "C.UTF-8",
  };
  const child = spawn(`${machine.folder}/bin/${program}`, args, {
    env,
    cwd: env.HOME,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const exitCode = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { exitCode, output };
}
