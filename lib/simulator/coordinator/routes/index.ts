/**
 * The routes: a table for each part of ECE's API, and one for the tests' own controls.
 *
 * A line of a table names a method, a path, and what the call does to the platform. Imports platform/, and of
 * coordinator/ only http, search, faults and request-log.
 */
export { allocatorRoutes } from "./allocators";
export { loginRoutes, sessionRoutes } from "./authentication";
export { blueprinterRoleRoutes } from "./blueprinter-roles";
export { clusterControlRoutes } from "./cluster-control";
export { controlRoutes, type HostControl } from "./control";
export { deploymentRoutes } from "./deployments";
export { enrollmentTokenRoutes } from "./enrollment-tokens";
export { moveRoutes } from "./moves";
export { platformRoutes } from "./platform";
export { runnerRoutes } from "./runners";
export { serviceRoutes } from "./services";
