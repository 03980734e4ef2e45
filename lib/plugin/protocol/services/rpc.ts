import type { UnaryMethod } from "../grpc/server";
import type { Partially } from "../wire/protobuf";
import type { MethodMessages } from "../wire/tfplugin6";

/** Methods of a service, by name. */
export type RpcTable = { readonly [method: string]: UnaryMethod };

/** A method with one request and one response. What the handler throws becomes an INTERNAL status without secrets. */
export function unary<Request extends object, Response extends object>(
  { request, response }: MethodMessages<Request, Response>,
  handle: (request: Request) => Partially<Response> | Promise<Partially<Response>>,
): UnaryMethod {
  return { answer: async (bytes) => response.encode(await handle(request.decode(bytes))) };
}
