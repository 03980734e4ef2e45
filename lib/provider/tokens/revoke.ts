import type { EceClient } from "../../api";
import { DiagnosticError } from "../../plugin/framework";
import { Deadline, ignoringNotFound, SYSTEM_CLOCK, waitFor, type WaitOptions } from "../platform/wait";

/** How long the platform's list may go on showing a token that it has revoked. */
export const LONGEST_REVOCATION_MS = 15_000;

/** How a token can be revoked without Terraform, for messages. */
export const REVOKE_BY_HAND =
  "`cdktf-ece tokens revoke ID --yes`, or DELETE /api/v1/platform/configuration/security/enrollment-tokens/ID";

/**
 * Revokes a token and makes sure that it is gone; one that is gone already is no error. False where the platform did not
 * know it.
 */
export async function revokeToken(
  client: EceClient,
  id: string,
  wait: WaitOptions = {
    deadline: new Deadline(LONGEST_REVOCATION_MS, SYSTEM_CLOCK),
    signal: new AbortController().signal,
  },
): Promise<boolean> {
  const { signal } = wait;
  const wasKnown = await ignoringNotFound(client.enrollmentTokens.delete(id, { signal }));
  const outcome = await waitFor(wait, async () => {
    const left = await client.enrollmentTokens.list({ signal });
    return left.some((token) => token.token_id === id) ? undefined : true;
  });
  if (outcome.found !== undefined) return wasKnown;
  if (outcome.lastError !== undefined) throw outcome.lastError;
  throw new DiagnosticError(
    "The roles token is still alive",
    `The platform accepted the revocation of the roles token ${id} but still lists it after ${wait.deadline.text}. Run the command again; if it stays, revoke it by hand: ${REVOKE_BY_HAND}.`,
  );
}
