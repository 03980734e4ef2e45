import { ApiError } from "../platform";
import { type ApiRequest, invalidRequest, isObject } from "./http";

type Document = Readonly<Record<string, unknown>>;
type Clause = (document: Document, query: unknown) => boolean;

/** What a search found. */
export interface SearchResult<Item> {
  /** One page of what matches. */
  readonly page: readonly Item[];
  readonly matchCount: number;
}

/** Searches documents as the body of the request asks for: its query, from and size. No body stands for all documents. */
export function search<Item>(request: ApiRequest, items: readonly Item[], defaultSize: number): SearchResult<Item> {
  const {
    query = { match_all: {} },
    from = 0,
    size = defaultSize,
    ...rest
  } = request.body === undefined ? {} : request.object();
  const unknown = Object.keys(rest).find((key) => key !== "sort");
  if (unknown !== undefined) throw notSimulated(`a search by ${unknown}`);

  if (!isCount(from) || !isCount(size)) throw invalidRequest("from and size must be integers of at least 0");

  const matching = items.filter((item) => matches(requireDocument(item), query));
  return { page: matching.slice(from, from + size), matchCount: matching.length };
}

const CLAUSES: Readonly<Record<string, Clause>> = {
  match_all: () => true,
  match_none: () => false,
  match: (document, query) =>
    has(document, query, "query", (value, text) => value.toLowerCase() === text.toLowerCase()),
  term: (document, query) => has(document, query, "value", (value, text) => value === text),
  prefix: (document, query) => has(document, query, "value", (value, text) => value.startsWith(text)),
  exists: (document, query) => valuesAt(document, textIn(query, "field")).length > 0,
  nested: (document, query) => {
    const path = textIn(query, "path");
    return valuesAt(document, path).some((value) => matches(documentWith(path, value), partOf(query, "query")));
  },
  bool: (document, query) => {
    const of = (kind: string) => listOf(partOf(query, kind)).map((part) => matches(document, part));
    const must = [...of("must"), ...of("filter")];
    const should = of("should");
    const least = partOf(query, "minimum_should_match") ?? (should.length > 0 && must.length === 0 ? 1 : 0);
    return must.every(Boolean) && !of("must_not").some(Boolean) && should.filter(Boolean).length >= Number(least);
  },
};

function matches(document: Document, query: unknown): boolean {
  if (!isObject(query)) throw invalidRequest("a query must be an object");

  return Object.entries(query).every(([kind, part]) => {
    const clause = Object.hasOwn(CLAUSES, kind) ? CLAUSES[kind] : undefined;
    if (clause === undefined) throw notSimulated(`a query by ${kind}`);

    return clause(document, part);
  });
}

/** Whether each of the fields that the query names has a value that fits. */
function has(document: Document, query: unknown, key: string, fits: (value: string, text: string) => boolean): boolean {
  if (!isObject(query)) throw invalidRequest("a query must name its fields");

  return Object.entries(query).every(([field, given]) =>
    valuesAt(document, field).some((value) => fits(String(value), textIn(given, key))),
  );
}

/** The values of a field, whose path goes through objects and lists. */
function valuesAt(value: unknown, path: string): unknown[] {
  const [key = "", ...rest] = path.split(".");
  return listOf(value).flatMap((one) => {
    const below = isObject(one) ? one[key] : undefined;
    return rest.length === 0 ? listOf(below) : valuesAt(below, rest.join("."));
  });
}

function documentWith(path: string, value: unknown): Document {
  return requireDocument(path.split(".").reduceRight((below, key) => ({ [key]: below }), value));
}

function partOf(query: unknown, key: string): unknown {
  return isObject(query) ? query[key] : undefined;
}

function textIn(query: unknown, key: string): string {
  const text = partOf(query, key);
  if (typeof text !== "string") throw invalidRequest(`a query needs a ${key}`);

  return text;
}

function listOf(value: unknown): unknown[] {
  if (value === undefined) return [];

  return Array.isArray(value) ? value : [value];
}

function isCount(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 0;
}

function requireDocument(value: unknown): Document {
  if (!isObject(value)) throw new Error("only objects can be searched");

  return value;
}

function notSimulated(what: string): ApiError {
  return new ApiError(501, "simulator.unknown_query", `The simulator does not simulate ${what}`);
}
