/** An API error: the HTTP status, and the one error of the body that ECE sends with it. */
export class ApiError extends Error {
  override readonly name = "ApiError" as const;

  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly fields?: readonly string[],
  ) {
    super(message);
  }
}
