/**
 * Bytes: what makes a process a Terraform plugin. The go-plugin handshake with mutual TLS, the gRPC service of Terraform's
 * plugin protocol version 6, msgpack, and logs as Terraform reads them.
 *
 * Translates only. What a call means is decided by the `ProviderServer` of `plugin/framework`, the one layer that this
 * one imports; it knows neither ECE nor planning.
 */
export { servePlugin } from "./process/serve";
export { createLog, log, type Log, type LogFields, type LogLevel, type LogOptions } from "../log/log";
