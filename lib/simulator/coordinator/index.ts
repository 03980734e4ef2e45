/**
 * The coordinator: an HTTPS server that answers as ECE's API does, records each call and injects the faults that tests
 * ask for.
 *
 * Imports platform/, never host/.
 */
export { createServerCertificate } from "./certificate";
export { type Fault, type FaultKind, Faults } from "./faults";
export type { RecordedRequest } from "./request-log";
export { CoordinatorServer } from "./server";
