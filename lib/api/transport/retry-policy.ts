import axios, { type AxiosError } from "axios";
import { exponentialDelay } from "axios-retry";
import { classifyConnectionError } from "../errors/connection-error";
import { completeReply, connectionErrorCode, isTimeout } from "../errors/from-axios";

const BACKOFF_FACTOR_MS = 500;
const LONGEST_PAUSE_MS = 60_000;

/** Gateways give these while coordinators restart. */
const PASSING_STATUSES = [502, 503, 504];

/**
 * Whether a failed attempt may be followed by another: whatever can pass by itself for requests that may be repeated,
 * and for others only what cannot have been carried out.
 */
export function mayRetry(error: AxiosError, endpoint: string, repeatable: boolean): boolean {
  if (axios.isCancel(error)) return false;
  if (isTimeout(error)) return repeatable;
  const reply = completeReply(error);
  if (reply) {
    if (reply.status === 429) return true;
    const controllerStarts = reply.status >= 400 && reply.data.includes("controller_not_ready");
    return repeatable && (PASSING_STATUSES.includes(reply.status) || controllerStarts);
  }
  const { passing, neverSent } = classifyConnectionError(connectionErrorCode(error), endpoint);
  return passing && (repeatable || neverSent);
}

/** 1, 2, 4, … seconds with some chance in it, or what the platform asks for in Retry-After when that is longer. */
export function pauseMs(retry: number, error: AxiosError): number {
  return Math.min(exponentialDelay(retry, error, BACKOFF_FACTOR_MS), LONGEST_PAUSE_MS);
}
