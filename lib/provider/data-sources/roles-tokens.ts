import type { DataSource, ModelOf, Schema } from "../../plugin/framework";
import type { Ece } from "../platform/ece";

const SCHEMA = {
  description:
    "The platform's persistent roles tokens, the installer's own among them, sorted by id. Tells ids and roles, never a token.",
  attributes: {
    tokens: {
      type: { list: { object: { id: "string", roles: { set: "string" } } } },
      computed: true,
      description: "The tokens: `id` and `roles`.",
    },
  },
} satisfies Schema;

/** Every persistent roles token of the platform, without the secrets: the platform never tells them again. */
export const rolesTokensDataSource: DataSource<Ece, ModelOf<typeof SCHEMA>> = {
  schema: SCHEMA,

  async read({ providerData: ece, signal }, response) {
    const tokens = await ece.client.enrollmentTokens.list({ signal });
    response.state = {
      tokens: tokens.map(({ token_id: id, roles }) => ({ id, roles })).sort((a, b) => a.id.localeCompare(b.id)),
    };
  },
};
