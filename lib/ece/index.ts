/**
 * What ECE is, for everyone but the simulator: the names of its roles, its limits and patterns, how its secrets look.
 *
 * A leaf: facts and pure functions. It imports nothing, not even a package.
 */
export { describeRoles, isEmergencyRoleSet, isUserRole, missingFrom, USER_ROLES } from "./roles";
export { redact } from "./secrets";
