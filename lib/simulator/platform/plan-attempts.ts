import { randomUUID } from "node:crypto";
import type { Allocator, Instance } from "./allocator";

/** An instance on its way to another allocator. */
export interface InstanceMove {
  readonly instance: Instance;
  readonly from: Allocator;
  readonly to: Allocator;
}

/** Why a plan fails. */
export interface PlanFailure {
  /** The step that fails, one of {@link PLAN_STEPS}. */
  readonly step: string;
  /** What kind of failure the log names. */
  readonly failureType: string;
  readonly message: string;
}

/** An attempt to change a cluster, such as a move of its instances. */
export interface PlanAttempt {
  readonly attemptId: string;
  readonly startedAt: Date;
  readonly endsAt: Date;
  /** None for a plan that somebody else began. */
  readonly moves: readonly InstanceMove[];
  /** Whether the allocator that the instances leave is taken for lost, with their data. */
  readonly isAllocatorDown: boolean;
  /** Undefined for a plan that succeeds. */
  readonly failure?: PlanFailure;
}

/** A step in the log of an attempt. */
export interface PlanStep {
  readonly stepId: string;
  readonly status: "success" | "error" | "pending";
  readonly startedAt: Date;
  /** Undefined for the step that is under way. */
  readonly completedAt?: Date;
  /** Of a step that failed. */
  readonly failure?: PlanFailure;
}

/** The steps that a plan takes before its last one. Elastic publishes no list: these are examples. */
export const PLAN_STEPS: readonly string[] = [
  "plan-validator",
  "suspend-snapshotting",
  "allocate-instances",
  "wait-until-running",
  "migrate-data",
  "post-plan-cleanup",
];

const LAST_STEP = "plan-completed";

/** Creates an attempt; what is left out is made up. */
export function createAttempt(
  attempt: Pick<PlanAttempt, "startedAt" | "endsAt" | "failure"> & Partial<PlanAttempt>,
): PlanAttempt {
  return { attemptId: randomUUID(), moves: [], isAllocatorDown: false, ...attempt };
}

/** The log of an attempt up to now. Its steps take the same time each; a failed one is followed by the last. */
export function stepsOf({ startedAt, endsAt, failure }: PlanAttempt, now: Date): PlanStep[] {
  const ends = failure === undefined ? PLAN_STEPS.length : PLAN_STEPS.indexOf(failure.step) + 1;
  const each = (endsAt.getTime() - startedAt.getTime()) / ends;
  const at = (steps: number) => new Date(startedAt.getTime() + steps * each);
  const steps = PLAN_STEPS.slice(0, ends).map((stepId, index): PlanStep => {
    const isOver = endsAt <= now || at(index + 1) <= now;
    const failed = failure?.step === stepId ? failure : undefined;
    return isOver
      ? {
          stepId,
          status: failed ? "error" : "success",
          startedAt: at(index),
          completedAt: at(index + 1),
          failure: failed,
        }
      : { stepId, status: "pending", startedAt: at(index) };
  });
  const begun = steps.slice(0, steps.findIndex(({ status }) => status === "pending") + 1 || steps.length);
  if (now < endsAt) return begun;

  const status = failure === undefined ? "success" : "error";
  return [...begun, { stepId: LAST_STEP, status, startedAt: endsAt, completedAt: endsAt, failure }];
}
