import axios, { type AxiosError, type AxiosResponse } from "axios";
import { exponentialDelay } from "axios-retry";
import { classifyConnectionError } from "../errors/connection-error";
import { completeReply, connectionErrorCode, isTimeout, UNPROVEN_CODE } from "../errors/from-axios";

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
  if (reply?.status === 429) return repeatable || trustsRefusals;
  if (reply) return repeatable && isPassing(reply);
  const { passing, neverSent } = classifyConnectionError(connectionErrorCode(error), endpoint);
  return passing && (repeatable || neverSent);
}

/**
 * Whether another coordinator may be asked instead of the one that failed. Requests that change something may only
 * where they were certainly not sent; no request may where a certificate was refused, since somebody should look at it.
 */
export function mayMoveOn(error: AxiosError, endpoint: string, { changes }: { readonly changes: boolean }): boolean {
  if (axios.isCancel(error)) return false;
  if (error.code === UNPROVEN_CODE) return true;
  if (isTimeout(error)) return !changes;
  const reply = completeReply(error);
  if (reply) return !changes && isPassing(reply);
  const { reason } = classifyConnectionError(connectionErrorCode(error), endpoint);
  return changes ? ["refused", "dns", "proxy"].includes(reason) : !["certificate", "other"].includes(reason);
}

/** Whether a reply says no more than that a coordinator is away or begins to work. */
export function isPassing({ status, data }: AxiosResponse<string>): boolean {
  return PASSING_STATUSES.includes(status) || (status >= 400 && data.includes("controller_not_ready"));
}

/**
 * 1, 2, 4, … seconds, or the platform's Retry-After if that is longer; up to a fifth more by chance; at most a minute.
 */
export function pauseMs(retry: number, error: AxiosError): number {
  return Math.min(exponentialDelay(retry, error, BACKOFF_FACTOR_MS), LONGEST_PAUSE_MS);
}
