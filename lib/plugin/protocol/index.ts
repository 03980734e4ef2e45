/**
 * Bytes: what makes a process a Terraform plugin. The go-plugin handshake with mutual TLS, the gRPC service of Terraform's
 * plugin protocol version 6, and msgpack.
 *
 * Translates only. What a call means is decided by the `ProviderServer` of `plugin/framework`, which this layer imports beside the log;
 * it knows neither ECE nor planning.
 */
export { servePlugin } from "./process/serve";
