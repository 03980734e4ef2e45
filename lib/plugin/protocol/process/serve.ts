/*
 * The process of a plugin: how it starts, how Terraform reaches it, and how it ends. This folder may import `services` and
 * `wire`; nothing imports it but the index of `protocol`.
 */
import { Server, ServerCredentials } from "@grpc/grpc-js";
import { ProviderServer, type Provider } from "../../framework";
import { handshakeLine, handshakeProblem } from "./handshake";
import { createIdentity, type Identity } from "./identity";
import { endProcess, exitOnUncaughtException, reserveStandardOutput, watchForEnd } from "./lifecycle";
import { listen } from "./listener";
import { log } from "../../log";
import { addPluginServices, unservedService } from "../services/plugin-services";
import { providerService } from "../services/provider-service";
import { addService } from "../services/rpc";

// Terraform's own limit.
const MAX_MESSAGE_BYTES = 256 * 1024 * 1024;

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
  const server = new Server({
    "grpc.max_receive_message_length": MAX_MESSAGE_BYTES,
    "grpc.max_send_message_length": MAX_MESSAGE_BYTES,
  });
  const { endStreams } = addPluginServices(server, () => onEnd());
  const onEnd = () => endProcess(server, { stop: () => providerServer.stop(), endStreams });
  addService(server, "tfplugin6.Provider", {
    ...providerService(providerServer),
    ...unservedService(provider.name),
  });
  watchForEnd(onEnd);

  // Terraform sends a certificate unless its user has set TF_DISABLE_PLUGIN_TLS.
  const clientCertificate = process.env["PLUGIN_CLIENT_CERT"];
  const identity = clientCertificate ? createIdentity() : undefined;
  const endpoint = await listen(server, credentials(identity, clientCertificate), process.env).catch((error: Error) => {
    // Terraform shows its user this line, and nothing of standard error.
    announce(`${error.message}\n`);
    process.exit(1);
  });
  announce(handshakeLine(endpoint, identity?.certificateDer));
}

/** Credentials with which only the holder of Terraform's certificate can connect. */
function credentials(identity: Identity | undefined, clientCertificate: string | undefined): ServerCredentials {
  if (!identity || !clientCertificate) return ServerCredentials.createInsecure();
  const keyPair = {
    private_key: Buffer.from(identity.privateKeyPem),
    cert_chain: Buffer.from(identity.certificatePem),
  };
  return ServerCredentials.createSsl(Buffer.from(clientCertificate), [keyPair], true);
}
