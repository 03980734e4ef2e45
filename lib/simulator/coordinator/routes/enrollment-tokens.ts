import { type ApiRequest, invalidRequest, ok, route, type Route } from "../http";
import type { Platform, RolesTokenRequest } from "../../platform";

const TOKENS = "/platform/configuration/security/enrollment-tokens";

/** Roles tokens, which the API calls enrollment tokens. */
export function enrollmentTokenRoutes({ tokens }: Platform): Route[] {
  return [
    route("GET", TOKENS, () => ok({ tokens: tokens.listing().map(({ id, roles }) => ({ token_id: id, roles })) })),
    route("POST", TOKENS, (request) => {
      const { id, token, persistent } = tokens.mint(parseTokenRequest(request));
      return ok(persistent ? { token, token_id: id } : { token });
    }),
    route("DELETE", `${TOKENS}/:token`, (request) => {
      tokens.revoke(request.parameter("token"));
      return ok({});
    }),
  ];
}

function parseTokenRequest(request: ApiRequest): RolesTokenRequest {
  const { persistent, roles, validity_in_seconds: validityInSeconds } = request.object();
  if (typeof persistent !== "boolean") throw invalidRequest("persistent must be true or false");

  // Elastic's own client sends null for "no roles".
  const listed: unknown = roles ?? [];
  if (!Array.isArray(listed) || !listed.every((role): role is string => typeof role === "string"))
    throw invalidRequest("roles must be a list of strings");

  if (validityInSeconds !== undefined && typeof validityInSeconds !== "number")
    throw invalidRequest("validity_in_seconds must be a number");

  return { persistent, roles: listed, validityInSeconds };
}
