/** Functions of the provider, a file for each: pure, without a platform. Imports `api` and `plugin/framework`. */
import { decodeRolesToken } from "../../api";
import { FunctionArgumentError, type ProviderFunction } from "../../plugin/framework";

/** `provider::ece::decode_roles_token(token)`: what a roles token says of itself. */
export const decodeRolesTokenFunction: ProviderFunction = {
  summary: "Decode a roles token",
  description:
    "Reads what a roles token says of itself, without asking the platform and without checking its signature: its id, its roles, when it expires (null for a persistent one) and whether it says that it is persistent.",
  parameters: [{ name: "token", type: "string", description: "A roles token, as the platform returned it." }],
  returns: { object: { id: "string", roles: { set: "string" }, expires_at: "string", persistent: "bool" } },

  call(token) {
    try {
      const { tokenId, roles, expiresAt, persistent } = decodeRolesToken(token as string);
      return {
        id: tokenId,
        roles,
        expires_at: expiresAt?.toISOString() ?? null,
        // Older persistent tokens lack the claim; what expires is ephemeral.
        persistent: persistent ?? expiresAt === undefined,
      };
    } catch {
      throw new FunctionArgumentError(
        0,
        "This is not a roles token: three parts with dots between them, of which the second is JSON.",
      );
    }
  },
};
