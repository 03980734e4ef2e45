import type { Command } from "commander";
import type { Finding } from "../provider";
import { readPlannedMachines } from "./doctor/plan-file";
import { examineTools } from "./doctor/tools";
import { printJson } from "./output";
import { ENVIRONMENT_HELP } from "./platform";
import { readManaged } from "./state-file";

const SIGNS = { well: "✔", advice: "!", fault: "✘" } as const;

interface DoctorArguments {
  readonly plan: string[];
  readonly state: string[];
  readonly json?: true;
}

/** `cdktf-ece doctor` */
export function addDoctorCommand(program: Command): void {
  program
    .command("doctor")
    .description(
      "Look at everything that a deploy needs: tools, settings, coordinators, rights, machines. Changes nothing.",
    )
    .option("--plan <file...>", "plans whose machines to look at, as terraform show -json writes them; - for stdin", [])
    .option("--state <file...>", "Terraform states whose machines to look at: files, or - for stdin", [])
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      `
Whether the user may make roles tokens is asked of the user's own record; no token is made. Machines are looked at by SSH,
with the checks that ece_host_machine makes before an install, and their clocks.

Exit code: 0 when nothing stands in the way of a deploy (there may be advice), 2 when something does, 1 on an error.

Example:

  terraform plan -out deploy.plan && terraform show -json deploy.plan | npx cdktf-ece doctor --plan -
${ENVIRONMENT_HELP}
Keys for machines: ECE_SSH_PRIVATE_KEY_FILE, ECE_SSH_BASTION_PRIVATE_KEY_FILE, the SSH agent, or the path in the plan.`,
    )
    .action(async ({ plan, state, json }: DoctorArguments) => {
      const planned = (await Promise.all(plan.map(readPlannedMachines))).flat();
      const managed = (await Promise.all(state.map((file) => readManaged(file, ["ece_host_machine"])))).flat();
      const machines = [...planned, ...managed.map(({ attributes }) => attributes)];

      const findings = [...(await examineTools()), ...(await examinePlatformAnd(machines))];
      if (json) printJson({ findings });
      else findings.forEach(printFinding);
      if (findings.some(({ verdict }) => verdict === "fault")) process.exitCode = 2;
    });
}

async function examinePlatformAnd(machines: readonly object[]): Promise<Finding[]> {
  const { examineMachines, examinePlatform } = await import("../provider/index.js");
  const { findings, client } = await examinePlatform();
  if (machines.length === 0) return [...findings];
  if (client === undefined) {
    const remedy = "What they need depends on the platform's version. Mend the above first.";
    return [...findings, { subject: "hosts", verdict: "advice", found: "the machines were not looked at", remedy }];
  }
  try {
    // Terraform's JSON holds what the provider planned or stored, which is what these are.
    return [...findings, ...(await examineMachines(client, machines as Parameters<typeof examineMachines>[1]))];
  } finally {
    client.close();
  }
}

function printFinding({ subject, verdict, found, remedy }: Finding): void {
  process.stdout.write(`${SIGNS[verdict]} ${subject}: ${found}\n`);
  if (remedy !== undefined) process.stdout.write(`    ${remedy}\n`);
}
