import {
  status,
  type MethodDefinition,
  type Server,
  type UntypedHandleCall,
  type handleUnaryCall,
} from "@grpc/grpc-js";
import { log } from "../../log";
import type { Partially } from "../wire/protobuf";
import type { MethodMessages } from "../wire/tfplugin6";

/** One method of a gRPC service: how its messages are read and written, and the handler that answers. */
export interface Rpc {
  readonly definition: Omit<MethodDefinition<unknown, unknown>, "path">;
  readonly handler: UntypedHandleCall;
}

/** Methods of a service, by name. */
export type RpcTable = { readonly [method: string]: Rpc };

/** A method with one request and one response. What the handler throws becomes an INTERNAL status without secrets. */
export function unary<Request extends object, Response extends object>(
  { request, response }: MethodMessages<Request, Response>,
  handle: (request: Request) => Partially<Response> | Promise<Partially<Response>>,
): Rpc {
  const handler: handleUnaryCall<Request, Partially<Response>> = (call, callback) => {
    // A promise first, so that a throw of a handler that is not async is caught, too.
    Promise.resolve(call.request)
      .then(handle)
      .then(
        (reply) => callback(null, reply),
        (error: unknown) => {
          log.error("a call of Terraform's failed unexpectedly", { call: call.getPath(), error });
          callback({ code: status.INTERNAL, details: log.withoutSecrets(`${call.getPath()}: ${textOf(error)}`) });
        },
      );
  };
  return {
    definition: {
      requestStream: false,
      responseStream: false,
      requestSerialize: (message) => request.encode(message as Partially<Request>),
      requestDeserialize: (bytes) => request.decode(bytes),
      responseSerialize: (message) => response.encode(message as Partially<Response>),
      responseDeserialize: (bytes) => response.decode(bytes),
    },
    handler,
  };
}

/** Serves the methods under the service's full name. */
export function addService(server: Server, service: string, rpcs: RpcTable): void {
  for (const [method, { definition, handler }] of Object.entries(rpcs))
    server.addService({ [method]: { ...definition, path: `/${service}/${method}` } }, { [method]: handler });
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
