/**
 * Bytes: what makes a process a Terraform plugin. The handshake of go-plugin with mutual TLS (`process/`), the gRPC
 * services, above all Terraform's plugin protocol version 6 (`services/`), gRPC itself on HTTP/2 (`grpc/`), and msgpack
 * and protobuf (`wire/`).
 *
 * Translates only. What a call means is decided by the `ProviderServer` of `plugin/framework`. This layer imports that
 * and `plugin/log`; it knows neither ECE nor planning. `process` imports `services` and
 * `grpc`, and `services` imports `wire` and `grpc`.
 */
export { servePlugin } from "./process/serve";
