import { randomBytes, randomUUID } from "node:crypto";
import * as jwt from "jsonwebtoken";
import type { SimulatedClock } from "./clock";
import { ApiError } from "./api-error";
import { LaggingList, type ListLag } from "./lagging-list";
import { USER_ROLES } from "./runners";

/** A roles token as the platform remembers it; ECE calls it an enrollment token in its API. */
export interface RolesToken {
  readonly id: string;
  readonly token: string;
  readonly roles: readonly string[];
  readonly persistent: boolean;
  /** Ephemeral tokens only. */
  readonly expiresAt?: Date;
  revoked: boolean;
}

/** Parameters of a token request. */
export interface RolesTokenRequest {
  readonly persistent: boolean;
  readonly roles: readonly string[];
  /** Ephemeral tokens only. @default 3600 */
  readonly validityInSeconds?: number;
}

/** Result of verifying a token. */
export type TokenVerdict = { accepted: true; roles: readonly string[] } | { accepted: false; message: string };

const DEFAULT_VALIDITY_SECONDS = 3600;
const PROMPT: ListLag<"tokens"> = { tokensListedAfterReads: 0, tokensUnlistedAfterReads: 0, unlisted: [] };
const MAX_INT32 = 2 ** 31 - 1;

/** Creates, lists, revokes and verifies the platform's roles tokens. */
export class RolesTokens {
  readonly #signingKey = randomBytes(32);
  readonly #tokens: RolesToken[] = [];
  readonly #clock: SimulatedClock;
  readonly #listing: LaggingList<RolesToken>;

  /** `lag` is read at each change, so that it can be adjusted while the platform runs. */
  constructor(clock: SimulatedClock, lag: Readonly<ListLag<"tokens">> = PROMPT) {
    this.#clock = clock;
    this.#listing = new LaggingList(
      () => ({ addedAfterReads: lag.tokensListedAfterReads, removedAfterReads: lag.tokensUnlistedAfterReads }),
      ({ id }) => lag.unlisted.includes(id),
    );
  }

  /** The tokens as the API lists them: it may lag, and lack some. */
  listing(): RolesToken[] {
    return this.#listing.read(this.list());
  }

  /**
   * Creates a token, or throws the API's 400.
   *
   * ECE publishes neither the texts of these errors nor what it does with a validity on a persistent token. The API
   * description allows it for ephemeral tokens only, so it is an error here.
   */
  mint(request: RolesTokenRequest): RolesToken {
    const unknown = request.roles.filter((role) => !USER_ROLES.includes(role));
    if (unknown.length > 0) {
      throw invalidTokenRequest(
        `Unknown roles [${unknown.join(", ")}], expected any of [${USER_ROLES.join(", ")}]`,
        "roles",
      );
    }
    const validity = request.validityInSeconds;
    if (request.persistent && validity !== undefined)
      throw invalidTokenRequest("The validity can only be set for ephemeral tokens", "validity_in_seconds");

    if (validity !== undefined && (!Number.isInteger(validity) || validity < 1 || validity > MAX_INT32))
      throw invalidTokenRequest("The validity must be a positive 32-bit integer", "validity_in_seconds");

    const id = randomUUID();
    const roles = [...new Set(request.roles)];
    const expiresAt = request.persistent ? undefined : this.#clock.after(validity ?? DEFAULT_VALIDITY_SECONDS);
    const lifetime = expiresAt === undefined ? { persistent: true } : { exp: Math.floor(expiresAt.getTime() / 1000) };
    const token = jwt.sign({ sub: id, roles, iss: "current", ...lifetime }, this.#signingKey, {
      algorithm: "HS256",
      noTimestamp: true,
    });
    const minted: RolesToken = { id, token, roles, persistent: request.persistent, expiresAt, revoked: false };
    this.#tokens.push(minted);
    this.#listing.added(minted);
    return minted;
  }

  /** The tokens that are persistent and not revoked. */
  list(): RolesToken[] {
    return this.#tokens.filter((token) => token.persistent && !token.revoked);
  }

  /** Every token, including the revoked and the expired ones. */
  all(): readonly RolesToken[] {
    return this.#tokens;
  }

  /** Whether a host could join with the token now. */
  isLive(token: RolesToken): boolean {
    return !token.revoked && (token.expiresAt === undefined || this.#clock.now() < token.expiresAt);
  }

  /**
   * Revokes a persistent token, given its id or the token itself.
   *
   * Ephemeral tokens cannot be revoked, as the documentation says. That the reply is a 404 is a guess.
   */
  revoke(idOrToken: string): void {
    const token = this.list().find(({ id, token }) => id === idOrToken || token === idOrToken);
    if (token === undefined)
      throw new ApiError(404, "enrollment_tokens.invalid_token_id", "There is no persistent token with this id");

    token.revoked = true;
    this.#listing.removed(token);
  }

  /** Checks the signature, expiry and revocation of a token that a host presents. */
  verify(presented: string): TokenVerdict {
    let id: unknown;
    try {
      const clockTimestamp = Math.floor(this.#clock.now().getTime() / 1000);
      const payload = jwt.verify(presented, this.#signingKey, { algorithms: ["HS256"], clockTimestamp });
      id = typeof payload === "string" ? undefined : payload.sub;
    } catch (error) {
      const message =
        error instanceof jwt.TokenExpiredError
          ? "the roles token has expired"
          : "the roles token is not valid for this platform";
      return { accepted: false, message };
    }
    const token = this.#tokens.find((known) => known.id === id);
    return token === undefined || token.revoked
      ? { accepted: false, message: "the roles token has been revoked" }
      : { accepted: true, roles: token.roles };
  }
}

function invalidTokenRequest(message: string, field: string): ApiError {
  return new ApiError(400, "enrollment_tokens.invalid_token_request", message, [field]);
}
