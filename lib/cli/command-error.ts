/** An error that a command expects: its message is for the user, without a stack. */
export class CommandError extends Error {
  override readonly name = "CommandError" as const;

  constructor(
    message: string,
    readonly exitCode = 1,
  ) {
    super(message);
  }
}
