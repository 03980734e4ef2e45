import type { AuthenticationInfo, UserInfo } from "../models";
import { expectObject, expectString, lenientObject } from "../transport/reply";
import type { Requester, RequestOptions } from "../transport/request";

/** The current user (`/users/auth`, `/user`). */
export class AuthenticationApi {
  readonly #requester: Requester;

  constructor(requester: Requester) {
    this.#requester = requester;
  }

  /** What the platform knows about the credentials; fails if it does not accept them. */
  async whoAmI(options: RequestOptions = {}): Promise<AuthenticationInfo> {
    const decode = (body: unknown): AuthenticationInfo => ({ ...expectObject(body, "an object about the session") });
    return this.#requester.request({ method: "GET", path: "/users/auth", decode, ...options });
  }

  /** The user, and what it may do. */
  async currentUser(options: RequestOptions = {}): Promise<UserInfo> {
    return this.#requester.request({ method: "GET", path: "/user", decode: decodeUser, ...options });
  }
}

function decodeUser(body: unknown): UserInfo {
  const user = expectObject(body, "a user");
  return { ...user, user_name: expectString(user, "user_name"), security: lenientObject(user.security) };
}
