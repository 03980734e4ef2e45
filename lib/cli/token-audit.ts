/** A token that no state knows. */
export interface AuditedToken {
  readonly id: string;
  readonly roles: readonly string[];
  /** Which of the installer's own tokens it looks like, by its roles. */
  readonly looksLike?: InstallerKind;
  /** True when it is not, or cannot be, the installer's own. */
  readonly unexplained: boolean;
}

export type InstallerKind = "bootstrap" | "emergency" | "allocator-only";

/** The roles of the three tokens that ECE's installer makes on the first host. */
const INSTALLER_TOKENS: { readonly [kind in InstallerKind]: string } = {
  bootstrap: "",
  emergency: "coordinator,director,proxy",
  "allocator-only": "allocator",
};

/** Which of the installer's tokens has these roles; they tell nothing else of themselves. */
export function installerKind(roles: readonly string[]): InstallerKind | undefined {
  const sorted = [...roles].sort().join(",");
  return (Object.keys(INSTALLER_TOKENS) as InstallerKind[]).find((kind) => INSTALLER_TOKENS[kind] === sorted);
}

/** The tokens that `known` lacks. The installer makes one token of each kind, so where several look alike none is explained. */
export function auditTokens(
  tokens: readonly { id: string; roles: string[] }[],
  known: ReadonlySet<string>,
): AuditedToken[] {
  const unknown = tokens
    .filter(({ id }) => !known.has(id))
    .map((token) => ({ ...token, looksLike: installerKind(token.roles) }));
  return unknown.map((token) => ({
    ...token,
    unexplained:
      token.looksLike === undefined || unknown.filter((other) => other.looksLike === token.looksLike).length > 1,
  }));
}
