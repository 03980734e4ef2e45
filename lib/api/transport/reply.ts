import { isObject, type JsonObject } from "../json";

/** A reply whose shape is not that of ECE's API; the transport adds which request it answers. */
export class WrongShape extends Error {}

/** Decodes a reply of which nothing is used; a page of HTML is no confirmation. */
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

/** Entries of a list that recorded replies leave out or give as null. */
export function lenientList<T>(value: unknown): T[] {
  return Array.isArray(value) ? (value as T[]) : [];
}

export function lenientObject(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}
