/*
 * The least that a plugin on the usual library can be: gRPC by grpc-js, mutual TLS with a fresh key, one call. It has no
 * provider: what ours costs beyond this is ours.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Server, ServerCredentials } from "@grpc/grpc-js";
import { createIdentity } from "../lib/plugin/protocol/process/identity";

const asIs = (bytes: Buffer) => bytes;
const { certificateDer, certificatePem, privateKeyPem } = createIdentity();
const folder = mkdtempSync(join(tmpdir(), "tf-"));
process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
process.once("SIGTERM", () => process.exit(0));

const server = new Server();
server.addService(
  {
    GetMetadata: {
      path: "/tfplugin6.Provider/GetMetadata",
      requestStream: false,
      responseStream: false,
      requestSerialize: asIs,
      requestDeserialize: asIs,
      responseSerialize: asIs,
      responseDeserialize: asIs,
    },
  },
  {
    GetMetadata: (_call: unknown, callback: (error: null, reply: Buffer) => void) => callback(null, Buffer.alloc(0)),
  },
);
const keyPair = { private_key: Buffer.from(privateKeyPem), cert_chain: Buffer.from(certificatePem) };
const clientCertificate = Buffer.from(process.env["PLUGIN_CLIENT_CERT"] ?? "");
server.bindAsync(
  `unix:${join(folder, "socket")}`,
  ServerCredentials.createSsl(clientCertificate, [keyPair], true),
  () => process.stdout.write(`1|6|unix|${join(folder, "socket")}|grpc|${certificateDer.toString("base64")}\n`),
);
