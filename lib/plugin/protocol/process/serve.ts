/*
 * The process of a plugin: how it starts, how Terraform reaches it, and how it ends. This folder may import `services`,
 * `grpc` and `wire`; nothing imports it but the index of `protocol`.
 */
import { ProviderServer, type Provider } from "../../framework";
import { handshakeLine, handshakeProblem } from "./handshake";
import { createIdentity } from "./identity";
import { endProcess, exitOnUncaughtException, reserveStandardOutput, watchForEnd } from "./lifecycle";
import { listen } from "./listener";
import { log } from "../../log";
import { GrpcServer } from "../grpc/server";
import { pluginServices, unservedService } from "../services/plugin-services";
import { providerService } from "../services/provider-service";

/**
 * Makes this process a Terraform plugin that serves the provider until Terraform ends it.
 *
 * A process that Terraform did not start says what it is and exits 1. Resolves when Terraform can connect.
 */
export async function servePlugin(provider: Provider): Promise<void> {
  const problem = handshakeProblem(provider, process.env);
  if (problem !== undefined) {
    process.stderr.write(`${problem}\n`);
    process.exit(1);
  }
  exitOnUncaughtException(provider);
  const announce = reserveStandardOutput();

  const providerServer = new ProviderServer(provider, { log: log.debug });
  // Terraform sends a certificate unless its user has set TF_DISABLE_PLUGIN_TLS.
  const clientCertificatePem = process.env["PLUGIN_CLIENT_CERT"];
  const tls = clientCertificatePem ? { ...createIdentity(), clientCertificatePem } : undefined;
  const services = {
    "tfplugin6.Provider": { ...providerService(providerServer), ...unservedService(provider.name) },
    ...pluginServices(() => onEnd()),
  };
  const server = new GrpcServer(services, { tls });
  const onEnd = () => endProcess(server, () => providerServer.stop());
  watchForEnd(onEnd);

  const endpoint = await listen(server, process.env).catch((error: Error) => {
    // Terraform shows its user this line, and nothing of standard error.
    announce(`${error.message}\n`);
    process.exit(1);
  });
  announce(handshakeLine(endpoint, tls?.certificateDer));
}
