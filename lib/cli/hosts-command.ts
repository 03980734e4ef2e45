import { type Command, Option } from "commander";
import { USER_ROLES } from "../ece";
import type { ManagedResource, Rehearsal } from "../provider";
import { addHostsListCommand } from "./hosts-list";
import { printJson, printTable } from "./output";
import { ENVIRONMENT_HELP, withPlatform } from "./platform";
import { readManaged } from "./state-file";

const HOST_TYPES = ["ece_host", "ece_host_machine", "ece_host_roles"];

interface RehearsalOptions {
  readonly state: string[];
  readonly givenUpPlatforms: string[];
  readonly givenUpMachines: string[];
  readonly givenUpLastOf: string[];
  readonly json?: true;
}

/** `cdktf-ece hosts …` */
export function addHostsCommand(program: Command): void {
  const hosts = program.command("hosts").description("The platform's hosts.");
  addHostsListCommand(hosts);
  hosts
    .command("rehearse-removal")
    .argument("<runner-id...>", "the hosts, which are taken to leave together")
    .requiredOption("--state <file...>", "the Terraform states that have the hosts: files, or - for stdin")
    .option("--given-up-platforms <id...>", "what the provider's given_up.platforms lists", [])
    .option("--given-up-machines <runner-id...>", "what the provider's given_up.machines lists", [])
    .addOption(
      new Option("--given-up-last-of <role...>", "what the provider's given_up.last_of lists")
        .choices(USER_ROLES)
        .default([]),
    )
    .option("--json", "print JSON")
    .description("Tell what a removal of hosts would find: proofs, room, the ensemble. Changes nothing.")
    .addHelpText(
      "after",
      `
For each host, what a plan and a destroy ask, in the same way: whether the platform is the one that the state was made
on, what its record is, whether ECE is being upgraded, whether its machine says that it is this host (by SSH, where the
state has an ece_host_machine), whether it is the last of a role, and whether all other directors and coordinators are
back (of ZooKeeper by SSH, too); each instance with the allocators of its zone that have room for it; then the memory of
each zone and the directors, coordinators and votes, before and after. What could not be asked is listed as not asked.

Exit code: 0 when a removal would pass by all that was asked, 2 when it would not, 1 on an error.

Example:

  terraform state pull | npx cdktf-ece hosts rehearse-removal 10.0.0.11 10.0.0.12 --state -
${ENVIRONMENT_HELP}
Keys for machines: ECE_SSH_PRIVATE_KEY_FILE, ECE_SSH_BASTION_PRIVATE_KEY_FILE, the SSH agent, or the stored path.`,
    )
    .action(async (runnerIds: string[], { state, json, ...options }: RehearsalOptions) => {
      const managed = (await Promise.all(state.map((file) => readManaged(file, HOST_TYPES)))).flat();
      const { rehearseRemoval } = await import("../provider/index.js");
      // A state holds the JSON of what the provider stored, which is what these are.
      const resources = managed as readonly object[] as readonly ManagedResource[];
      const { givenUpPlatforms: platforms, givenUpMachines: machines, givenUpLastOf: last_of } = options;
      const config = { given_up: { platforms, machines, last_of } };
      const rehearsal = await withPlatform((client) => rehearseRemoval(client, runnerIds, resources, config));
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
  const votes = { role: "a vote (ZooKeeper)", ...ensemble.votes, remark: undefined };
  printTable(
    [...ensemble.roles, votes],
    ["ROLE", "CONNECTED BEFORE", "CONNECTED AFTER", "REMARK"],
    ({ role, before, after, remark }) => [role, before.join(", ") || "none", after.join(", ") || "none", remark ?? ""],
  );
  print("");
  const unasked = hosts.flatMap(({ runnerId, proofs }) =>
    proofs.filter(({ outcome }) => outcome === "not asked").map(({ proof }) => `${proof} of ${runnerId}`),
  );
  if (unasked.length > 0) print(`Not asked: ${unasked.join(", ")}.`);
  print(passes ? "A removal would pass by all that was asked." : "A removal would not pass.");
}
