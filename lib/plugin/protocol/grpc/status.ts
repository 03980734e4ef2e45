/**
 * How a gRPC call ended, as far as this server says: https://grpc.io/docs/guides/status-codes/
 */
export const Status = {
  OK: 0,
  DEADLINE_EXCEEDED: 4,
  RESOURCE_EXHAUSTED: 8,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
} as const;

export type Status = (typeof Status)[keyof typeof Status];

/** The end of a call that did not go well. */
export class GrpcError extends Error {
  override readonly name = "GrpcError";

  constructor(
    readonly status: Status,
    message: string,
  ) {
    super(message);
  }
}
