import { EceError } from "../errors/errors";

/** Options of every request. */
export interface RequestOptions {
  /**
   * Ends the request, its retries and their pauses at once.
   *
   * @default - only the time limit ends the request
   */
  readonly signal?: AbortSignal;
}

/** Options of a list that many callers ask for. */
export interface ListOptions extends RequestOptions {
  /**
   * Identifies the caller. It may then get a list up to 30 s old, each list at most once; writes discard it.
   *
   * @default - the list is read after the call
   */
  readonly reader?: string;
}

/** A request below the API's root, and how to decode its reply. */
export interface ApiRequest<T> extends RequestOptions {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** Below `/api/v1`, for example `/users/auth`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly body?: unknown;
  /** The Authorization header. */
  readonly authorization?: string;
  /**
   * Whether sending it twice does the same as sending it once.
   *
   * A POST for which this is set changes nothing of the platform.
   *
   * @default - true for everything but POST
   */
  readonly repeatable?: boolean;
  /**
   * Whether 429, and 401 in a session, are taken to mean that nothing was carried out, so that even a request that is
   * not repeatable is sent again.
   *
   * @default true
   */
  readonly trustsRefusals?: boolean;
  /** Takes what is needed out of the parsed body; throws `WrongShape` if it is not there. */
  decode(body: unknown): T;
}

/** Sends requests to one platform. */
export interface Requester {
  request<T>(request: ApiRequest<T>): Promise<T>;
}

export function isRepeatable({ method, repeatable }: Pick<ApiRequest<unknown>, "method" | "repeatable">): boolean {
  return repeatable ?? method !== "POST";
}

/** Whether a request may change the platform; one that is called repeatable although it is a POST only asks. */
export function changesSomething({ method, repeatable }: Pick<ApiRequest<unknown>, "method" | "repeatable">): boolean {
  return method !== "GET" && repeatable !== true;
}

/**
 * A path below the API's root, in which each inserted value stays within its own segment.
 *
 * @throws {@link EceError} for values that would make it the path of something else, such as `..`.
 */
export function apiPath(fixed: TemplateStringsArray, ...values: string[]): string {
  return String.raw({ raw: fixed }, ...values.map(segment));
}

function segment(value: string): string {
  if (["", ".", ".."].includes(value)) throw new EceError(`Invalid ECE id "${value}".`);
  return encodeURIComponent(value);
}
