/**
 * Roles tokens on the platform: make, import, revoke. Takes an {@link EceClient} and knows no resource. Imports the rooms
 * `platform` and `configuration`, `api`, `ece`, `plugin/framework` and `plugin/log`.
 */
import {
  EceAbortedError,
  EceError,
  EceTimeoutError,
  type CreatedEnrollmentToken,
  type EceClient,
  type EnrollmentToken,
} from "../../api";
import { DiagnosticError } from "../../plugin/framework";
import { describeRoles, difference } from "../../ece";
import { REVOKE_BY_HAND } from "./revoke";

const INTERRUPTION_GRACE_MS = 5_000;

/**
 * Makes a persistent token, and adds its id to `creations`: those of all tokens that this process makes. Where nobody
 * can tell whether it was made, the error names the tokens that it may be; none of them is provably ours, so none is
 * revoked.
 */
export async function createToken(
  client: EceClient,
  roles: string[],
  { signal, creations }: { readonly signal: AbortSignal; readonly creations: Promise<string | undefined>[] },
): Promise<CreatedEnrollmentToken> {
  const before = new Set((await client.enrollmentTokens.list({ signal })).map((token) => token.token_id));
  try {
    const creation = client.enrollmentTokens.create({ roles, persistent: true }, { signal: withGrace(signal) });
    creations.push(creation.then(({ tokenId }) => tokenId).catch(() => undefined));
    return await creation;
  } catch (error) {
    if (!(error instanceof EceError && error.outcomeUnknown)) throw error;
    const added = await tryListAdded(client, before, creations);
    throw new DiagnosticError(
      "Unable to tell whether the roles token was created",
      `${error.message}\n\n${describeCandidates(added, roles, isStillAtWork(error))}`,
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

/** The tokens that others added since `before`; undefined where the platform does not tell. */
async function tryListAdded(
  client: EceClient,
  before: ReadonlySet<string>,
  creations: readonly Promise<string | undefined>[],
): Promise<EnrollmentToken[] | undefined> {
  let after: EnrollmentToken[];
  try {
    // The request's own signal may be what ended it, so it does not end this look.
    after = await client.enrollmentTokens.list();
  } catch {
    return undefined;
  }
  const own = await Promise.all(creations);
  return after.filter(({ token_id: id }) => !before.has(id) && !own.includes(id));
}

/** Names those of the added tokens that the request may have made; none of them is provably ours. */
function describeCandidates(
  added: readonly EnrollmentToken[] | undefined,
  roles: string[],
  stillAtWork: boolean,
): string {
  if (added === undefined)
    return `The platform could not be asked for its tokens afterwards. Look for a token with the roles ${describeRoles(roles)} that nobody knows (\`cdktf-ece tokens audit\`) and revoke it: ${REVOKE_BY_HAND}.`;

  const candidates = added.filter(
    (token) => difference(roles, token.roles).length === 0 && difference(token.roles, roles).length === 0,
  );
  if (candidates.length === 0 && stillAtWork)
    return `The platform lists no new token with these roles yet, but may still make one. Run the command again, and look later for a token that nobody knows (\`cdktf-ece tokens audit\`).`;

  if (candidates.length === 0)
    return "The platform lists no new token with these roles, so nothing was created. Run the command again.";

  const ids = candidates.map((token) => token.token_id).join(", ");
  return `These tokens with the same roles are new on the platform, and one of them may be this one: ${ids}. If nobody else made it, revoke it: ${REVOKE_BY_HAND}. Its secret is lost, so it is of no use. Then run the command again.`;
}
