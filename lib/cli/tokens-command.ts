import type { Command } from "commander";
import type { EceClient } from "../api";
import { describeRoles, installerTokenKind } from "../ece";
import { CommandError } from "./command-error";
import { printJson, printTable } from "./output";
import { ENVIRONMENT_HELP, withPlatform } from "./platform";
import { auditTokens, type ListedToken } from "./token-audit";
import { readTokenIds } from "./state-file";

/** `cdktf-ece tokens …` */
export function addTokensCommand(program: Command): void {
  const tokens = program
    .command("tokens")
    .description("The platform's persistent roles tokens. Tells ids and roles, never a token.");
  addListCommand(tokens);
  addAuditCommand(tokens);
  addRevokeCommand(tokens);
}

function addListCommand(tokens: Command): void {
  tokens
    .command("list")
    .description("List the platform's persistent roles tokens.")
    .option("--json", "print JSON")
    .addHelpText("after", ENVIRONMENT_HELP)
    .action(async ({ json }: { json?: true }) => {
      const tokens = await withPlatform(listTokens);
      if (json) printJson({ tokens });
      else printTable(tokens, ["TOKEN ID", "ROLES"], (token) => [token.id, describeRoles(token.roles)]);
    });
}

function addAuditCommand(tokens: Command): void {
  tokens
    .command("audit")
    .description("Report the roles tokens that no Terraform state knows. Revokes nothing.")
    .requiredOption(
      "--state <file...>",
      "all Terraform states that make tokens on this platform: files, or - for stdin",
    )
    .option("--known <id...>", "ids of tokens that are meant to be there", [])
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      `
A new ECE platform has three tokens of its installer: one without roles, an allocator-only one, and the emergency token
(every role but allocator), which must never be revoked. They are told apart by their roles alone, so one token of each
kind is taken for the installer's. Name the installer's own with --known, and every other token is reported.

Exit code: 0 when every token is known or looks like the installer's own, 2 when there are others, 1 on an error.

Example:

  terraform state pull | npx cdktf-ece tokens audit --state - terraform.proxies.tfstate
${ENVIRONMENT_HELP}`,
    )
    .action(async ({ state, known, json }: { state: string[]; known: string[]; json?: true }) => {
      const managed = new Set((await Promise.all(state.map(readTokenIds))).flat());
      const unknown = auditTokens(await withPlatform(listTokens), { managed, named: new Set(known) });
      if (json) {
        printJson({ unknown });
      } else if (unknown.length === 0) {
        process.stdout.write("Every roles token of the platform is known.\n");
      } else {
        printTable(unknown, ["UNKNOWN TOKEN ID", "ROLES", "REMARK"], ({ id, roles, remark }) => [
          id,
          describeRoles(roles),
          remark,
        ]);
      }
      if (unknown.some((token) => token.unexplained)) process.exitCode = 2;
    });
}

function addRevokeCommand(tokens: Command): void {
  tokens
    .command("revoke")
    .argument("<id>", "the id of the token")
    .option("--even-if-emergency", "revoke it even though it looks like the installer's emergency token")
    .description("Revoke a roles token and make sure that it is gone. Hosts that joined with it stay.")
    .addHelpText("after", ENVIRONMENT_HELP)
    .action(async (id: string, { evenIfEmergency }: { evenIfEmergency?: true }) => {
      // Roles tokens have dots, ids have none: the text may be a secret.
      if (id.includes("."))
        throw new CommandError("This is no token id but perhaps a token. Find its id with: cdktf-ece tokens list");

      await withPlatform(async (client) => {
        const token = (await listTokens(client)).find((each) => each.id === id);
        if (token === undefined)
          throw new CommandError(`The platform has no persistent roles token with the id ${id}.`);

        if (installerTokenKind(token.roles) === "emergency" && !evenIfEmergency) {
          throw new CommandError(
            `The token ${id} carries ${describeRoles(token.roles)}, as the installer's emergency token does. That one must never be revoked: it is the way back when all coordinators are lost. If this is another token, say so with --even-if-emergency.`,
          );
        }
        const { revokeToken } = await import("../provider/index.js");
        await revokeToken(client, id);
      });
      process.stdout.write(`Token ${id} is revoked.\n`);
    });
}

async function listTokens(client: EceClient): Promise<ListedToken[]> {
  const tokens = await client.enrollmentTokens.list();
  return tokens.map(({ token_id: id, roles }) => ({ id, roles })).sort((a, b) => a.id.localeCompare(b.id));
}
