/**
 * The machine under a host: its SSH server, its folder, its processes, and the stand-ins for its everyday commands.
 *
 * Imports nothing else of the simulator.
 */
export { type Invocation, CommandServer, type StandIn } from "./command-server";
export { machineCommandStandIns, sudoScript, timeoutScript } from "./commands";
export {
  advisedFiles,
  ADVISED_SYSCTL,
  conditionCommandStandIns,
  conditionFiles,
  type MachineConditions,
  type Memory,
  type SelinuxMode,
} from "./condition-commands";
export { HostFolder } from "./folder";
export { mountCommandStandIns } from "./mount-commands";
export { Mounts } from "./mounts";
export { HostProcesses } from "./processes";
export { readScript } from "./script";
export { SshServer } from "./ssh";
