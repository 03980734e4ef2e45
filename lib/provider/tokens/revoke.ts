import type { EceClient } from "../../api";
import { DiagnosticError } from "../../plugin/framework";
import { ignoringNotFound } from "../platform/wait";

/** How a token can be revoked without Terraform, for messages. */
export const REVOKE_BY_HAND =
  "`cdktf-ece tokens revoke ID`, or DELETE /api/v1/platform/configuration/security/enrollment-tokens/ID";

/** Revokes a token and makes sure that it is gone; one that is gone already is no error. */
export async function revokeToken(client: EceClient, id: string, signal: AbortSignal): Promise<void> {
  await ignoringNotFound(client.enrollmentTokens.delete(id, { signal }));
  const left = await client.enrollmentTokens.list({ signal });
  if (left.some((token) => token.token_id === id)) {
    throw new DiagnosticError(
      "The roles token is still alive",
      `The platform accepted the revocation of the roles token ${id} but still lists it. Run the command again; if it stays, revoke it by hand: ${REVOKE_BY_HAND}.`,
    );
  }
}
