/**
 * Allocators on machines that are there already and answer to SSH, one zone after the other.
 *
 * Steps
 *   1. Write hosts.json: [{ "runnerId": "10.0.0.11", "sshHost": "10.0.0.11", "sshPort": 22, "user": "elastic",
 *      "privateKeyFile": "~/.ssh/ece", "hostKey": "ssh-ed25519 AAAA…" }, …]
 *      The line that `npx cdktf-ece simulator --hosts 2` prints will do, too (ECE_HOSTS_FILE names another file).
 *   2. export ECE_ENDPOINT=https://coordinator.example:12443 ECE_CA_CERTIFICATE_FILE=$PWD/ca.pem ECE_API_KEY=…
 *      If the hosts reach the coordinator by another name: export ECE_COORDINATOR_HOST=10.0.0.10
 *      If the key is elsewhere, or in your SSH agent: leave privateKeyFile out, or export ECE_SSH_PRIVATE_KEY_FILE=…
 *   3. npx cdktf-cli deploy
 *   4. npx cdktf-cli destroy
 */
import { App, TerraformOutput, TerraformStack } from "cdktf";
import { EceHost, EceProvider, EceRole, HostInstall, HostKey } from "cdktf-ece";
import { readFileSync } from "node:fs";

interface Machine {
  readonly runnerId: string;
  readonly sshHost: string;
  readonly sshPort: number;
  readonly user: string;
  readonly privateKeyFile?: string;
  readonly hostKey: string;
}

const ZONES = ["ece-zone-1", "ece-zone-2"];

const app = new App();
const stack = new TerraformStack(app, "allocators");
new EceProvider(stack, "ece");

for (const [index, machine] of readMachines().entries()) {
  const host = new EceHost(stack, `allocator-${index + 1}`, {
    runnerId: machine.runnerId,
    roles: [EceRole.ALLOCATOR],
    coordinatorHost: coordinatorHost(),
    availabilityZone: ZONES[index % ZONES.length],
    install: HostInstall.overSsh({
      host: machine.sshHost,
      port: machine.sshPort,
      user: machine.user,
      privateKeyFile: machine.privateKeyFile,
      hostKey: HostKey.of(machine.hostKey),
    }),
  });
  new TerraformOutput(stack, `allocator-${index + 1}-version`, { value: host.hostRoles.version });
}
app.synth();

function readMachines(): Machine[] {
  const file = process.env.ECE_HOSTS_FILE ?? "hosts.json";
  const content = JSON.parse(readFileSync(file, "utf8")) as Machine[] | { hosts: Machine[] };
  return Array.isArray(content) ? content : content.hosts;
}

function coordinatorHost(): string {
  const { ECE_COORDINATOR_HOST, ECE_ENDPOINT } = process.env;
  if (ECE_COORDINATOR_HOST !== undefined) return ECE_COORDINATOR_HOST;
  if (ECE_ENDPOINT === undefined) throw new Error("Set ECE_ENDPOINT, such as https://coordinator.example:12443.");
  return new URL(ECE_ENDPOINT).hostname;
}
