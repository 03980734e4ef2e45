import { randomBytes } from "node:crypto";
import type { SimulatedClock } from "./clock";
import { ApiError } from "./api-error";

/** A login session. */
export interface Session {
  readonly token: string;
  readonly expiresAt: Date;
}

/** How a caller has authenticated. */
export interface Caller {
  /** When the credentials expire; a password never does. */
  readonly expiresAt?: Date;
  readonly scheme: "Basic" | "ApiKey" | "Bearer";
}

// Documented as short-lived, without a figure.
const SESSION_SECONDS = 15 * 60;
// Three months is the default that Elastic documents.
const API_KEY_SECONDS = 90 * 24 * 60 * 60;

/** What a user may do. */
export type UserRole = "ece_platform_admin" | "ece_platform_viewer";

/** The platform's users: `admin` with a password, and a native user with an API key, as `admin` can have none. */
export class Users {
  readonly username = "admin";
  readonly password = randomBytes(12).toString("base64url");
  readonly apiKey = randomBytes(32).toString("base64");
  /** The role of all of them. A viewer may read only. */
  role: UserRole = "ece_platform_admin";
  /** Whether the platform lists what a role allows when a user is read. */
  tellsPermissions = true;
  apiKeyExpiresAt: Date;
  readonly #clock: SimulatedClock;
  readonly #sessions = new Map<string, Session>();

  constructor(clock: SimulatedClock) {
    this.#clock = clock;
    this.apiKeyExpiresAt = clock.after(API_KEY_SECONDS);
  }

  /** Returns the caller that an `Authorization` header identifies; undefined if the header is not valid. */
  identify(authorization: string | undefined): Caller | undefined {
    const [scheme = "", credentials = ""] = (authorization ?? "").split(" ", 2);
    switch (scheme) {
      case "Basic":
        return this.#isPassword(Buffer.from(credentials, "base64").toString("utf8")) ? { scheme } : undefined;
      case "ApiKey":
        return credentials === this.apiKey ? this.#unexpired({ scheme, expiresAt: this.apiKeyExpiresAt }) : undefined;
      case "Bearer": {
        const session = this.#sessions.get(credentials);
        return session && this.#unexpired({ scheme, expiresAt: session.expiresAt });
      }
      default:
        return undefined;
    }
  }

  /** Throws the API's refusal where the role does not allow a call. */
  requireRight(method: string, path: string): void {
    const changesNothing = method === "GET" || path.endsWith("/_search") || path.startsWith("/users/auth");
    if (this.role === "ece_platform_admin" || changesNothing) return;
    throw new ApiError(
      403,
      "root.unauthorized.rbac",
      "The supplied authentication is not authorized to access this resource. Reason: [Missing required permissions].",
    );
  }

  /** Opens a session for a user name and password, or throws the API's 401. */
  login(username: string, password: string): Session {
    if (!this.#isPassword(`${username}:${password}`))
      throw new ApiError(401, "root.unauthenticated", "The supplied authentication is invalid");

    return this.openSession();
  }

  openSession(): Session {
    const session = { token: randomBytes(32).toString("base64url"), expiresAt: this.#clock.after(SESSION_SECONDS) };
    this.#sessions.set(session.token, session);
    return session;
  }

  closeSession(token: string): void {
    this.#sessions.delete(token);
  }

  #isPassword(userInfo: string): boolean {
    return userInfo === `${this.username}:${this.password}`;
  }

  #unexpired(caller: Caller): Caller | undefined {
    return caller.expiresAt !== undefined && caller.expiresAt <= this.#clock.now() ? undefined : caller;
  }
}
