/**
 * The log of a provider process, in the form that Terraform reads, with no secret in it.
 *
 * A leaf: it imports nothing, so that whoever logs does not load gRPC.
 */
export { createLog, log, logLevel, type Log, type LogFields, type LogLevel, type LogOptions } from "./log";
