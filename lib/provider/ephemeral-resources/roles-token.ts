/**
 * What lives only while Terraform runs, a file for each ephemeral resource. Imports the room `platform`, `api`, `ece`,
 * `plugin/framework` and `plugin/log`.
 */
import { decodeRolesToken, type EceClient } from "../../api";
import { USER_ROLES } from "../../ece";
import { validators, type EphemeralResource, type ModelOf, type Schema } from "../../plugin/framework";
import { log } from "../../plugin/log";
import type { Ece } from "../platform/ece";
import { platformIdArgument, provePlatformId } from "../platform/platform-id";

const SCHEMA = {
  description:
    "An ephemeral roles token: it expires by itself, cannot be revoked, and stands in no state and no plan. Terraform opens it in plans, too, and in every later apply: set `applying` to `terraform.applying` and `for_runners` to the hosts that it is for, and none is made unless it is needed.",
  attributes: {
    roles: {
      type: { set: "string" },
      required: true,
      validators: [validators.notEmpty(), validators.eachOneOf(USER_ROLES)],
      description: `The roles that the token lets a host take: ${USER_ROLES.map((role) => `\`${role}\``).join(", ")}.`,
    },
    validity_in_seconds: {
      type: "number",
      optional: true,
      // The API takes a 32-bit integer and documents no other bound.
      validators: [validators.wholeNumber({ atLeast: 1, atMost: 2_147_483_647 })],
      description: "How long the token is valid, in seconds. The platform's default is an hour.",
    },
    applying: {
      type: "bool",
      optional: true,
      description: "Pass `terraform.applying`: where it is false no token is made, and `token` is null.",
    },
    for_runners: {
      type: { set: "string" },
      optional: true,
      description:
        "The runner ids of the hosts that the token is for: where the platform knows all of them already no token is made, and `token` is null. A host that it knows cannot join anew before its record is gone, so refer to `ece_host`, which removes the record of a host that is replaced.",
    },
    platform_id: platformIdArgument,
    token: { type: "string", computed: true, sensitive: true, description: "The token; null where none was made." },
    expires_at: {
      type: "string",
      computed: true,
      description: "When the token expires (RFC 3339), as the token itself tells; null where none was made.",
    },
  },
} satisfies Schema;

/** An ephemeral roles token: it expires by itself, cannot be revoked, and stands in no state and no plan. */
export const ephemeralRolesToken: EphemeralResource<Ece, ModelOf<typeof SCHEMA>> = {
  schema: SCHEMA,

  async open({ providerData: ece, config, signal }, response) {
    const { roles, validity_in_seconds, applying, for_runners, platform_id } = config;
    // The provider's own configuration is unknown only while Terraform plans, and a plan makes no token.
    const isPlan = applying === false || !ece.isKnown;
    if (!isPlan && platform_id !== null) await provePlatformId(ece, platform_id, signal);
    if (isPlan || (for_runners !== null && (await areKnown(ece.client, for_runners, signal)))) {
      response.result = { ...config, token: null, expires_at: null };
      return;
    }
    const { token } = await ece.client.enrollmentTokens.create(
      { roles, persistent: false, validityInSeconds: validity_in_seconds ?? undefined },
      { signal },
    );
    log.redact(token);
    response.result = { ...config, token, expires_at: expiryOf(token) };
  },
};

/** A disconnected host counts, too: it comes back without a token, and until its record is gone no other can take its place. */
async function areKnown(client: EceClient, runnerIds: readonly string[], signal: AbortSignal): Promise<boolean> {
  const runners = await client.runners.list({ signal });
  return runnerIds.every((id) => runners.some((runner) => runner.runner_id === id));
}

/** Null for a token that cannot be decoded; it works all the same. */
function expiryOf(token: string): string | null {
  try {
    return decodeRolesToken(token).expiresAt?.toISOString() ?? null;
  } catch {
    return null;
  }
}
