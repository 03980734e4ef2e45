import { installerTokenKind, type InstallerTokenKind } from "../ece";

/** A token of the platform. */
export interface ListedToken {
  readonly id: string;
  readonly roles: readonly string[];
}

/** What accounts for tokens. */
export interface KnownTokens {
  /** The ids in Terraform states. */
  readonly managed: ReadonlySet<string>;
  /** The ids that are meant to be there, the installer's among them. */
  readonly named: ReadonlySet<string>;
}

/** A token that nothing accounts for by its id. */
export interface AuditedToken extends ListedToken {
  /** Which of the installer's own tokens it looks like, by its roles. */
  readonly looksLike?: InstallerTokenKind;
  /** True when it is not, or need not be, the installer's own. */
  readonly unexplained: boolean;
  readonly remark: string;
}

/** How tokens are judged that nothing accounts for by their ids. */
export interface AuditOptions {
  /** Take one token of each of the installer's kinds for the installer's own, by its roles alone. */
  readonly trustRoles: boolean;
}

/** The tokens that nothing accounts for. The installer makes one of each kind, so a second one of a kind is not its own. */
export function auditTokens(
  tokens: readonly ListedToken[],
  { managed, named }: KnownTokens,
  { trustRoles }: AuditOptions,
): AuditedToken[] {
  const kindsOf = (some: readonly ListedToken[]) => some.map(({ roles }) => installerTokenKind(roles));
  const unknown = tokens.filter(({ id }) => !managed.has(id) && !named.has(id));
  const kindsUnknown = kindsOf(unknown);
  const kindsNamed = kindsOf(tokens.filter(({ id }) => named.has(id)));

  return unknown.map((token) => {
    const looksLike = installerTokenKind(token.roles);
    if (looksLike === undefined) return { ...token, unexplained: true, remark: "in no given state" };
    const likeness = `looks like the installer's ${looksLike} token`;
    if (kindsNamed.includes(looksLike))
      return { ...token, looksLike, unexplained: true, remark: `${likeness}, but one of that kind is known` };

    if (kindsUnknown.filter((kind) => kind === looksLike).length > 1)
      return { ...token, looksLike, unexplained: true, remark: `${likeness}, but there are several` };

    return trustRoles
      ? { ...token, looksLike, unexplained: false, remark: likeness }
      : { ...token, looksLike, unexplained: true, remark: `${likeness}; where it is, name it with --known` };
  });
}
