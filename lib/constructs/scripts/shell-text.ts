import { Fn, Token } from "cdktf";

/**
 * A value as one word of a shell script that Terraform renders.
 *
 * What only Terraform knows goes between single quotes on one line; no argument may have a quote or a line break, so these
 * become a character that the script refuses.
 */
export function shellWord(value: string): string {
  return Token.isUnresolved(value)
    ? `'${Fn.replace(value, "/[^ -~]|'/", "?")}'`
    : literalText(`'${value.replaceAll("'", "'\\''")}'`);
}

/** Text that Terraform must take literally, whatever it has in common with a template. */
export function literalText(text: string): string {
  return text.replace(/[$%](?=\{)/g, (sign) => sign + sign);
}
