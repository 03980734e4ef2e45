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

interface AuditArguments {
  readonly state: string[];
  readonly known: string[];
  readonly trustRoles?: boolean;
  readonly json?: true;
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
    .option("--trust-roles", "take one token of each of the installer's kinds for the installer's own")
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      `
A new ECE platform has three tokens of its installer: one without roles, an allocator-only one, and the emergency token
(every role but allocator), which must never be revoked. Nothing but their roles tells them from tokens that were left
alive, so they are reported until --known names their ids. On a platform whose installer's tokens were never revoked,
--trust-roles takes one token of each kind for the installer's own.

Exit code: 0 when every token is known, 2 when there are others, 1 on an error.

Example:

  terraform state pull | npx cdktf-ece tokens audit --state - terraform.proxies.tfstate --known ID ID ID
${ENVIRONMENT_HELP}`,
    )
    .action(async ({ state, known, trustRoles = false, json }: AuditArguments) => {
      const managed = new Set((await Promise.all(state.map(readTokenIds))).flat());
      const accounted = { managed, named: new Set(known) };
      const unknown = auditTokens(await withPlatform(listTokens), accounted, { trustRoles });
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

interface RevokeArguments {
  readonly state: string[];
  readonly yes?: true;
  readonly evenIfEmergency?: true;
}

function addRevokeCommand(tokens: Command): void {
  tokens
    .command("revoke")
    .argument("<id>", "the id of the token")
    .option("--yes", "revoke it; without this, it is only told what would be lost")
    .option("--state <file...>", "Terraform states in which to look for the token: files, or - for stdin", [])
    .option("--even-if-emergency", "revoke it even though it looks like the installer's emergency token")
    .description("Revoke a roles token and make sure that it is gone. Hosts that joined with it stay.")
    .addHelpText(
      "after",
      `
Exit code: 0 when the token is revoked, 1 when it is not.
${ENVIRONMENT_HELP}`,
    )
    .action(async (id: string, { state, yes, evenIfEmergency }: RevokeArguments) => {
      // Roles tokens have dots, ids have none: the text may be a secret.
      if (id.includes("."))
        throw new CommandError("This is no token id but perhaps a token. Find its id with: cdktf-ece tokens list");

      const managing = await findManaging(id, state);
      await withPlatform(async (client) => {
        const token = (await listTokens(client)).find((each) => each.id === id);
        if (token === undefined)
          throw new CommandError(`The platform has no persistent roles token with the id ${id}.`);

        if (installerTokenKind(token.roles) === "emergency" && !evenIfEmergency) {
          throw new CommandError(
            `The token ${id} carries ${describeRoles(token.roles)}, as the installer's emergency token does. That one must never be revoked: it is the way back when all coordinators are lost. If this is another token, say so with --even-if-emergency.`,
          );
        }
        if (!yes) throw new CommandError(`${describeLoss(token, managing)} Nothing was revoked. Revoke it with --yes.`);
        const { revokeToken } = await import("../provider/index.js");
        await revokeToken(client, id);
      });
      process.stdout.write(`Token ${id} is revoked.\n`);
    });
}

/** The states that manage the token. */
async function findManaging(id: string, states: readonly string[]): Promise<string[]> {
  const ids = await Promise.all(states.map(readTokenIds));
  return states.filter((_, index) => ids[index]?.includes(id));
}

function describeLoss({ id, roles }: ListedToken, managing: readonly string[]): string {
  const kind = installerTokenKind(roles);
  return [
    `The token ${id} carries ${describeRoles(roles)}. Once it is revoked, no host can join with it, and no token with its id comes back; hosts that have joined stay.`,
    kind && `By its roles it may be the installer's own ${kind} token, with which others may be adding hosts.`,
    managing.length > 0 && `The state ${managing.join(", ")} manages it: the next plan there replaces it.`,
  ]
    .filter(Boolean)
    .join(" ");
}

async function listTokens(client: EceClient): Promise<ListedToken[]> {
  const tokens = await client.enrollmentTokens.list();
  return tokens.map(({ token_id: id, roles }) => ({ id, roles })).sort((a, b) => a.id.localeCompare(b.id));
}
