const REDACTED = "[redacted]";

/** Every JSON Web Token starts like this, because its header is a JSON object. */
const TOKEN_PATTERN = /eyJ[\w-]+\.[\w-]+\.[\w-]*/g;

/** Takes roles tokens, session tokens and the given secrets out of a text that we did not write ourselves. */
export function redact(text: string, secrets: readonly string[] = []): string {
  const withoutTokens = text.replace(TOKEN_PATTERN, REDACTED);
  return secrets.filter(Boolean).reduce((rest, secret) => rest.replaceAll(secret, REDACTED), withoutTokens);
}

/** Begins a secret that is given as the path of the file that holds it: `file:PATH`. */
export const FILE_REFERENCE = "file:";

/** The path in `file:PATH`, or undefined where the value is the secret itself. */
export function referencedFile(value: string): string | undefined {
  return value.startsWith(FILE_REFERENCE) ? value.slice(FILE_REFERENCE.length) : undefined;
}
