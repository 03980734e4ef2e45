import { RULES } from "../../ece";
import { EceApiError, EceError } from "../errors/errors";
import type { LoginReply, LoginRequest } from "../models";
import { expectObject, expectString } from "./reply";
import type { ApiRequest, Requester } from "./request";
import { untilAborted } from "./shared-read";

/** How to log in. `bearer-login` exchanges the password for a session, and renews the session before it ends. */
export type Credentials =
  | { readonly kind: "api-key"; readonly apiKey: string }
  | { readonly kind: "basic"; readonly username: string; readonly password: string }
  | { readonly kind: "bearer-login"; readonly username: string; readonly password: string };

/** Passes requests on to `requester`, each with the credentials. */
export function authorize(requester: Requester, credentials: Credentials, now: () => Date): Requester {
  switch (credentials.kind) {
    case "api-key":
      checkApiKey(credentials.apiKey);
      return withAuthorization(requester, `ApiKey ${credentials.apiKey}`);
    case "basic":
      checkUser(credentials);
      return withAuthorization(requester, basicAuthorization(credentials));
    case "bearer-login": {
      checkUser(credentials);
      const { username, password } = credentials;
      return new LoginSession(requester, { username, password }, now);
    }
  }
}

export function basicAuthorization({ username, password }: { username: string; password: string }): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}

/**
 * Checks that a text can be an API key. Node would refuse it as a header without saying which setting is wrong.
 *
 * @throws {@link EceError} that does not show the text.
 */
export function checkApiKey(apiKey: string): void {
  if (RULES.apiKey.pattern.test(apiKey)) return;
  throw new EceError("The API key is empty or holds characters that no API key has.", {
    remedy: "Check it for line breaks, blanks and quotes.",
  });
}

/** @throws {@link EceError} where a text cannot be the name of a user: a colon would end it. */
export function checkUsername(username: string): void {
  if (RULES.username.pattern.test(username)) return;
  throw new EceError(`The username ${JSON.stringify(username)} cannot be one.`, {
    remedy: `Give ${RULES.username.allowed}.`,
  });
}

/** @throws {@link EceError} that does not show the text, where it cannot be a password. */
export function checkPassword(password: string): void {
  if (RULES.password.pattern.test(password)) return;
  throw new EceError("The password holds a line break or another control character.", {
    remedy: "Take it out, as the line end of a file that the password was read from; file:PATH reads without it.",
  });
}

function checkUser({ username, password }: LoginRequest): void {
  checkUsername(username);
  checkPassword(password);
}

function withAuthorization(requester: Requester, authorization: string): Requester {
  return { request: (request) => requester.request({ ...request, authorization }) };
}

interface Session {
  readonly authorization: string;
  readonly renewAt: number;
}

/** A session is renewed this long before its end, so that it does not end while a request is on its way. */
const RENEWAL_MARGIN_MS = 60_000;
const LOGIN_PATH = "/users/auth/_login";
const LOGIN = { method: "POST", path: `/api/v1${LOGIN_PATH}` };

class LoginSession implements Requester {
  #session: Promise<Session> | undefined;
  readonly #requester: Requester;
  readonly #login: LoginRequest;
  readonly #now: () => Date;

  constructor(requester: Requester, login: LoginRequest, now: () => Date) {
    this.#requester = requester;
    this.#login = login;
    this.#now = now;
  }

  async request<T>(request: ApiRequest<T>): Promise<T> {
    const session = await this.#current(request);
    try {
      return await this.#requester.request({ ...request, authorization: session.authorization });
    } catch (error) {
      if (!(error instanceof EceApiError && error.isUnauthorized) || request.trustsRefusals === false) throw error;
    }
    // The platform ended the session early, and did not carry out the request.
    const renewed = await this.#current(request, session);
    return this.#requester.request({ ...request, authorization: renewed.authorization });
  }

  /** The session that all requests share; `ended` is one that the platform refused. */
  async #current({ signal }: ApiRequest<unknown>, ended?: Session): Promise<Session> {
    const known = this.#session;
    if (known) {
      const session = await untilAborted(known, signal, LOGIN);
      if (session !== ended && session.renewAt > this.#now().getTime()) return session;
      // Another request may have begun to open one meanwhile.
      if (this.#session === known) this.#session = this.#open(session === ended ? undefined : session);
    }
    this.#session ??= this.#open(undefined);
    return untilAborted(this.#session, signal, LOGIN);
  }

  /** Has no signal, because other callers wait for it too. */
  #open(expiring: Session | undefined): Promise<Session> {
    const session = expiring ? this.#refresh(expiring) : this.#logIn();
    session.catch(() => {
      if (this.#session === session) this.#session = undefined;
    });
    return session;
  }

  #logIn(): Promise<Session> {
    return this.#post(LOGIN_PATH, { body: this.#login });
  }

  /** Renews a session without the password; logs in if that fails. */
  async #refresh({ authorization }: Session): Promise<Session> {
    try {
      return await this.#post("/users/auth/_refresh", { authorization });
    } catch (error) {
      if (error instanceof EceApiError) return this.#logIn();
      throw error;
    }
  }

  async #post(path: string, content: Pick<ApiRequest<Session>, "body" | "authorization">): Promise<Session> {
    return this.#requester.request({
      method: "POST",
      path,
      ...content,
      // A second session does no harm.
      repeatable: true,
      decode: (body) => {
        const { token, session_expiration_time: end } = decodeLogin(body);
        const endsAt = Date.parse(end ?? "");
        return {
          authorization: `Bearer ${token}`,
          renewAt: Number.isNaN(endsAt) ? Infinity : endsAt - RENEWAL_MARGIN_MS,
        };
      },
    });
  }
}

function decodeLogin(body: unknown): LoginReply {
  const reply = expectObject(body, "an object with a session token");
  const end = reply.session_expiration_time;
  return { token: expectString(reply, "token"), ...(typeof end === "string" && { session_expiration_time: end }) };
}
