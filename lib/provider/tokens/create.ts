import {
  EceAbortedError,
  EceError,
  EceTimeoutError,
  type CreatedEnrollmentToken,
  type EnrollmentToken,
} from "../../api";
import { DiagnosticError } from "../../plugin/framework";
import type { Ece } from "../platform/ece";
import { describeRoles, difference } from "../../ece";
import { REVOKE_BY_HAND } from "./revoke";

const INTERRUPTION_GRACE_MS = 5_000;

/**
 * Makes a persistent token. Where nobody can tell whether it was made, the error names the tokens that it may be; none of
 * them is provably ours, so none is revoked.
 */
export async function createToken(ece: Ece, roles: string[], signal: AbortSignal): Promise<CreatedEnrollmentToken> {
  const before = new Set((await ece.client.enrollmentTokens.list({ signal })).map((token) => token.token_id));
  try {
    const creation = ece.client.enrollmentTokens.create({ roles, persistent: true }, { signal: withGrace(signal) });
    ece.tokenCreations.push(creation.then(({ tokenId }) => tokenId).catch(() => undefined));
    return await creation;
  } catch (error) {
    if (!(error instanceof EceError && error.outcomeUnknown)) throw error;
    throw new DiagnosticError(
      "Unable to tell whether the roles token was created",
      `${error.message}\n\n${await describeCandidates(ece, before, roles, isStillAtWork(error))}`,
    );
  }
}

/** An interruption leaves the platform some time to answer: it tells a token only once. */
function withGrace(signal: AbortSignal): AbortSignal {
  const patient = new AbortController();
  signal.addEventListener("abort", () => void setTimeout(() => patient.abort(), INTERRUPTION_GRACE_MS).unref(), {
    once: true,
  });
  return patient.signal;
}

/** Whether we hung up on the platform, so that it may carry out the request later. */
function isStillAtWork(error: EceError): boolean {
  return error instanceof EceTimeoutError || error instanceof EceAbortedError;
}

/** Names the tokens that a request with an unknown outcome may have left; none of them is provably ours. */
async function describeCandidates(
  ece: Ece,
  before: ReadonlySet<string>,
  roles: string[],
  stillAtWork: boolean,
): Promise<string> {
  let after: EnrollmentToken[];
  try {
    // The request's own signal may be what ended it, so it does not end this look.
    after = await ece.client.enrollmentTokens.list();
  } catch {
    return `The platform could not be asked for its tokens afterwards. Look for a token with the roles ${describeRoles(roles)} that nobody knows (\`cdktf-ece tokens audit\`) and revoke it: ${REVOKE_BY_HAND}.`;
  }
  const own = await Promise.all(ece.tokenCreations);
  const candidates = after.filter(
    (token) =>
      !before.has(token.token_id) &&
      !own.includes(token.token_id) &&
      difference(roles, token.roles).length === 0 &&
      difference(token.roles, roles).length === 0,
  );
  if (candidates.length === 0 && stillAtWork)
    return `The platform lists no new token with these roles yet, but may still make one. Run the command again, and look later for a token that nobody knows (\`cdktf-ece tokens audit\`).`;

  if (candidates.length === 0)
    return "The platform lists no new token with these roles, so nothing was created. Run the command again.";

  const ids = candidates.map((token) => token.token_id).join(", ");
  return `These tokens with the same roles are new on the platform, and one of them may be this one: ${ids}. If nobody else made it, revoke it: ${REVOKE_BY_HAND}. Its secret is lost, so it is of no use. Then run the command again.`;
}
