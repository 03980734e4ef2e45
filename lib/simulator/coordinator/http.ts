import { ApiError } from "../platform";

/** A call as a route handles it: authenticated, its path and body parsed. */
export class ApiRequest {
  constructor(
    readonly query: URLSearchParams,
    readonly body: unknown,
    readonly authorization: string | undefined,
    readonly parameters: Readonly<Record<string, string>>,
  ) {}

  /** The part of the path that stands in the place of `:name` in the route's path. */
  parameter(name: string): string {
    const value = this.parameters[name];
    if (value === undefined) throw new Error(`the route's pattern has no :${name}`);

    return value;
  }

  /** A query parameter that is true or false; undefined if it is missing. */
  flag(name: string): boolean | undefined {
    const value = this.query.get(name);
    return value === null ? undefined : value === "true";
  }

  /** A query parameter that is a number of at least 0. */
  count(name: string, otherwise: number): number {
    const value = Number(this.query.get(name) ?? otherwise);
    if (!Number.isInteger(value) || value < 0)
      throw invalidRequest(`the query parameter ${name} must be an integer of at least 0`);

    return value;
  }

  /** Throws if there is a query parameter that would change the reply in a way that is not simulated. */
  rejectQuery(name: string): void {
    if (this.query.has(name))
      throw new ApiError(501, "simulator.unknown_query", `The simulator does not simulate the query parameter ${name}`);
  }

  /** The body, which must be a JSON object. */
  object(): Readonly<Record<string, unknown>> {
    return requireObject(this.body);
  }
}

/** The reply to a call. The body is sent as JSON. */
export interface Reply {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One line of a table of routes. */
export interface Route {
  readonly method: string;
  /** Matches a whole path; its named groups are the parameters. */
  readonly pattern: RegExp;
  readonly handle: (request: ApiRequest) => Reply;
}

/** Creates a route; `:name` in `path` stands for one segment. */
export function route(method: string, path: string, handle: (request: ApiRequest) => Reply): Route {
  return { method, pattern: new RegExp(`^${path.replace(/:(\w+)/g, "(?<$1>[^/]+)")}$`), handle };
}

/** Finds the route of a call, with the parameters of its path. */
export function tryFindRoute(
  routes: readonly Route[],
  method: string,
  path: string,
): { route: Route; parameters: Record<string, string> } | undefined {
  for (const route of routes) {
    const match = route.method === method ? route.pattern.exec(path) : null;
    if (match !== null) {
      const parameters = Object.entries(match.groups ?? {}).map(([name, value]) => [name, decodeURIComponent(value)]);
      return { route, parameters: Object.fromEntries(parameters) as Record<string, string> };
    }
  }
  return undefined;
}

/** A reply with status 200. */
export function ok(body: unknown): Reply {
  return { status: 200, body };
}

/** A reply with status 202: the platform goes on with the work. */
export function accepted(body: unknown): Reply {
  return { status: 202, body };
}

/** The reply that carries an error. */
export function errorReply({ status, code, message, fields }: ApiError): Reply {
  return { status, body: { errors: [{ code, message, ...(fields === undefined ? {} : { fields }) }] } };
}

/** The error for a body or query that the API's description does not allow. */
export function invalidRequest(detail: string): ApiError {
  return new ApiError(400, "root.invalid_json_request", `JSON request does not comply with schema: [${detail}]`);
}

/** Parses JSON; undefined for an empty text. */
export function parseJson(text: string): unknown {
  try {
    return text === "" ? undefined : JSON.parse(text);
  } catch {
    throw invalidRequest("the body is not JSON");
  }
}

export function requireObject(value: unknown): Readonly<Record<string, unknown>> {
  if (!isObject(value)) throw invalidRequest("expected a JSON object");

  return value;
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
