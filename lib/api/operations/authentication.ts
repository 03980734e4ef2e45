import type { AuthenticationInfo } from "../models";
import { expectObject } from "../transport/reply";
import type { Requester, RequestOptions } from "../transport/request";

/** The current user (`/users/auth`). */
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
}
