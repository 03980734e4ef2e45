import type { SelinuxMode } from "./machine";
import type { EngineState, HostFaults, SudoState } from "./host-faults";
import type { SimulatedHost } from "./simulated-host";

type Parameters = Readonly<Record<string, unknown>>;
type Action = (host: SimulatedHost, parameters: Parameters, others: readonly SimulatedHost[]) => void;

const ENGINE_STATES: readonly EngineState[] = ["running", "stopped", "hung", "missing"];
const SUDO_STATES: readonly SudoState[] = ["allowed", "asks", "missing"];
const SELINUX_MODES: readonly SelinuxMode[] = ["Enforcing", "Permissive", "Disabled"];
const BACKENDS: readonly HostFaults["networkBackend"][] = ["cni", "netavark"];

/** What tests in other processes can do to a host. docs/simulator.md has the parameters of each. */
const ACTIONS: Readonly<Record<string, Action>> = {
  disconnect: (host) => host.disconnect(),
  reconnect: (host) => host.reconnect(),
  wipe: (host) => host.wipe(),
  clone: (host, parameters, others) => host.becomeCloneOf(findHost(others, text(parameters, "of"))),
  clear: ({ faults }) => faults.clear(),
  engine: ({ faults }, parameters) => (faults.engine = oneOf(parameters, "state", ENGINE_STATES)),
  "second-engine": ({ faults }, { isThere = true }) => (faults.hasSecondEngine = isThere === true),
  "network-backend": ({ faults }, parameters) => (faults.networkBackend = oneOf(parameters, "backend", BACKENDS)),
  runner: ({ faults }, parameters) => {
    const action = oneOf(parameters, "action", ["stop", "start", "remove", "rename"] as const);
    if (action === "rename") {
      faults.renameRunner(text(parameters, "name"));
    } else {
      ({ stop: () => faults.stopRunner(), start: () => faults.startRunner(), remove: () => faults.removeRunner() })[
        action
      ]();
    }
  },
  mount: ({ faults: { mounts } }, parameters) => {
    const target = text(parameters, "target");
    const change = Object.fromEntries(
      ["source", "fsType", "options", "fstabOptions"].flatMap((key) =>
        parameters[key] === undefined ? [] : [[key, text(parameters, key)]],
      ),
    );
    if (!mounts.all.some((one) => one.target === target)) mounts.add(target, change);
    else mounts.change(target, change);
    mounts.mount(target);
  },
  unmount: ({ faults }, parameters) =>
    faults.mounts.unmount(text(parameters, "target"), { automount: parameters.automount === true }),
  sudo: ({ faults }, parameters) => (faults.sudo = oneOf(parameters, "state", SUDO_STATES)),
  memory: ({ faults }, parameters) => {
    const [totalMb, availableMb] = [count(parameters, "totalMb"), count(parameters, "availableMb")];
    faults.memory = { totalMb, availableMb, swapMb: count({ swapMb: 0, ...parameters }, "swapMb") };
  },
  selinux: ({ faults }, parameters) => (faults.selinux = oneOf(parameters, "mode", SELINUX_MODES)),
  sysctl: ({ faults }, parameters) => faults.setSysctl(text(parameters, "name"), text(parameters, "value")),
  file: ({ faults }, parameters) => faults.setFile(text(parameters, "path"), text(parameters, "content")),
  "remove-command": ({ faults }, parameters) => faults.removeCommand(text(parameters, "name")),
  "data-root": ({ faults }, parameters) => (faults.dataRoot = text(parameters, "path")),
  address: ({ faults }, parameters) => void faults.furtherAddresses.add(text(parameters, "address")),
  "port-in-use": ({ faults }, parameters) => void faults.portsInUse.add(count(parameters, "port")),
};

/** Carries out an action of a test on the host with this runner id; throws a RangeError where it cannot. */
export function controlHost(
  hosts: readonly SimulatedHost[],
  runnerId: string,
  action: string,
  parameters: Parameters,
): void {
  const carryOut = Object.hasOwn(ACTIONS, action) ? ACTIONS[action] : undefined;
  if (carryOut === undefined)
    throw new RangeError(`unknown action ${action}, expected any of ${Object.keys(ACTIONS).join(", ")}`);

  carryOut(findHost(hosts, runnerId), parameters, hosts);
}

/** What is on the host, without secrets. */
export function describeHost(hosts: readonly SimulatedHost[], runnerId: string): unknown {
  const { containers, faults } = findHost(hosts, runnerId);
  return {
    containers: containers.map(({ name, image, isRunning }) => ({ name, image, isRunning })),
    fileSystems: faults.mounts.all,
    engine: faults.engine,
  };
}

function findHost(hosts: readonly SimulatedHost[], runnerId: string): SimulatedHost {
  const host = hosts.find((one) => one.runnerId === runnerId);
  if (host === undefined) throw new RangeError(`there is no machine for the runner ${runnerId}`);

  return host;
}

function text(parameters: Parameters, key: string): string {
  const value = parameters[key];
  if (typeof value !== "string" || value === "") throw new RangeError(`${key} must be a text`);

  return value;
}

function count(parameters: Parameters, key: string): number {
  const value = parameters[key];
  if (typeof value !== "number" || !(value >= 0)) throw new RangeError(`${key} must be a number of at least 0`);

  return value;
}

function oneOf<Value extends string>(parameters: Parameters, key: string, values: readonly Value[]): Value {
  const found = values.find((value) => value === parameters[key]);
  if (found === undefined) throw new RangeError(`${key} must be one of ${values.join(", ")}`);

  return found;
}
