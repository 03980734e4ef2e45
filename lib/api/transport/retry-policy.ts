import axios, { type AxiosError } from "axios";
import { exponentialDelay } from "axios-retry";
import { classifyConnectionError } from "../errors/connection-error";
import { completeReply, connectionErrorCode, isTimeout } from "../errors/from-axios";

const BACKOFF_FACTOR_MS = 500;
const LONGEST_PAUSE_MS = 60_000;

/** What gateways answer while coordinators restart. */
const PASSING_STATUSES = [502, 503, 504];

/**
 * Whether a failed attempt may be followed by another. Repeatable requests are retried after transient errors; others
 * only if they were certainly not executed.
 */
export function mayRetry(
  error: AxiosError,
  endpoint: string,
  { repeatable, trustsRefusals }: { readonly repeatable: boolean; readonly trustsRefusals: boolean },
): boolean {
  if (axios.isCancel(error)) return false;
  if (isTimeout(error)) return repeatable;
  const reply = completeReply(error);
  if (reply) {
    if (reply.status === 429) return repeatable || trustsRefusals;
    const controllerStarts = reply.status >= 400 && reply.data.includes("controller_not_ready");
    return repeatable && (PASSING_STATUSES.includes(reply.status) || controllerStarts);
  }
  const { passing, neverSent } = classifyConnectionError(connectionErrorCode(error), endpoint);
  return passing && (repeatable || neverSent);
}

/**
 * 1, 2, 4, … seconds, or the platform's Retry-After if that is longer; up to a fifth more by chance; at most a minute.
 */
export function pauseMs(retry: number, error: AxiosError): number {
  return Math.min(exponentialDelay(retry, error, BACKOFF_FACTOR_MS), LONGEST_PAUSE_MS);
}
