import { EceError, type EceClient } from "../../api";

/** How a platform is known again: by random ids that stay with it. Addresses, versions and runner ids prove nothing. */
export interface PlatformIdentity {
  /** Where the platform answered; for messages only, since one platform may have many addresses. */
  readonly endpoint: string;
  /** The ids of its security deployment: `security-cluster:ID` and `security-deployment:ID`. */
  readonly deployment: readonly string[];
  /** Persistent tokens that stood there: `token:ID`. */
  readonly tokens: readonly string[];
}

/** What the platform shows of itself now; what could not be read is undefined, and `unread` says why. */
export interface PlatformSight {
  readonly endpoint: string;
  readonly deployment: readonly string[] | undefined;
  readonly tokens: readonly string[] | undefined;
  readonly unread: readonly string[];
}

/** Whether a text is an id by which a platform may be known, such as `security-cluster:ID`. */
export function isPlatformId(text: string): boolean {
  return /^(security-cluster|security-deployment|token):[^\s,]+$/.test(text);
}

/** How many tokens are remembered: enough to outlast the rotation of some, few enough for the state of a fleet. */
const MOST_TOKENS = 4;

/** Reads who the platform is, each part once for the life of the process; a part that failed is read again when asked. */
export class PlatformReader {
  #deployment: Promise<readonly string[]> | undefined;
  #tokens: Promise<readonly string[]> | undefined;

  readonly #client: EceClient;

  constructor(client: EceClient) {
    this.#client = client;
  }

  async look(signal: AbortSignal): Promise<PlatformSight> {
    this.#deployment ??= forgetOnFailure(this.#readDeployment(signal), () => (this.#deployment = undefined));
    this.#tokens ??= forgetOnFailure(this.#readTokens(signal), () => (this.#tokens = undefined));
    const [deployment, tokens] = await Promise.allSettled([this.#deployment, this.#tokens]);
    signal.throwIfAborted();
    return {
      endpoint: this.#client.endpoint,
      deployment: valueOf(deployment),
      tokens: valueOf(tokens),
      unread: [...reasonOf("security deployment", deployment), ...reasonOf("roles tokens", tokens)],
    };
  }

  async #readDeployment(signal: AbortSignal): Promise<readonly string[]> {
    const { cluster_id, deployment_id } = await this.#client.securityDeployment.find({ signal });
    return [
      `security-cluster:${cluster_id}`,
      ...(deployment_id === undefined ? [] : [`security-deployment:${deployment_id}`]),
    ];
  }

  async #readTokens(signal: AbortSignal): Promise<readonly string[]> {
    // Shares the list that the refresh of tokens makes at the same moment.
    const tokens = await this.#client.enrollmentTokens.list({ signal, reader: "platform identity" });
    return tokens.map(({ token_id }) => `token:${token_id}`).sort();
  }
}

/** Whether a platform is the remembered one: one matching id proves it; what was not read proves nothing. */
export function compare(remembered: PlatformIdentity, now: PlatformSight): "same" | "other" | "unproven" {
  const overlaps = (before: readonly string[], seen: readonly string[] = []) => before.some((id) => seen.includes(id));
  if (overlaps(remembered.deployment, now.deployment) || overlaps(remembered.tokens, now.tokens)) return "same";

  const isRead = (before: readonly string[], seen: readonly string[] | undefined) =>
    before.length === 0 || seen !== undefined;
  return isRead(remembered.deployment, now.deployment) && isRead(remembered.tokens, now.tokens) ? "other" : "unproven";
}

/** What to remember after a look: fresh ids where they were read, tokens that were remembered before first. */
export function remember(now: PlatformSight, before?: PlatformIdentity): PlatformIdentity | undefined {
  const live = now.tokens ?? before?.tokens ?? [];
  const kept = (before?.tokens ?? []).filter((id) => live.includes(id));
  const identity = {
    endpoint: now.endpoint,
    deployment: now.deployment ?? before?.deployment ?? [],
    tokens: [...new Set([...kept, ...live])].slice(0, MOST_TOKENS),
  };
  return identity.deployment.length + identity.tokens.length === 0 ? undefined : identity;
}

/** The ids in a line, for messages. */
export function describeIdentity({ deployment, tokens }: Pick<PlatformSight, "deployment" | "tokens">): string {
  const ids = [...(deployment ?? []), ...(tokens ?? []).slice(0, MOST_TOKENS)];
  return ids.length === 0 ? "nothing that tells it from others" : ids.join(", ");
}

/** What a look did not show and why, for messages. */
export function describeUnread({ unread }: PlatformSight): string {
  return unread.length === 0 ? "" : `Not read: ${unread.join("; ")}.`;
}

async function forgetOnFailure<T>(reading: Promise<T>, forget: () => void): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    forget();
    throw error;
  }
}

function valueOf<T>(result: PromiseSettledResult<T>): T | undefined {
  return result.status === "fulfilled" ? result.value : undefined;
}

function reasonOf(what: string, result: PromiseSettledResult<unknown>): string[] {
  if (result.status === "fulfilled") return [];
  const { reason } = result as { reason: unknown };
  return [`${what}: ${reason instanceof EceError ? reason.message : "not readable"}`];
}
