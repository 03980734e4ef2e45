import { decodeRolesToken, type DecodedRolesToken, type EceClient, type EnrollmentToken } from "../../api";
import { DiagnosticError, type Diagnostics } from "../../plugin/framework";
import { log } from "../../plugin/log";
import { describeRoles, difference, installerTokenKind, isUserRole, referencedFile } from "../../ece";
import { readImportFile } from "../configuration/settings";

const UNABLE_TO_IMPORT = "Unable to import the roles token";

/** Where a user finds the id of a roles token. */
export const TOKEN_IDS =
  "An id looks like 4c8990df-1fb7-4820-b868-6bc9e8860814; `cdktf-ece tokens list` shows those of the platform's persistent tokens.";

/** Elastic says nowhere what ids are made of; those that it shows are UUIDs. A token has dots, and is not its id. */
export function hasFormOfTokenId(id: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9_-]*$/.test(id);
}

/** What is known of an imported token; the token itself only where it was given. */
export interface ImportedToken {
  readonly id: string;
  readonly roles: string[];
  readonly token: string | null;
}

/** Finds a token of the platform by its id, by itself, or by either in a file (`file:PATH`). */
export async function importToken(
  client: EceClient,
  importId: string,
  { signal, diagnostics }: { readonly signal: AbortSignal; readonly diagnostics: Diagnostics },
): Promise<ImportedToken> {
  const file = referencedFile(importId);
  const given = (file === undefined ? importId : readImportFile(file, UNABLE_TO_IMPORT)).trim();
  const decoded = given.includes(".") ? decodeImported(given) : undefined;
  const id = decoded?.tokenId ?? given;
  if (!hasFormOfTokenId(id)) {
    // What stands in a file may be a secret of another kind.
    const found = file === undefined ? JSON.stringify(given) : `What stands in ${file}`;
    throw new DiagnosticError(UNABLE_TO_IMPORT, `${found} is neither the id of a roles token nor one. ${TOKEN_IDS}`);
  }
  const known = (await client.enrollmentTokens.list({ signal })).find((token) => token.token_id === id);
  if (known === undefined) {
    throw new DiagnosticError(
      UNABLE_TO_IMPORT,
      `The platform at ${client.endpoint} has no roles token with the id ${id}. It may be revoked, ephemeral (those cannot be managed), or of another platform. ${TOKEN_IDS}`,
    );
  }
  if (decoded !== undefined) checkImported(decoded, known);
  if (decoded !== undefined && file === undefined) warnOfShownToken(diagnostics);
  warnOfEmergencyToken(known, diagnostics);
  return { id, roles: known.roles, token: decoded === undefined ? null : given };
}

function decodeImported(token: string): DecodedRolesToken {
  log.redact(token);
  let decoded: DecodedRolesToken;
  try {
    decoded = decodeRolesToken(token);
  } catch {
    throw new DiagnosticError(
      UNABLE_TO_IMPORT,
      "The import id has dots, as a roles token has, but is not a readable one. Give the token's id, or the whole token as the platform returned it.",
    );
  }
  if (decoded.expiresAt !== undefined) {
    const tense = decoded.expiresAt.getTime() < Date.now() ? "expired at" : "expires by itself at";
    throw new DiagnosticError(
      UNABLE_TO_IMPORT,
      `This is an ephemeral roles token; it ${tense} ${decoded.expiresAt.toISOString()} and cannot be revoked, so there is nothing to manage. Import a persistent one.`,
    );
  }
  return decoded;
}

function checkImported(decoded: DecodedRolesToken, known: EnrollmentToken): void {
  const inToken = decoded.roles.filter(isUserRole);
  const onPlatform = known.roles.filter(isUserRole);
  if (difference(onPlatform, inToken).length + difference(inToken, onPlatform).length === 0) return;
  throw new DiagnosticError(
    UNABLE_TO_IMPORT,
    `The token says that it carries ${describeRoles(inToken)}, the platform says ${describeRoles(onPlatform)} for the id ${decoded.tokenId}. It is not this platform's token; import it by its id if you trust the platform.`,
  );
}

function warnOfShownToken(diagnostics: Diagnostics): void {
  diagnostics.addWarning(
    "Terraform has shown the roles token",
    "It prints import ids, and writes them into generated configuration. Whoever reads its output, or the log of a pipeline, can join hosts with this token: replace the resource (-replace) where that matters. A token in a file is not shown: import file:PATH.",
  );
}

function warnOfEmergencyToken({ token_id: id, roles }: EnrollmentToken, diagnostics: Diagnostics): void {
  if (installerTokenKind(roles) !== "emergency") return;
  diagnostics.addWarning(
    "This may be the platform's emergency token",
    `The token ${id} carries ${describeRoles(roles)}, as the installer's emergency token does: the way back when all coordinators are lost. Destroying or replacing this resource revokes it. If it is the emergency token, forget it again: \`terraform state rm\`, or a removed block with destroy = false.`,
  );
}
