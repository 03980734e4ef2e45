/** The roles that users give to hosts; ECE's API names them so (its UI says "controller" for coordinator). */
export const USER_ROLES = ["allocator", "coordinator", "director", "proxy"] as const;

/** True of a role that users manage; the platform's own (`beats-runner`, `services-forwarder`, …) stay untouched. */
export function isUserRole(role: string): boolean {
  return (USER_ROLES as readonly string[]).includes(role);
}

/** The elements of `wanted` that `present` lacks. */
export function missingFrom(present: readonly string[], wanted: readonly string[]): string[] {
  return wanted.filter((role) => !present.includes(role));
}

/** For messages: `allocator, proxy`, or `no role`. */
export function describeRoles(roles: readonly string[]): string {
  return roles.length === 0 ? "no role" : [...roles].sort().join(", ");
}

/** Whether a token with these roles may be the installer's emergency token, which has every role but allocator. */
export function isEmergencyRoleSet(roles: readonly string[]): boolean {
  return describeRoles(roles) === describeRoles(USER_ROLES.filter((role) => role !== "allocator"));
}
