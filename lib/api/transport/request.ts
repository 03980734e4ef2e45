import { EceError } from "../errors/errors";

/** What a caller may say about any request. */
export interface RequestOptions {
  /** Ends the request, its retries and their pauses at once. */
  readonly signal?: AbortSignal;
}

/** What a caller may say about a list that many ask for. */
export interface ListOptions extends RequestOptions {
  /**
   * Names one of many who each look for something of theirs. A list that was read for another in the last half minute
   * will do then, unless this client has changed something since, and serves each reader once.
   *
   * @default - the list is read after the call
   */
  readonly reader?: string;
}

/** A request below the API's root and what its reply should be. */
export interface ApiRequest<T> extends RequestOptions {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** Below `/api/v1`, for example `/users/auth`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly body?: unknown;
  /** Value of the Authorization header. */
  readonly authorization?: string;
  /**
   * Sending it twice does the same as sending it once.
   *
   * @default - true for everything but POST
   */
  readonly repeatable?: boolean;
  /** Takes what is needed out of the parsed body; throws {@link WrongShape}. */
  decode(body: unknown): T;
}

/** Something that sends requests to one platform. */
export interface Requester {
  request<T>(request: ApiRequest<T>): Promise<T>;
}

export function isRepeatable({ method, repeatable }: Pick<ApiRequest<unknown>, "method" | "repeatable">): boolean {
  return repeatable ?? method !== "POST";
}

/**
 * A path below the API's root, with each inserted value kept in its own segment.
 *
 * @throws {@link EceError} for values that would turn the request into one about something else.
 */
export function apiPath(fixed: TemplateStringsArray, ...values: string[]): string {
  return String.raw({ raw: fixed }, ...values.map(segment));
}

function segment(value: string): string {
  if (["", ".", ".."].includes(value)) throw new EceError(`Invalid ECE id "${value}".`);
  return encodeURIComponent(value);
}
