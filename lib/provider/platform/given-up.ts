import { isObjectValue, type Diagnostics, type ObjectValue, type Value } from "../../plugin/framework";
import type { GivenUp } from "./ece";
import type { PlatformIdentity } from "./identity";

/** The remembered ids of a platform that the provider's block `given_up` names. */
export function givenUpIds(remembered: PlatformIdentity | undefined, { platforms }: GivenUp): string[] {
  return [...(remembered?.deployment ?? []), ...(remembered?.tokens ?? [])].filter((id) => platforms.has(id));
}

/** Warns that a plan relies on a platform that is given up, with all of those. */
export function warnOfGivenUpPlatform(ids: readonly string[], { platforms }: GivenUp, diagnostics: Diagnostics): void {
  diagnostics.addWarning(
    "Its ECE platform is given up",
    `It was made on the platform that is known by ${ids.join(", ")}, which is given up: nothing is revoked or removed there. Destroying it takes it out of the state and does nothing else.\n\n${listed("platforms", platforms)}`,
  );
}

/** Warns of a planned change that relies on a machine, or on the last host of a role, being given up. */
export function warnOfGivenUpHost(
  before: ObjectValue | null,
  after: ObjectValue | null,
  { machines, lastOf }: GivenUp,
  diagnostics: Diagnostics,
): void {
  const { runner_id: runnerId } = before ?? {};
  if (before === null || typeof runnerId !== "string") return;
  if (machines.has(runnerId)) {
    diagnostics.addWarning(
      `The machine of the host ${runnerId} is given up`,
      `What is on it counts as lost: it is neither asked nor cleaned.\n\n${listed("machines", machines)}`,
    );
  }
  const kept = rolesIn(after?.roles);
  const dropped = rolesIn(before.roles).filter((role) => lastOf.has(role) && !kept.includes(role));
  if (dropped.length > 0) {
    diagnostics.addWarning(
      `The last host with the role ${dropped.join(", ")} may go`,
      `The host ${runnerId} loses it, even if no other host has it.\n\n${listed("last_of", lastOf)}`,
    );
  }
}

function listed(argument: string, values: ReadonlySet<string>): string {
  return `The provider's given_up.${argument} lists ${[...values].sort().join(", ")}. Take it away when this is done.`;
}

function rolesIn(value: Value | undefined): string[] {
  const roles = Array.isArray(value) ? value : isObjectValue(value) ? Object.values(value) : [];
  return roles.filter((role): role is string => typeof role === "string");
}
