/** The roles that users give to hosts; ECE's API names them so (its UI says "controller" for coordinator). */
export const USER_ROLES = ["allocator", "coordinator", "director", "proxy"] as const;

/** True of a role that users manage; the platform's own (`beats-runner`, `services-forwarder`, …) stay untouched. */
export function isUserRole(role: string): boolean {
  return (USER_ROLES as readonly string[]).includes(role);
}

/** The elements of `wanted` that `present` lacks. */
export function difference(wanted: readonly string[], present: readonly string[]): string[] {
  return wanted.filter((each) => !present.includes(each));
}

/** For messages: `allocator, proxy`, or `no role`. */
export function describeRoles(roles: readonly string[]): string {
  return roles.length === 0 ? "no role" : [...roles].sort().join(", ");
}

// https://www.elastic.co/docs/deploy-manage/deploy/cloud-enterprise/ece-roles
const ILL_ADVISED_PAIRS: readonly (readonly [string, string])[] = [
  ["allocator", "coordinator"],
  ["allocator", "director"],
  ["coordinator", "proxy"],
];

/** The pairs of roles on one host that Elastic advises against. */
export function illAdvisedPairs(roles: readonly string[]): string[] {
  return ILL_ADVISED_PAIRS.filter((pair) => pair.every((role) => roles.includes(role))).map((pair) =>
    pair.join(" and "),
  );
}

export type InstallerTokenKind = "bootstrap" | "emergency" | "allocator-only";

/** The roles of the three tokens that ECE's installer makes on the first host. */
const INSTALLER_TOKENS: { readonly [kind in InstallerTokenKind]: string } = {
  bootstrap: "",
  emergency: "coordinator,director,proxy",
  "allocator-only": "allocator",
};

/** Which of the installer's own tokens has these roles; nothing else tells them apart. */
export function installerTokenKind(roles: readonly string[]): InstallerTokenKind | undefined {
  const sorted = [...roles].sort().join(",");
  return (Object.keys(INSTALLER_TOKENS) as InstallerTokenKind[]).find((kind) => INSTALLER_TOKENS[kind] === sorted);
}
