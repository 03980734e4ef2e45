/**
 * The platform's no to an API call: the HTTP status and one error of the body that ECE sends with it.
 */
export class Refusal extends Error {
  override readonly name = "Refusal" as const;

  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly fields?: readonly string[],
  ) {
    super(message);
  }
}
