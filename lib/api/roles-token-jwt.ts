import { EceError } from "./errors/errors";
import { isObject, tryParseJson } from "./json";

/** What a roles token says about itself. Only the platform can check its signature. */
export interface DecodedRolesToken {
  /** The id by which the platform lists and revokes the token. */
  readonly tokenId: string;
  /** The roles that it gives to a host; empty for none. */
  readonly roles: string[];
  /** When it expires; for ephemeral tokens only. */
  readonly expiresAt?: Date;
  /** True for persistent tokens; old platforms leave it out. */
  readonly persistent?: boolean;
  /** Which generation of the platform's signing key it was signed with. */
  readonly issuer?: string;
}

/**
 * Reads a roles token without checking its signature.
 *
 * @throws {@link EceError} if the text is none; the error does not show it.
 */
export function decodeRolesToken(token: string): DecodedRolesToken {
  const claims = tryDecode(token);
  if (!isObject(claims) || typeof claims.sub !== "string" || !isListOfStrings(claims.roles ?? [])) {
    throw new EceError("This is not a roles token: those are JSON Web Tokens with an id (sub) and roles.", {
      remedy: "Give the token as the platform returned it when it was created.",
    });
  }
  return {
    tokenId: claims.sub,
    roles: (claims.roles ?? []) as string[],
    ...(typeof claims.exp === "number" && { expiresAt: new Date(claims.exp * 1000) }),
    ...(typeof claims.persistent === "boolean" && { persistent: claims.persistent }),
    ...(typeof claims.iss === "string" && { issuer: claims.iss }),
  };
}

/** The claims of a JSON Web Token: header, payload and signature in base64url, of which the first two are JSON. */
function tryDecode(token: string): unknown {
  const [, header = "", payload = ""] = /^([\w-]+)\.([\w-]+)\.[\w-]*$/.exec(token.trim()) ?? [];
  return fromBase64(header) ? fromBase64(payload) : undefined;
}

function fromBase64(part: string): unknown {
  return tryParseJson(Buffer.from(part, "base64url").toString());
}

function isListOfStrings(value: unknown): boolean {
  return Array.isArray(value) && value.every((entry) => typeof entry === "string");
}
