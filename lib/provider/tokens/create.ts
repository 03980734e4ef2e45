/**
 * Roles tokens on the platform: make, import, revoke. Knows no resource. Imports the rooms `platform` and `configuration`,
 * `api`, `ece`, `plugin/framework` and `plugin/log`.
 */
import {
  EceAbortedError,
  EceConnectionError,
  EceError,
  EceTimeoutError,
  type CreatedEnrollmentToken,
  type EnrollmentToken,
} from "../../api";
import { DiagnosticError } from "../../plugin/framework";
import { describeRoles, difference } from "../../ece";
import type { Ece } from "../platform/ece";
import { waitFor, type Deadline, type WaitOptions } from "../platform/wait";
import { REVOKE_BY_HAND } from "./revoke";

const INTERRUPTION_GRACE_MS = 5_000;

/** How long the platform's list may lack a token that it has made. */
const LONGEST_LAG_MS = 15_000;

/** The same after an answer that refuses, which is nearly always true. */
const LONGEST_LAG_AFTER_REFUSAL_MS = 5_000;

const AUDIT_LATER = "Should such a token show later that nobody knows, `cdktf-ece tokens audit` finds it.";

/**
 * Makes a persistent token, and adds its id to the creations of this process. Whatever went wrong, the platform may have
 * made it, so the error names the tokens that it may be; none of them is provably ours, so none is revoked.
 */
export async function createToken(ece: Ece, roles: string[], signal: AbortSignal): Promise<CreatedEnrollmentToken> {
  const { client, tokenCreations: creations } = ece;
  const before = new Set((await client.enrollmentTokens.list({ signal })).map((token) => token.token_id));
  try {
    const creation = client.enrollmentTokens.create({ roles, persistent: true }, { signal: withGrace(signal) });
    creations.push(creation.then(({ tokenId }) => tokenId).catch(() => undefined));
    return await creation;
  } catch (error) {
    if (!(error instanceof EceError) || wasNeverSent(error)) throw error;
    const longestLagMs = error.outcomeUnknown ? LONGEST_LAG_MS : LONGEST_LAG_AFTER_REFUSAL_MS;
    // The request's own signal may be what ended it, so it does not end this look, but then it is a short one.
    const wait = ece.startWaiting(signal.aborted ? 0 : longestLagMs, new AbortController().signal);
    const candidates = await tryFindCandidates(ece, { before, roles, wait });
    throw new DiagnosticError(
      error.outcomeUnknown || candidates?.length !== 0
        ? "Unable to tell whether the roles token was created"
        : "Unable to create the roles token",
      [
        error.message,
        error.outcomeUnknown ? undefined : error.remedy,
        describe(candidates, roles, error, wait.deadline),
      ]
        .filter(Boolean)
        .join("\n\n"),
    );
  }
}

/**
 * Whether the platform lists a token that it has just made. A list that lags proves nothing, so it is waited for; false
 * where it did not show the token in time, or could not be read.
 */
export async function isListed(ece: Ece, id: string, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return false;
  try {
    const outcome = await waitFor(ece.startWaiting(LONGEST_LAG_MS, signal), async () => {
      const tokens = await ece.client.enrollmentTokens.list({ signal });
      return tokens.some((token) => token.token_id === id) ? true : undefined;
    });
    return outcome.found === true;
  } catch {
    return false;
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

/** Whether there was no connection on which the platform could have got the request. */
function wasNeverSent(error: EceError): boolean {
  return error instanceof EceConnectionError && !error.outcomeUnknown;
}

/**
 * The tokens with these roles that others added since `before`, as soon as there are some; undefined where the platform
 * does not tell.
 */
async function tryFindCandidates(
  { client, tokenCreations }: Ece,
  look: { readonly before: ReadonlySet<string>; readonly roles: string[]; readonly wait: WaitOptions },
): Promise<EnrollmentToken[] | undefined> {
  const { before, roles, wait } = look;
  try {
    const outcome = await waitFor(wait, async () => {
      const after = await client.enrollmentTokens.list();
      const own = await Promise.all(tokenCreations);
      const candidates = after.filter(
        (token) =>
          !before.has(token.token_id) &&
          !own.includes(token.token_id) &&
          difference(roles, token.roles).length === 0 &&
          difference(token.roles, roles).length === 0,
      );
      return candidates.length > 0 ? candidates : undefined;
    });
    return outcome.found ?? (outcome.lastError === undefined ? [] : undefined);
  } catch {
    return undefined;
  }
}

/** Names the tokens that the request may have made; none of them is provably ours. */
function describe(
  candidates: readonly EnrollmentToken[] | undefined,
  roles: string[],
  error: EceError,
  deadline: Deadline,
): string {
  if (candidates === undefined)
    return `The platform could not be asked for its tokens afterwards. Look for a token with the roles ${describeRoles(roles)} that nobody knows (\`cdktf-ece tokens audit\`) and revoke it: ${REVOKE_BY_HAND}.`;

  // We hung up on the platform, so it may carry out the request later.
  if (candidates.length === 0 && (error instanceof EceTimeoutError || error instanceof EceAbortedError))
    return `The platform lists no new token with these roles yet, but may still make one. Run the command again, and look later for a token that nobody knows (\`cdktf-ece tokens audit\`).`;

  if (candidates.length === 0)
    return `After ${deadline.text} the platform lists no new token with these roles, so most likely nothing was created. Run the command again. ${AUDIT_LATER}`;

  const ids = candidates.map((token) => token.token_id).join(", ");
  return `These tokens with the same roles are new on the platform, and one of them may be this one: ${ids}. If nobody else made it, revoke it: ${REVOKE_BY_HAND}. Its secret is lost, so it is of no use. Then run the command again.`;
}
