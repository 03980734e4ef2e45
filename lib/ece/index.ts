/**
 * What ECE is, for everyone but the simulator: the names of its roles, its limits and patterns, how its secrets look.
 *
 * A leaf: facts and pure functions. It imports nothing, not even a package.
 */
export {
  describeRoles,
  difference,
  illAdvisedPairs,
  installerTokenKind,
  isUserRole,
  USER_ROLES,
  type InstallerTokenKind,
} from "./roles";
export { endpointComplaint } from "./endpoint";
export { LEAST_CAPACITY_MB, RULES, type Rule } from "./rules";
export { FILE_REFERENCE, redact, referencedFile } from "./secrets";
