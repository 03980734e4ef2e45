import { EceError } from "../errors/errors";

/**
 * A path below the API's root, with each inserted value kept in its own segment.
 *
 * @throws {@link EceError} for values that would turn the request into one about something else.
 */
export function apiPath(fixed: TemplateStringsArray, ...values: string[]): string {
  return String.raw({ raw: fixed }, ...values.map(segment));
}

function segment(value: string): string {
  if (["", ".", ".."].includes(value)) throw new EceError(`"${value}" is no id that ECE could have given.`);
  return encodeURIComponent(value);
}
