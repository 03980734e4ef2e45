import axios, { type AxiosError, type AxiosResponse } from "axios";
import { classifyConnectionError, noneReachedRemedy, unreachableRemedy } from "./connection-error";
import { remedyFor } from "./remedies";
import {
  EceAbortedError,
  EceApiError,
  EceConnectionError,
  type EceError,
  EceTimeoutError,
  EceUnexpectedReplyError,
  type RequestIdentity,
} from "./errors";
import type { ApiErrorItem } from "../models";
import { redact } from "../../ece";
import { isObject, tryParseJson } from "../json";

/** Marks an attempt that the transport ended because its time was over. */
export const DEADLINE_CODE = "ECE_DEADLINE";

/** Marks a coordinator that does not show whether it is of the platform that answered before. */
export const UNPROVEN_CODE = "ECE_UNPROVEN";

const PROXY_REMEDY =
  "Something between this machine and the platform answered, such as a proxy, a load balancer or a login page: check the endpoint, HTTPS_PROXY and NO_PROXY.";

/** What an error says beside what axios knows. */
export interface ErrorContext {
  readonly request: RequestIdentity;
  readonly endpoint: string;
  readonly timeoutMs: number;
  /** What must not appear in a text that came from outside. */
  readonly secrets: readonly string[];
}

/** Turns axios' error into one of ours, which holds nothing of the request but its method and path. */
export function toEceError(error: AxiosError, context: ErrorContext): EceError {
  const { request, timeoutMs } = context;
  const mayHaveHappened = request.method !== "GET";
  if (axios.isCancel(error)) return new EceAbortedError(request, { outcomeUnknown: mayHaveHappened });
  if (isTimeout(error)) {
    const { protocol, host } = new URL(context.endpoint);
    const remedy = `${unreachableRemedy(protocol, host)} A platform under load may need a longer request timeout.`;
    return new EceTimeoutError(request, timeoutMs, { remedy, outcomeUnknown: mayHaveHappened });
  }
  const reply = completeReply(error);
  if (reply) return errorFromReply(reply, context, mayHaveHappened && reply.status >= 500);

  if (error.message.startsWith("maxContentLength")) {
    return new EceUnexpectedReplyError(request, error.response?.status ?? 200, "with a reply too large to be ECE's", {
      remedy: PROXY_REMEDY,
      outcomeUnknown: mayHaveHappened,
    });
  }
  const { reason, remedy, neverSent } = classifyConnectionError(connectionErrorCode(error), context.endpoint);
  return new EceConnectionError(request, reason, redact(error.message, context.secrets), {
    remedy,
    outcomeUnknown: mayHaveHappened && !neverSent,
  });
}

/** How one of several endpoints failed. */
export interface EndpointFailure {
  readonly endpoint: string;
  readonly error: AxiosError;
}

/** The error where none of several endpoints could be reached: it names each, and why. */
export function noneReachedError(
  failures: readonly EndpointFailure[],
  context: Omit<ErrorContext, "endpoint">,
): EceConnectionError {
  const { request } = context;
  const errors = failures.map(({ endpoint, error }) => ({
    endpoint,
    error: toEceError(error, { ...context, endpoint }),
  }));
  const reasons = errors.map(({ endpoint, error }) => {
    const happened = error.message.slice(`${request.method} ${request.path}: `.length);
    return `${endpoint} (${happened})`;
  });
  const [reason = "unreachable"] = errors.flatMap(({ error }) =>
    error instanceof EceConnectionError ? [error.reason] : [],
  );
  return new EceConnectionError(request, reason, `none of the endpoints was reached: ${reasons.join("; ")}`, {
    remedy: noneReachedRemedy(),
    // A request that one of them may have got goes to no other, so that its error is not one of these.
    outcomeUnknown: false,
  });
}

/** The error for a reply that says success but is not what ECE answers. */
export function unexpectedReplyError(reply: AxiosResponse<string>, expected: string, context: ErrorContext): EceError {
  const remedy = isHtml(reply.data)
    ? PROXY_REMEDY
    : "Check that the endpoint is that of an ECE coordinator; its version may be one that this tool does not know.";
  const happened = `with ${describeBody(reply, context)} where ${expected} was expected`;
  return new EceUnexpectedReplyError(context.request, reply.status, happened, {
    remedy,
    outcomeUnknown: context.request.method !== "GET",
  });
}

export function isTimeout(error: AxiosError): boolean {
  return error.code === DEADLINE_CODE;
}

/** The reply, unless the connection broke before the reply ended. */
export function completeReply(error: AxiosError): AxiosResponse<string> | undefined {
  return typeof error.response?.data === "string" ? (error.response as AxiosResponse<string>) : undefined;
}

/** Node's code for a broken connection. */
export function connectionErrorCode(error: AxiosError): string {
  // A reply that ends early carries axios' own code instead of the socket's.
  return error.response ? "ECONNRESET" : (error.code ?? "");
}

function errorFromReply(reply: AxiosResponse<string>, context: ErrorContext, outcomeUnknown: boolean): EceError {
  const { request } = context;
  if (reply.status < 400) {
    return new EceUnexpectedReplyError(request, reply.status, `redirects to ${redirectTarget(reply, context)}`, {
      remedy: "Credentials are not sent on to other addresses. If that is your platform, make it the endpoint.",
    });
  }
  const errors = readErrors(reply.data, context.secrets);
  if (errors) {
    const remedy = remedyFor(reply.status, errors);
    return new EceApiError(request, reply.status, errors, { remedy, outcomeUnknown });
  }
  return new EceUnexpectedReplyError(
    request,
    reply.status,
    `with ${describeBody(reply, context)} instead of an ECE error`,
    {
      remedy: reply.status === 407 ? remedyFor(407, []) : PROXY_REMEDY,
      outcomeUnknown,
    },
  );
}

/** The errors in the body of a reply; undefined if it is not one of ECE's. */
function readErrors(body: string, secrets: readonly string[]): ApiErrorItem[] | undefined {
  if (body.trim() === "") return [];
  const parsed = tryParseJson(body);
  if (!isObject(parsed)) return undefined;
  const text = (value: unknown): string => (typeof value === "string" ? redact(value, secrets) : "");
  if (Array.isArray(parsed.errors)) {
    return parsed.errors.filter(isObject).map(({ code, message, fields }) => ({
      code: text(code),
      message: text(message),
      fields: Array.isArray(fields) ? fields.map(text) : [],
    }));
  }
  // The API before version 1, which some coordinators still answer with when credentials are wrong.
  return "message" in parsed ? [{ code: "", message: text(parsed.message), fields: [] }] : [];
}

function redirectTarget(reply: AxiosResponse, { endpoint }: ErrorContext): string {
  const location = String(reply.headers.location ?? "");
  return URL.canParse(location, endpoint) ? new URL(location, endpoint).origin : "nowhere";
}

function describeBody({ data }: AxiosResponse<string>, { secrets }: ErrorContext): string {
  if (data.trim() === "") return "an empty body";
  if (!isHtml(data)) return tryParseJson(data) === undefined ? "a body that is not JSON" : "other JSON";
  const title = redact(/<title[^>]*>([^<]*)/i.exec(data)?.[1]?.trim() ?? "", secrets).slice(0, 100);
  return title ? `an HTML page titled "${title}"` : "an HTML page";
}

function isHtml(body: string): boolean {
  return /^\s*<(!doctype|html|head|body)/i.test(body);
}
