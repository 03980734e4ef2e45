/** The roles that users give to hosts and tokens. */
export const USER_ROLES: readonly string[] = ["allocator", "coordinator", "director", "proxy"];

/** The roles that every host runs for the platform's own sake; they only go when somebody replaces the roles without them. */
export const INTERNAL_ROLES: readonly string[] = ["beats-runner", "services-forwarder"];

/** Every role that the platform knows. */
export const ALL_ROLES: readonly string[] = [...USER_ROLES, ...INTERNAL_ROLES];
