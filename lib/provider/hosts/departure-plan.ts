import { difference } from "../../ece";
import { tryText, type ModifyPlanRequest, type ModifyPlanResponse, type PrivateState } from "../../plugin/framework";
import type { Ece } from "../platform/ece";
import { isOnGivenUpPlatform } from "../platform/proof";
import { planLoss } from "./last-of-role";
import { planNoUpgrade } from "./upgrade";

/** Where the planned private state keeps how the host leaves: `for good`, or `to return`. */
const KEY = "departure";

/** What a resource tells of the host whose roles it takes when it is destroyed. */
interface Subject {
  /** The type of the resource. */
  readonly resource: string;
  /** The roles that it takes; undefined where these are all that the platform shows. */
  readonly takes: readonly string[] | undefined;
}

/**
 * Plans what a resource does to the roles of its host: refuses what would take the last of a role, or anything while ECE is
 * upgraded, and leaves word for its Delete whether the host comes back, which a Delete cannot see.
 *
 * Terraform plans a replacement twice and hands the second private state, which the first began, to the Delete. Of a
 * tainted resource it makes the second plan only.
 */
export async function planDeparture(
  { providerData: ece, state, privateState, signal }: ModifyPlanRequest<Ece>,
  response: ModifyPlanResponse,
  { resource, takes }: Subject,
): Promise<void> {
  const { plan } = response;
  const before = tryText(state?.runner_id);
  const after = tryText(plan?.runner_id);
  const stays = state !== null && before === after;
  const isReplacement = state === null && privateState[KEY] !== undefined;
  const planned = stays || state === null ? "to return" : "for good";
  response.privateState = { ...response.privateState, [KEY]: isReplacement ? privateState[KEY] : planned };

  const runnerId = before ?? after;
  if (ece?.isKnown !== true || runnerId === undefined || isOnGivenUpPlatform(privateState, ece)) return;
  if (state === null && !isReplacement) return;
  const kept = plan?.roles;
  const roles = stays ? (Array.isArray(kept) ? difference(takes ?? [], kept as string[]) : []) : takes;
  await planLoss(ece, { resource, runnerId, roles, returns: isReplacement }, response.diagnostics, signal);
  if (roles?.length === 0 || privateState.cleaning === true) return;
  await planNoUpgrade(ece, runnerId, stays ? { loses: roles ?? [] } : "removed", signal);
}

/** Whether the host of a resource that is deleted comes back, as its plan left word. */
export function comesBack({ [KEY]: departure }: PrivateState): boolean {
  return departure === "to return";
}
