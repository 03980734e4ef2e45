import type { Command } from "commander";
import type { ManagedResource, Rehearsal } from "../provider";
import { addHostsListCommand } from "./hosts-list";
import { printJson, printTable } from "./output";
import { ENVIRONMENT_HELP, withPlatform } from "./platform";
import { readManaged } from "./state-file";

const HOST_TYPES = ["ece_host", "ece_host_machine", "ece_host_roles"];

/** `cdktf-ece hosts …` */
export function addHostsCommand(program: Command): void {
  const hosts = program.command("hosts").description("The platform's hosts.");
  addHostsListCommand(hosts);
  hosts
    .command("rehearse-removal")
    .argument("<runner-id...>", "the hosts, which are taken to leave together")
    .requiredOption("--state <file...>", "the Terraform states that have the hosts: files, or - for stdin")
    .option("--json", "print JSON")
    .description("Tell what a removal of hosts would find: proofs, room, the ensemble. Changes nothing.")
    .addHelpText(
      "after",
      `
For each host: whether the platform is the one that the state was made on, what its record is, whether its machine says
that it is this host (by SSH, where the state has an ece_host_machine), and whether ECE is being upgraded; each instance
with the allocators of its zone that have room for it; then the memory of each zone and the directors and coordinators,
before and after.

Exit code: 0 when a removal would pass, 2 when it would not, 1 on an error.

Example:

  terraform state pull | npx cdktf-ece hosts rehearse-removal 10.0.0.11 10.0.0.12 --state -
${ENVIRONMENT_HELP}
Keys for machines: ECE_SSH_PRIVATE_KEY_FILE, ECE_SSH_BASTION_PRIVATE_KEY_FILE, the SSH agent, or the stored path.`,
    )
    .action(async (runnerIds: string[], { state, json }: { state: string[]; json?: true }) => {
      const managed = (await Promise.all(state.map((file) => readManaged(file, HOST_TYPES)))).flat();
      const { rehearseRemoval } = await import("../provider/index.js");
      // A state holds the JSON of what the provider stored, which is what these are.
      const resources = managed as readonly object[] as readonly ManagedResource[];
      const rehearsal = await withPlatform((client) => rehearseRemoval(client, runnerIds, resources));
      if (json) printJson(rehearsal);
      else printRehearsal(rehearsal);
      if (!rehearsal.passes) process.exitCode = 2;
    });
}

function printRehearsal({ passes, hosts, zones, ensemble }: Rehearsal): void {
  const print = (line: string) => process.stdout.write(`${line}\n`);
  for (const host of hosts) {
    print(`Host ${host.runnerId} ${host.passes ? "can" : "cannot"} be removed.`);
    printTable(host.proofs, ["PROOF", "OUTCOME", "FOUND"], ({ proof, outcome, found }) => [proof, outcome, found]);
    if (host.instances.length > 0) {
      print("");
      printTable(host.instances, ["INSTANCE", "KIND", "CLUSTER", "MB", "WHERE IT COULD GO"], (instance) => [
        instance.name,
        instance.kind,
        instance.clusterId,
        String(instance.memoryMb),
        instance.obstacle ?? instance.targets.join(", "),
      ]);
    }
    print("");
  }
  if (zones.length > 0) {
    printTable(zones, ["ZONE", "USED MB", "CAPACITY BEFORE", "CAPACITY AFTER"], (zone) => [
      zone.zone,
      ...[zone.usedMb, zone.capacityBeforeMb, zone.capacityAfterMb].map(String),
    ]);
    print("");
  }
  printTable(ensemble.roles, ["ROLE", "CONNECTED BEFORE", "CONNECTED AFTER", "REMARK"], ({ role, remark, ...ids }) => [
    role,
    ids.before.join(", ") || "none",
    ids.after.join(", ") || "none",
    remark ?? "",
  ]);
  for (const obstacle of ensemble.obstacles) print(`Not now: ${obstacle}.`);
  print(`\n${passes ? "A removal would pass." : "A removal would not pass."}`);
}
