import {
  EceError,
  decodeRolesToken,
  type CreatedEnrollmentToken,
  type DecodedRolesToken,
  type EnrollmentToken,
} from "../../api";
import { DiagnosticError, validators, type Diagnostics, type ObjectValue, type Resource } from "../../plugin/framework";
import { log } from "../../plugin/protocol";
import type { Ece } from "../ece";
import { REVOKE_BY_HAND, revokeToken } from "../revocation";
import { USER_ROLES, describeRoles, isEmergencyRoleSet, isUserRole, missingFrom } from "../ece-roles";
import { readLocalFile } from "../local-file";

const UNABLE_TO_IMPORT = "Unable to import the roles token";

interface RolesTokenModel extends ObjectValue {
  id: string;
  token: string | null;
  roles: string[];
  revoked: boolean;
  on_missing: "recreate" | "keep";
}

/** A persistent roles token: made, watched for revocation, and revoked on destroy. */
export const rolesTokenResource: Resource<Ece> = {
  schema: {
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
          "What to plan when the token was revoked outside Terraform: `recreate` makes a new one, `keep` keeps it in state with `revoked` true until the token is replaced for another reason (default: `recreate`).",
      },
      id: {
        type: "string",
        computed: true,
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
        description: "True when the platform no longer knows the token; seen only with `on_missing` `keep`.",
      },
    },
  },

  modifyPlan({ state }, { plan, requiresReplace }) {
    if (plan !== null && state?.revoked === true && plan.on_missing === "recreate")
      requiresReplace.push(["on_missing"]);
  },

  async create({ provider: ece, plan, signal }, response) {
    const wanted = plan as RolesTokenModel;
    const created = await createToken(ece, wanted.roles, signal);
    log.redact(created.token);
    const decoded = tryDecode(created.token);
    const id = created.tokenId ?? decoded?.tokenId;
    if (id === undefined) {
      throw new DiagnosticError(
        "The new roles token has no id",
        `The platform made a token but told no id for it, so Terraform could never revoke it. Find it among the platform's tokens and revoke it: ${REVOKE_BY_HAND}.`,
      );
    }
    response.state = { ...wanted, id, token: created.token, revoked: false };
    checkCreated(id, wanted.roles, decoded, response.diagnostics);
  },

  async read({ provider: ece, signal }, response) {
    const state = response.state as RolesTokenModel;
    if (!ece.canRefresh()) return;
    const known = await ece.refreshToken("ece_roles_token", state.id, signal);
    if (known !== undefined) {
      response.state = { ...state, roles: known.roles, revoked: false, on_missing: state.on_missing ?? "recreate" };
    } else {
      response.state = state.on_missing === "keep" ? { ...state, revoked: true } : null;
    }
  },

  async update({ plan }, response) {
    // Only on_missing changes in place, and it stands nowhere but in the state.
    response.state = plan;
  },

  async delete({ provider: ece, state, signal }) {
    await revokeToken(ece, (state as RolesTokenModel).id, signal);
  },

  async importState({ provider: ece, id: importId, signal }, response) {
    const given = readImportId(importId);
    const decoded = given.includes(".") ? decodeImported(given) : undefined;
    const id = decoded?.tokenId ?? given;
    const known = (await ece.client.enrollmentTokens.list({ signal })).find((token) => token.token_id === id);
    if (known === undefined) {
      throw new DiagnosticError(
        UNABLE_TO_IMPORT,
        `The platform at ${ece.client.endpoint} has no roles token with the id ${id}. It may be revoked, ephemeral (those cannot be managed), or of another platform.`,
      );
    }
    if (decoded !== undefined) checkImported(decoded, known);
    if (given === importId.trim() && decoded !== undefined) warnOfShownToken(response.diagnostics);
    warnOfEmergencyToken(known, response.diagnostics);
    response.state = {
      id,
      roles: known.roles,
      token: decoded === undefined ? null : given,
      triggers: null,
      on_missing: "recreate",
      revoked: false,
    };
  },
};

async function createToken(ece: Ece, roles: string[], signal: AbortSignal): Promise<CreatedEnrollmentToken> {
  const before = new Set((await ece.client.enrollmentTokens.list({ signal })).map((token) => token.token_id));
  try {
    const creation = ece.client.enrollmentTokens.create({ roles, persistent: true }, { signal });
    ece.tokenCreations.push(creation.then(({ tokenId }) => tokenId).catch(() => undefined));
    return await creation;
  } catch (error) {
    if (!(error instanceof EceError && error.outcomeUnknown)) throw error;
    throw new DiagnosticError(
      "Unable to tell whether the roles token was created",
      `${error.message}\n\n${await describeCandidates(ece, before, roles)}`,
    );
  }
}

/** Names the tokens that a request with an unknown outcome may have left; none of them is provably ours. */
async function describeCandidates(ece: Ece, before: ReadonlySet<string>, roles: string[]): Promise<string> {
  let after: EnrollmentToken[];
  try {
    // The request's own signal may be what ended it, so it does not end this look.
    after = await ece.client.enrollmentTokens.list();
  } catch {
    return `The platform could not be asked for its tokens afterwards. Look for a token with the roles ${describeRoles(roles)} that nobody knows (\`cdktf-ece tokens audit\`) and revoke it: ${REVOKE_BY_HAND}.`;
  }
  const own = await Promise.all(ece.tokenCreations);
  const candidates = after.filter(
    (token) =>
      !before.has(token.token_id) &&
      !own.includes(token.token_id) &&
      missingFrom(token.roles, roles).length === 0 &&
      missingFrom(roles, token.roles).length === 0,
  );
  if (candidates.length === 0) {
    return "The platform lists no new token with these roles, so nothing was created. Run the command again.";
  }
  const ids = candidates.map((token) => token.token_id).join(", ");
  return `These tokens with the same roles are new on the platform, and one of them may be this one: ${ids}. If nobody else made it, revoke it: ${REVOKE_BY_HAND}. Its secret is lost, so it is of no use. Then run the command again.`;
}

/** The reply to a creation is believed only as far as the token itself bears it out. */
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
  const missing = missingFrom(decoded.roles, roles);
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

/** Terraform prints import ids; one in a file it cannot print. */
function readImportId(importId: string): string {
  if (!importId.startsWith("file:")) return importId.trim();
  const path = importId.slice("file:".length);
  try {
    return readLocalFile(path).trim();
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? "unreadable";
    throw new DiagnosticError(UNABLE_TO_IMPORT, `The file ${path} cannot be read (${reason}).`);
  }
}

function decodeImported(token: string): DecodedRolesToken {
  log.redact(token);
  let decoded: DecodedRolesToken;
  try {
    decoded = decodeRolesToken(token);
  } catch {
    throw new DiagnosticError(
      UNABLE_TO_IMPORT,
      "The import id has dots, as a roles token has, but is not a readable one. Give the token's id, or the whole token as the platform returned it.",
    );
  }
  if (decoded.expiresAt !== undefined) {
    const tense = decoded.expiresAt.getTime() < Date.now() ? "expired at" : "expires by itself at";
    throw new DiagnosticError(
      UNABLE_TO_IMPORT,
      `This is an ephemeral roles token; it ${tense} ${decoded.expiresAt.toISOString()} and cannot be revoked, so there is nothing to manage. Import a persistent one.`,
    );
  }
  return decoded;
}

function checkImported(decoded: DecodedRolesToken, known: EnrollmentToken): void {
  const inToken = decoded.roles.filter(isUserRole);
  const onPlatform = known.roles.filter(isUserRole);
  if (missingFrom(inToken, onPlatform).length + missingFrom(onPlatform, inToken).length === 0) return;
  throw new DiagnosticError(
    UNABLE_TO_IMPORT,
    `The token says that it carries ${describeRoles(inToken)}, the platform says ${describeRoles(onPlatform)} for the id ${decoded.tokenId}. It is not this platform's token; import it by its id if you trust the platform.`,
  );
}

function warnOfShownToken(diagnostics: Diagnostics): void {
  diagnostics.addWarning(
    "Terraform has shown the roles token",
    "It prints import ids, and writes them into generated configuration. Whoever reads its output, or the log of a pipeline, can join hosts with this token: replace the resource (-replace) where that matters. A token in a file is not shown: import file:PATH.",
  );
}

function warnOfEmergencyToken({ token_id: id, roles }: EnrollmentToken, diagnostics: Diagnostics): void {
  if (!isEmergencyRoleSet(roles)) return;
  diagnostics.addWarning(
    "This may be the platform's emergency token",
    `The token ${id} carries ${describeRoles(roles)}, as the installer's emergency token does: the way back when all coordinators are lost. Destroying or replacing this resource revokes it. If it is the emergency token, forget it again: \`terraform state rm\`, or a removed block with destroy = false.`,
  );
}
