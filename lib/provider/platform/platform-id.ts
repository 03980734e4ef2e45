import { DiagnosticError, validators, type Attribute } from "../../plugin/framework";
import type { Ece } from "./ece";
import {
  compare,
  describeIdentity,
  describeUnread,
  isPlatformId,
  type PlatformIdentity,
  type PlatformSight,
} from "./identity";

/** The attribute by which a resource tells others which platform it was made on. */
export const platformIdAttribute = {
  type: "string",
  computed: true,
  useStateForUnknown: true,
  description:
    "How the platform is known, such as `security-cluster:ID`; for the argument `platform_id` of what is made after it.",
} satisfies Attribute;

/** The argument by which a resource, or an ephemeral one, is bound to a platform. */
export const platformIdArgument = {
  type: "string",
  optional: true,
  validators: [
    validators.notEmpty(),
    (value) =>
      typeof value === "string" && value.split(",").every(isPlatformId)
        ? undefined
        : `Must be the platform_id of an ece_host, such as "security-cluster:ID"; got ${JSON.stringify(value)}.`,
  ],
  description:
    "The platform that it is for: `platform_id` of its `ece_host`. Where the provider points to another one, as when a saved plan is applied elsewhere, nothing is made or changed.",
} satisfies Attribute;

/**
 * The id to hand on: it must be the same in a plan and in its apply, so it is that of the security deployment, which stays.
 * Where that cannot be read it is the remembered tokens, one of which is enough for a proof.
 */
export function platformIdOf({ deployment, tokens }: PlatformIdentity): string {
  return deployment[0] ?? tokens.join(",");
}

/** Whether two platform ids have a part in common. */
export function isSamePlatformId(left: string, right: string): boolean {
  return left.split(",").some((id) => right.split(",").includes(id));
}

/** Whether the platform that a sight shows is the one with this id. */
export function comparePlatformId(id: string, now: PlatformSight, ece: Ece): ReturnType<typeof compare> {
  const ids = id.split(",");
  if (ids.some((each) => ece.provenIds.has(each))) return "same";
  const isToken = (each: string) => each.startsWith("token:");
  const remembered = { deployment: ids.filter((each) => !isToken(each)), tokens: ids.filter(isToken) };
  return compare({ ...remembered, endpoint: now.endpoint }, now);
}

/** Throws where the provider does not, or not provably, point to the platform with this id. */
export async function provePlatformId(ece: Ece, id: string, signal: AbortSignal): Promise<void> {
  const now = await ece.platformSight(signal);
  const verdict = comparePlatformId(id, now, ece);
  if (verdict === "other") throw notThatPlatform(id, now);
  if (verdict === "same") return;
  throw new DiagnosticError(
    "Unable to prove that this is the right ECE platform",
    `It is for the platform that is known by ${id}. ${now.endpoint} does not show enough of itself to tell, so nothing was changed.\n\n${describeUnread(now)}\n\nRun the command again when the platform answers, with credentials that may read its security deployment or its roles tokens.`,
    ["platform_id"],
  );
}

/** The error of a resource that is for one platform, on another. */
export function notThatPlatform(id: string, now: PlatformSight): DiagnosticError {
  return new DiagnosticError(
    "This is another ECE platform",
    `It is for the platform that is known by ${id}.\n\n${now.endpoint} shows ${describeIdentity(now)}: none of these ids matches, so nothing was changed.\n\nPoint the provider (endpoint, or ECE_ENDPOINT) to the platform that was planned for and run the command again. Where this platform is meant, make a new plan, with the platform_id of an ece_host on it.`,
    ["platform_id"],
  );
}
