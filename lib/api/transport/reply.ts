/**
 * What decoders use to take values out of a reply: `expect…` fails without the value, `lenient…` takes an empty one.
 */
import { isObject, type JsonObject } from "../json";

/** A reply of another shape than ECE's; the message is what was expected. The transport adds which request it was. */
export class WrongShape extends Error {}

/** For a reply of which nothing is used: it must be JSON all the same, because a page of HTML confirms nothing. */
export function expectConfirmation(body: unknown): void {
  expectObject(body, "a JSON object");
}

export function expectObject(value: unknown, what: string): JsonObject {
  if (!isObject(value)) throw new WrongShape(what);
  return value;
}

/** Reads a list and decodes each of its entries. */
export function expectList<T>(value: unknown, what: string, decode: (entry: JsonObject) => T): T[] {
  if (!Array.isArray(value)) throw new WrongShape(what);
  return value.map((entry) => decode(expectObject(entry, `objects in ${what}`)));
}

export function expectString(object: JsonObject, key: string): string {
  const value = object[key];
  if (typeof value !== "string" || value === "") throw new WrongShape(`a string "${key}"`);
  return value;
}

/** A list that recorded replies leave out or give as null. */
export function lenientList<T>(value: unknown): T[] {
  return Array.isArray(value) ? (value as T[]) : [];
}

export function lenientObject(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}
