import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { SimulatedHost } from "../../lib/simulator";
import type { ObjectValue } from "../../lib/plugin/framework";
import { SshSession } from "../simulator/host/ssh-session";

/** The id of the ece_host that the machines of these tests were installed for. */
export const HOST_ID = "6c2f7f0e-host";

/** How to reach a machine, as ece_host_machine takes it. */
export function machineConfig(host: SimulatedHost, overrides: ObjectValue = {}): ObjectValue {
  const { runnerId, sshHost, sshPort, user, hostKey, privateKeyFile } = host;
  return {
    host_id: HOST_ID,
    runner_id: runnerId,
    ssh_host: sshHost,
    ssh_port: sshPort,
    ssh_user: user,
    ssh_host_key: hostKey,
    ssh_private_key_file: privateKeyFile,
    connect_timeout: "2s",
    ...overrides,
  };
}

/** As the install script does it: the machine remembers for which ece_host it was installed. */
export function leaveMarker(host: SimulatedHost, hostId = HOST_ID, runnerId = host.runnerId): void {
  const folder = join(host.folder, "home", ".cdktf-ece");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "runner"), `runner ${runnerId}\ncoordinator 127.0.0.1\nhost ${hostId}\n`);
}

/** What is ECE's on a machine: its containers and the files below its storage folder. */
export async function eceOn(host: SimulatedHost): Promise<string[]> {
  const session = await SshSession.open(host);
  const { stdout } = await session.run("find /mnt/data/elastic -mindepth 1 -type f -printf '%P\\n' 2>/dev/null; true");
  session.client.end();
  const names = host.containers.map(({ name, isRunning }) => `${name}${isRunning ? "" : " (stopped)"}`);
  return [...names, ...stdout.split("\n").filter((line) => line !== "")].sort();
}
