import { DiagnosticError, type ModelOf, type Resource, type Schema } from "../../plugin/framework";
import type { Ece } from "../platform/ece";
import { TOKEN_IDS, hasFormOfTokenId } from "../tokens/import";
import { LONGEST_REVOCATION_MS, revokeToken } from "../tokens/revoke";

const UNABLE_TO_IMPORT = "Unable to import the revocation";

const SCHEMA = {
  description:
    'Revokes a persistent roles token when it is created. Let it depend on the `ece_host_roles` of the hosts that join with the token, and give the token `on_missing = "keep"`: so the token is worthless as soon as they have joined, and later plans are empty. Hosts that joined stay. Destroying it does nothing: a token cannot be brought back.',
  attributes: {
    token_id: {
      type: "string",
      required: true,
      requiresReplace: true,
      description: "The id of the token to revoke.",
    },
  },
} satisfies Schema;

/** Revokes a token once its hosts have joined. */
export const rolesTokenRevocationResource: Resource<Ece, ModelOf<typeof SCHEMA>> = {
  schema: SCHEMA,

  async create({ providerData: ece, plan, signal }, response) {
    await revokeToken(ece.client, plan.token_id, ece.startWaiting(LONGEST_REVOCATION_MS, signal));
    response.state = plan;
  },

  async read({ providerData: ece, state, signal }, response) {
    if (!ece.canRefresh()) return;
    const known = await ece.refreshToken("ece_roles_token_revocation", state.token_id, signal);
    // A platform that was restored from a backup knows the token again.
    if (known !== undefined) response.state = null;
  },

  async delete() {},

  importedBy: "token_id",

  async importState({ providerData: ece, id, signal }, response) {
    if (!hasFormOfTokenId(id))
      throw new DiagnosticError(UNABLE_TO_IMPORT, `This is not the id of a roles token. ${TOKEN_IDS}`);
    const known = await ece.refreshToken("ece_roles_token_revocation", id, signal);
    if (known !== undefined) {
      throw new DiagnosticError(
        UNABLE_TO_IMPORT,
        `The roles token ${id} lives, so there is no revocation of it. Take the import away: creating this resource revokes the token.`,
      );
    }
    response.state = { token_id: id };
  },
};
