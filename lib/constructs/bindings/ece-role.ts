import { isUserRole, USER_ROLES } from "../../ece";

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

/** What is wrong with a list of roles. */
export function roleFaults(roles: readonly string[] | undefined): string[] {
  if (!Array.isArray(roles) || roles.length === 0)
    return [`roles is empty: name at least one of ${USER_ROLES.join(", ")}`];

  const names = roles as readonly string[];
  return [
    ...names
      .filter((role) => !isUserRole(role))
      .map((role) => `roles has ${JSON.stringify(role)}: the roles of ECE are ${USER_ROLES.join(", ")}`),
    ...names
      .filter((role, index) => names.indexOf(role) !== index)
      .map((role) => `roles has ${JSON.stringify(role)} twice: name each role once`),
  ];
}
