/**
 * What this layer throws: one class per thing that can go wrong, each with a remedy. The files beside this one turn
 * axios' and Node's errors into these, find the remedy, and word the warnings.
 *
 * May import models, json and `ece`.
 */
import type { ApiErrorItem } from "../models";

/** Which request an error is about. */
export interface RequestIdentity {
  readonly method: string;
  /** As sent, without host, query or secrets. */
  readonly path: string;
}

interface EceErrorDetails {
  /** A sentence that says what to do. */
  readonly remedy?: string;
  readonly outcomeUnknown?: boolean;
}

/** The base of all errors of this layer. Neither its text nor its properties hold a secret. */
export class EceError extends Error {
  override readonly name: string = "EceError";
  /** What to do about it, in a sentence or two; undefined if nothing better than the message is known. */
  readonly remedy?: string;
  /** True if the platform may have carried out the request although no clear answer came back. */
  readonly outcomeUnknown: boolean;

  constructor(message: string, details: EceErrorDetails = {}) {
    super(message);
    this.remedy = details.remedy;
    this.outcomeUnknown = details.outcomeUnknown ?? false;
  }
}

abstract class EceRequestError extends EceError {
  readonly method: string;
  readonly path: string;

  constructor(request: RequestIdentity, happened: string, details: EceErrorDetails) {
    super(`${request.method} ${request.path}: ${happened}`, details);
    this.method = request.method;
    this.path = request.path;
  }
}

/** The codes by which ECE says that a thing does not exist; a 404 with another one may come from anything in between. */
const NOT_FOUND_CODES: ReadonlySet<string> = new Set([
  "allocators.allocator_not_found",
  "allocators.metadata_item_not_found",
  "coordinators.candidate_not_found",
  "coordinators.coordinator_not_found",
  "enrollment_tokens.invalid_token_id",
  "networking.cname.not_found",
  "roles.role_not_found",
  "roles.not_found",
  "runners.runner_not_found",
  "security_deployment.not_found",
]);

/** ECE refused the request, or failed to carry it out. */
export class EceApiError extends EceRequestError {
  override readonly name = "EceApiError";
  /** The HTTP status, 400 or above. */
  readonly status: number;
  /** The errors in the reply; empty if it gave none. */
  readonly errors: readonly ApiErrorItem[];

  constructor(request: RequestIdentity, status: number, errors: readonly ApiErrorItem[], details: EceErrorDetails) {
    super(request, `${status} ${errors.map(describe).join("; ") || "without a reason"}`, details);
    this.status = status;
    this.errors = errors;
  }

  /** The platform itself says that the thing does not exist; a 404 without one of ECE's own codes for that does not count. */
  get isNotFound(): boolean {
    return this.status === 404 && this.errors.some(({ code }) => NOT_FOUND_CODES.has(code));
  }

  /** The credentials are wrong, missing or expired. */
  get isUnauthorized(): boolean {
    return this.status === 401;
  }

  /** The credentials are right but do not permit this. */
  get isForbidden(): boolean {
    return this.status === 403;
  }

  /** Whether ECE gave this error code, such as `runners.runner_not_found`. */
  hasCode(code: string): boolean {
    return this.errors.some((error) => error.code === code);
  }
}

function describe({ code, message, fields }: ApiErrorItem): string {
  const where = fields.length > 0 ? ` (${fields.join(", ")})` : "";
  return [code, message + where].filter(Boolean).join(" – ");
}

/**
 * Why a connection could not be made or broke. `certificate`: the platform's is untrusted, outdated or for another
 * name. `proxy`: a proxy answered instead of letting the connection through.
 */
export type ConnectionErrorReason =
  "refused" | "dns" | "unreachable" | "certificate" | "tls" | "proxy" | "reset" | "other";

/** No answer came back, because the connection could not be made or broke. */
export class EceConnectionError extends EceRequestError {
  override readonly name = "EceConnectionError";
  readonly reason: ConnectionErrorReason;

  constructor(request: RequestIdentity, reason: ConnectionErrorReason, happened: string, details: EceErrorDetails) {
    super(request, happened, details);
    this.reason = reason;
  }
}

/** No complete answer came back within the time limit of an attempt. */
export class EceTimeoutError extends EceRequestError {
  override readonly name = "EceTimeoutError";

  constructor(request: RequestIdentity, timeoutMs: number, details: EceErrorDetails) {
    super(request, `no complete answer within ${timeoutMs / 1000} s`, details);
  }
}

/** The caller's signal ended the request. */
export class EceAbortedError extends EceRequestError {
  override readonly name = "EceAbortedError";

  constructor(request: RequestIdentity, details: EceErrorDetails = {}) {
    super(request, "cancelled", details);
  }
}

/** An answer came back that ECE's API does not give: HTML from a proxy, a redirect, a body of the wrong shape. */
export class EceUnexpectedReplyError extends EceRequestError {
  override readonly name = "EceUnexpectedReplyError";
  /** The HTTP status, which may be one of success. */
  readonly status: number;

  constructor(request: RequestIdentity, status: number, happened: string, details: EceErrorDetails) {
    super(request, `${status} ${happened}`, details);
    this.status = status;
  }
}

/** The outcome of a read; undefined if the platform says that the thing does not exist. */
export async function undefinedIfNotFound<T>(read: Promise<T>): Promise<T | undefined> {
  try {
    return await read;
  } catch (error) {
    if (error instanceof EceApiError && error.isNotFound) return undefined;
    throw error;
  }
}
