import type { EnrollmentToken, EnrollmentTokenRequest } from "../models";
import { expectConfirmation, expectList, expectObject, expectString, lenientList } from "../transport/reply";
import { apiPath, type ListOptions, type Requester, type RequestOptions } from "../transport/request";
import { SharedRead } from "../transport/shared-read";

/** What a roles token is to be. */
export interface CreateEnrollmentTokenRequest {
  /** The roles that it gives to a host; empty for a token that lets a host join without any role. */
  readonly roles: readonly string[];
  /**
   * True for a token that is valid until it is revoked; false for an ephemeral one, which expires and cannot be
   * revoked.
   */
  readonly persistent: boolean;
  /**
   * How long the token is valid; for ephemeral tokens only.
   *
   * @default - the platform's default of one hour
   */
  readonly validityInSeconds?: number;
}

/** A new roles token. */
export interface CreatedEnrollmentToken {
  /** The secret, which the platform never shows again. */
  readonly token: string;
  /** The id that revokes it; for persistent tokens only. */
  readonly tokenId?: string;
}

/** Roles tokens, which the API calls enrollment tokens. */
export class EnrollmentTokensApi {
  readonly #path: string;
  readonly #list: SharedRead<EnrollmentToken[]>;
  readonly #requester: Requester;

  constructor(requester: Requester, platformPath: string) {
    this.#requester = requester;
    this.#path = `${platformPath}/configuration/security/enrollment-tokens`;
    this.#list = new SharedRead({ method: "GET", path: `/api/v1${this.#path}` }, (signal) =>
      requester.request({ method: "GET", path: this.#path, signal, decode: decodeTokens }),
    );
  }

  /** The persistent tokens. Calls at the same time share a request, which is sent after each of them. */
  async list({ signal, reader }: ListOptions = {}): Promise<EnrollmentToken[]> {
    return [...(await this.#list.get(signal, reader))];
  }

  /** Creates a token. It is not tried again if an attempt may have created one: see {@link EceError.outcomeUnknown}. */
  async create(wanted: CreateEnrollmentTokenRequest, options: RequestOptions = {}): Promise<CreatedEnrollmentToken> {
    const body: EnrollmentTokenRequest = {
      persistent: wanted.persistent,
      roles: [...wanted.roles],
      ...(wanted.validityInSeconds !== undefined && { validity_in_seconds: wanted.validityInSeconds }),
    };
    // What stands between may answer 429 after the platform made the token; a second persistent one would live unknown.
    const trustsRefusals = !wanted.persistent;
    return this.#requester
      .request({ method: "POST", path: this.#path, body, trustsRefusals, decode: decodeCreated, ...options })
      .finally(() => this.#list.forget());
  }

  /** Revokes a persistent token. An unknown id is an {@link EceApiError} that `isNotFound`. */
  async delete(tokenId: string, options: RequestOptions = {}): Promise<void> {
    const path = this.#path + apiPath`/${tokenId}`;
    const change = this.#requester.request({ method: "DELETE", path, decode: expectConfirmation, ...options });
    await change.finally(() => this.#list.forget());
  }
}

function decodeTokens(body: unknown): EnrollmentToken[] {
  const { tokens } = expectObject(body, 'an object with "tokens"');
  return expectList(tokens, 'a list "tokens"', (entry) => ({
    ...entry,
    token_id: expectString(entry, "token_id"),
    roles: lenientList<string>(entry.roles),
  }));
}

function decodeCreated(body: unknown): CreatedEnrollmentToken {
  const reply = expectObject(body, 'an object with a "token"');
  const token = expectString(reply, "token");
  return typeof reply.token_id === "string" ? { token, tokenId: reply.token_id } : { token };
}
