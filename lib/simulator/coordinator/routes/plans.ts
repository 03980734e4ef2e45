import {
  type Cluster,
  currentPlanOf,
  type PlanAttempt,
  type PlanFailure,
  type Platform,
  stepsOf,
} from "../../platform";

/** How much of a cluster's plans a reply shows. */
export interface PlanDetail {
  readonly plans: boolean;
  readonly logs: boolean;
  readonly history: boolean;
}

/** The plan information of a cluster: the plan that it has, the one under way, and those before, the latest one last. */
export function showPlans(cluster: Cluster, detail: PlanDetail, platform: Platform): unknown {
  const current = currentPlanOf(cluster);
  const show = (attempt: PlanAttempt) => showAttempt(cluster, attempt, detail, platform);
  const { pending, history } = cluster;
  return {
    healthy: history.at(-1)?.failure === undefined,
    ...(current && { current: show(current) }),
    ...(pending && { pending: { ...show(pending), attempt_end_time: undefined } }),
    history: detail.history
      ? history.map((attempt, index) => ({
          ...show(attempt),
          plan_attempt_name: `attempt-${String(index).padStart(10, "0")}`,
        }))
      : [],
  };
}

function showAttempt(cluster: Cluster, attempt: PlanAttempt, detail: PlanDetail, platform: Platform) {
  const { attemptId, startedAt, endsAt, failure, moves } = attempt;
  const hasFailed = failure !== undefined && attempt !== cluster.pending;
  return {
    plan_attempt_id: attemptId,
    healthy: !hasFailed,
    attempt_start_time: startedAt.toISOString(),
    attempt_end_time: endsAt.toISOString(),
    plan_attempt_log: detail.logs ? showSteps(attempt, platform) : [],
    warnings: [],
    ...(hasFailed && { error: { timestamp: endsAt.toISOString(), ...showFailure(failure) } }),
    ...(detail.plans && {
      plan: {
        cluster_topology: [],
        [cluster.clusterType]: {},
        ...(moves.length > 0 && {
          transient: {
            plan_configuration: {
              move_instances: moves.map(({ instance, to }) => ({ from: instance.instanceName, to: [to.allocatorId] })),
            },
          },
        }),
      },
    }),
  };
}

function showSteps(attempt: PlanAttempt, { clock }: Platform): unknown {
  return stepsOf(attempt, clock.now()).map(({ stepId, status, startedAt, completedAt, failure }) => {
    const stage = completedAt === undefined ? "in_progress" : "completed";
    return {
      step_id: stepId,
      status,
      stage,
      started: startedAt.toISOString(),
      ...(completedAt && {
        completed: completedAt.toISOString(),
        duration_in_millis: completedAt.getTime() - startedAt.getTime(),
      }),
      info_log: [
        {
          timestamp: (completedAt ?? startedAt).toISOString(),
          stage,
          ...(failure ? showFailure(failure) : { message: `Step [${stepId}]: ${status}`, details: {} }),
        },
      ],
    };
  });
}

// Elastic's description has the type of a failure both in the details and beside them.
function showFailure({ message, failureType }: PlanFailure) {
  return { message, details: { failure_type: failureType }, failure_type: failureType };
}
