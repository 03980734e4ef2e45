import type { ObjectValue, Resource } from "../../plugin/framework";
import type { Ece } from "../platform/ece";
import { revokeToken } from "../tokens/revoke";

interface RevocationModel extends ObjectValue {
  token_id: string;
}

/** The end of a roles token before that of the configuration: made after the hosts that joined with it. */
export const rolesTokenRevocationResource: Resource<Ece> = {
  schema: {
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
  },

  async create({ providerData: ece, plan, signal }, response) {
    await revokeToken(ece, (plan as RevocationModel).token_id, signal);
    response.state = plan;
  },

  async read({ providerData: ece, signal }, response) {
    const { token_id } = response.state as RevocationModel;
    if (!ece.canRefresh()) return;
    const known = await ece.refreshToken("ece_roles_token_revocation", token_id, signal);
    // A platform that was restored from a backup knows the token again.
    if (known !== undefined) response.state = null;
  },

  async delete() {},

  async importState({ id }, response) {
    response.state = { token_id: id };
  },
};
