import { Client, credentials, type ChannelCredentials, type ServiceError } from "@grpc/grpc-js";
import type { Identity } from "../../../../lib/plugin/protocol/process/identity";
import type { Partially } from "../../../../lib/plugin/protocol/wire/protobuf";
import type { MethodMessages } from "../../../../lib/plugin/protocol/wire/tfplugin6";

/** What Terraform is to a plugin. */
export class PluginClient {
  readonly grpc: Client;

  constructor(address: string, channel: ChannelCredentials = credentials.createInsecure()) {
    this.grpc = new Client(address, channel, { "grpc.ssl_target_name_override": "localhost" });
  }

  /** Calls a method of `tfplugin6.Provider`, or of the service that is named before a slash. */
  call<Request extends object, Response extends object>(
    method: string,
    { request, response }: MethodMessages<Request, Response>,
    message: Partially<Request>,
  ): Promise<Response> {
    const path = method.includes("/") ? `/${method}` : `/tfplugin6.Provider/${method}`;
    return new Promise((resolve, reject) => {
      this.grpc.makeUnaryRequest(
        path,
        (value: Partially<Request>) => request.encode(value),
        (bytes) => response.decode(bytes),
        message,
        (error: ServiceError | null, value?: Response) => (value ? resolve(value) : reject(error as Error)),
      );
    });
  }

  close(): void {
    this.grpc.close();
  }
}

/** The client's end of mutual TLS. */
export function mutualTls(serverCertificatePem: string, client?: Identity): ChannelCredentials {
  return credentials.createSsl(
    Buffer.from(serverCertificatePem),
    client ? Buffer.from(client.privateKeyPem) : null,
    client ? Buffer.from(client.certificatePem) : null,
  );
}
