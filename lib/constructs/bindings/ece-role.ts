/** The roles that a host can have. */
export class EceRole {
  /** Runs the nodes of deployments. */
  static readonly ALLOCATOR = "allocator";
  /** Serves the API and the Cloud UI, and distributes work. */
  static readonly COORDINATOR = "coordinator";
  /** Keeps the platform's state. */
  static readonly DIRECTOR = "director";
  /** Routes requests to deployments. */
  static readonly PROXY = "proxy";

  private constructor() {}
}

const ROLES: readonly string[] = [EceRole.ALLOCATOR, EceRole.COORDINATOR, EceRole.DIRECTOR, EceRole.PROXY];

// https://www.elastic.co/docs/deploy-manage/deploy/cloud-enterprise/ece-roles
const ILL_ADVISED: readonly (readonly [string, string])[] = [
  [EceRole.ALLOCATOR, EceRole.COORDINATOR],
  [EceRole.ALLOCATOR, EceRole.DIRECTOR],
  [EceRole.COORDINATOR, EceRole.PROXY],
];

/** What is wrong with a list of roles. */
export function roleFaults(roles: readonly string[] | undefined): string[] {
  if (!Array.isArray(roles) || roles.length === 0) return [`roles is empty: name at least one of ${ROLES.join(", ")}`];

  const names = roles as readonly string[];
  return [
    ...names
      .filter((role) => !ROLES.includes(role))
      .map((role) => `roles has ${JSON.stringify(role)}: the roles of ECE are ${ROLES.join(", ")}`),
    ...names
      .filter((role, index) => names.indexOf(role) !== index)
      .map((role) => `roles has ${JSON.stringify(role)} twice: name each role once`),
  ];
}

/** The pairs of roles on one host that Elastic advises against. */
export function illAdvisedPairs(roles: readonly string[]): string[] {
  return ILL_ADVISED.filter((pair) => pair.every((role) => roles.includes(role))).map((pair) => pair.join(" and "));
}
