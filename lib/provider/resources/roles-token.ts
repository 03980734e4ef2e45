import { decodeRolesToken, type DecodedRolesToken } from "../../api";
import { USER_ROLES, describeRoles, difference } from "../../ece";
import {
  DiagnosticError,
  validators,
  type Diagnostics,
  type ModelOf,
  type Resource,
  type Schema,
} from "../../plugin/framework";
import { log } from "../../plugin/log";
import type { Ece } from "../platform/ece";
import { platformIdArgument } from "../platform/platform-id";
import { createToken, isListed } from "../tokens/create";
import { importToken } from "../tokens/import";
import { LONGEST_REVOCATION_MS, REVOKE_BY_HAND, revokeToken } from "../tokens/revoke";

/** Where the private state of a token that was never listed counts the refreshes that lacked it. */
const UNLISTED = "unlisted";

/** How many of these there may be before the token counts as revoked. */
const MOST_UNLISTED = 3;

const SCHEMA = {
  description:
    "A persistent roles token (the API calls it an enrollment token): whoever holds it can join hosts with its roles until it is revoked. Destroying the resource revokes it. Import takes the token's id, or the token itself, which makes the state complete; since Terraform prints import ids, put the token into a file and import `file:PATH`.",
  attributes: {
    roles: {
      type: { set: "string" },
      required: true,
      requiresReplace: true,
      validators: [validators.notEmpty(), validators.eachOneOf(USER_ROLES)],
      description: `The roles that the token lets a host take: ${USER_ROLES.map((role) => `\`${role}\``).join(", ")}. A change makes a new token.`,
    },
    triggers: {
      type: { map: "string" },
      optional: true,
      requiresReplace: true,
      description: "Any values; a change of one makes a new token and revokes the old one (rotation).",
    },
    on_missing: {
      type: "string",
      optional: true,
      default: "recreate",
      validators: [validators.oneOf(["recreate", "keep"])],
      description:
        "What to plan when the token was revoked outside Terraform: `recreate` replaces it, `keep` leaves it in the state with `revoked` true until the token is replaced for another reason (default: `recreate`).",
    },
    platform_id: { ...platformIdArgument, computed: true, useStateForUnknown: true },
    id: {
      type: "string",
      computed: true,
      alwaysSet: true,
      useStateForUnknown: true,
      description: "The id of the token; it is no secret.",
    },
    token: {
      type: "string",
      computed: true,
      sensitive: true,
      useStateForUnknown: true,
      description:
        "The token itself, for the installer's `--roles-token`. The platform tells it only once: after an import by id it is null.",
    },
    revoked: {
      type: "bool",
      computed: true,
      useStateForUnknown: true,
      description: "True when the platform no longer knows the token.",
    },
  },
} satisfies Schema;

/** A persistent roles token: made, watched for revocation, and revoked on destroy. */
export const rolesTokenResource: Resource<Ece, ModelOf<typeof SCHEMA>> = {
  schema: SCHEMA,

  modifyPlan({ state }, { plan, requiresReplace }) {
    if (plan === null) return;
    if (state === null) {
      plan.revoked = false;
    } else if (state.revoked === true && plan.on_missing === "recreate") {
      plan.revoked = false;
      requiresReplace.push(["revoked"]);
    }
  },

  async create({ providerData: ece, plan, signal }, response) {
    const created = await createToken(ece, plan.roles, signal);
    log.redact(created.token);
    const decoded = tryDecode(created.token);
    const id = created.tokenId ?? decoded?.tokenId;
    if (id === undefined) {
      throw new DiagnosticError(
        "The new roles token has no id",
        `The platform made a token but told no id for it, so Terraform could never revoke it. Find it among the platform's tokens and revoke it: ${REVOKE_BY_HAND}.`,
      );
    }
    response.state = { ...plan, id, token: created.token, revoked: false };
    checkCreated(id, plan.roles, decoded, response.diagnostics);
    if (!(await isListed(ece, id, signal))) response.privateState = { [UNLISTED]: 0 };
  },

  async read({ providerData: ece, state, signal, privateState }, response) {
    if (!ece.canRefresh()) return;
    const known = await ece.refreshToken("ece_roles_token", state.id, signal);
    const { [UNLISTED]: unlisted, ...listed } = privateState;
    if (known !== undefined) {
      response.privateState = listed;
    } else if (typeof unlisted === "number" && unlisted < MOST_UNLISTED) {
      response.privateState = { ...listed, [UNLISTED]: unlisted + 1 };
      response.diagnostics.addWarning(
        "The platform does not list a new roles token",
        `It has made the roles token ${state.id} and has not listed it since. Its list may lag, so the token stays as it is; after ${MOST_UNLISTED} refreshes it counts as revoked.`,
      );
      return;
    }
    // A list may lack a token that lives. It stays in the state, so that its replacement revokes it in any case.
    response.state =
      known === undefined ? { ...state, revoked: true } : { ...state, roles: known.roles, revoked: false };
  },

  async update({ plan }, response) {
    // Only on_missing changes in place, and it stands nowhere but in the state.
    response.state = plan;
  },

  async delete({ providerData: ece, state, signal, privateState }, response) {
    const wasKnown = await revokeToken(ece.client, state.id, ece.startWaiting(LONGEST_REVOCATION_MS, signal));
    if (wasKnown || !(UNLISTED in privateState)) return;
    response.diagnostics.addWarning(
      "A roles token was destroyed that the platform never listed",
      `The platform has made the roles token ${state.id}, never listed it, and does not know it now. Should it show later (\`cdktf-ece tokens audit\`), revoke it: ${REVOKE_BY_HAND}.`,
    );
  },

  importedBy: "id",

  async importState({ providerData: ece, id: importId, signal }, response) {
    const imported = await importToken(ece.client, importId, { signal, diagnostics: response.diagnostics });
    response.state = { ...imported, revoked: false };
  },
};

/** Checks id and roles of the new token against the request. */
function checkCreated(
  id: string,
  roles: string[],
  decoded: DecodedRolesToken | undefined,
  diagnostics: Diagnostics,
): void {
  if (decoded === undefined) return;
  if (decoded.tokenId !== id) {
    diagnostics.addError(
      "The new roles token does not match its id",
      `The platform returned the id ${id}, but the token names ${decoded.tokenId}. Terraform will revoke it and make a new one at the next apply.`,
      ["id"],
    );
  }
  const missing = difference(roles, decoded.roles);
  if (missing.length > 0) {
    diagnostics.addError(
      "The new roles token lacks roles",
      `Asked for ${describeRoles(roles)}, the platform made a token for ${describeRoles(decoded.roles)}: a host would join without ${describeRoles(missing)}. Terraform will revoke it and make a new one at the next apply.`,
      ["roles"],
    );
  }
}

function tryDecode(token: string): DecodedRolesToken | undefined {
  try {
    return decodeRolesToken(token);
  } catch {
    return undefined;
  }
}
