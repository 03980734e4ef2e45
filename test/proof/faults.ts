import type { Behaviour, Fault } from "../../lib/simulator";

/** A way in which one call can go wrong. */
export interface CallFault {
  readonly name: string;
  /** The fault of the simulator; `elsewhere` is the address of another host. */
  readonly fault: (elsewhere: string) => Pick<Fault, "kind" | "status" | "headers" | "milliseconds">;
  /** Whether the client's time limit ends the call. */
  readonly hangs?: true;
}

const HOUR_MS = 3_600_000;

const status = (code: number, name = String(code)): CallFault => ({
  name,
  fault: () => ({ kind: "status", status: code }),
});

export const CALL_FAULTS: readonly CallFault[] = [
  { name: "connection refused", fault: () => ({ kind: "leave" }) },
  { name: "reset before it is carried out", fault: () => ({ kind: "reset-before" }) },
  { name: "reset after it is carried out", fault: () => ({ kind: "reset-after-commit" }) },
  {
    name: "hangs, is never carried out",
    fault: () => ({ kind: "delay", milliseconds: HOUR_MS }),
    hangs: true,
  },
  {
    name: "hangs, is carried out",
    fault: () => ({ kind: "delay-after-commit", milliseconds: HOUR_MS }),
    hangs: true,
  },
  {
    name: "301 to another host",
    fault: (elsewhere) => ({ kind: "status", status: 301, headers: { Location: `${elsewhere}/api/v1/platform` } }),
  },
  status(401),
  status(403),
  status(404),
  status(409),
  status(429),
  status(500, "500 before it is carried out"),
  { name: "500 after it is carried out", fault: () => ({ kind: "status-after-commit", status: 500 }) },
  status(502),
  status(503),
  { name: "HTML", fault: () => ({ kind: "html" }) },
  { name: "truncated JSON", fault: () => ({ kind: "truncated" }) },
  { name: "empty 200", fault: () => ({ kind: "empty" }) },
  { name: "wrong content type", fault: () => ({ kind: "plain-text" }) },
  { name: "slow drip", fault: () => ({ kind: "drip", milliseconds: HOUR_MS }), hangs: true },
  { name: "list as it was before", fault: () => ({ kind: "stale" }) },
  { name: "partial list", fault: () => ({ kind: "partial-list" }) },
];

/** Ways in which every list of a run can be late. */
export const LATE_LISTS: readonly { readonly name: string; readonly behaviour: Partial<Behaviour> }[] = [
  {
    name: "lists lag behind",
    behaviour: { tokensListedAfterReads: 3, runnersListedAfterReads: 3, connectedAfterReads: 3, rolesAfterReads: 3 },
  },
  {
    name: "revoked and removed, but still listed",
    behaviour: { tokensUnlistedAfterReads: 3, runnersUnlistedAfterReads: 3 },
  },
];
