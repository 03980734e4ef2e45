import { EceApiError, type RunnerInfo } from "../../api";
import type { Ece } from "../platform/ece";
import { waitFor, type WaitOptions } from "../platform/wait";

/** How long the platform may take to see that a host is no director any more. */
const LONGEST_DEMOTION_MS = 120_000;

/**
 * Takes a former director out of the ZooKeeper ensemble, in which it would stay otherwise; other hosts are not in it.
 *
 * The platform refuses while it still sees the host's director at work.
 */
export async function leaveEnsemble(ece: Ece, runner: RunnerInfo, { deadline, signal }: WaitOptions): Promise<void> {
  const names = [runner.runner_id, runner.host_ip, runner.public_hostname];
  const members = await ece.client.coordinators.list({ signal });
  const member = members.find(({ name, public_hostname }) => names.includes(name) || names.includes(public_hostname));
  if (member === undefined) return;

  let refusal: unknown;
  const outcome = await waitFor({ deadline: deadline.beginning(LONGEST_DEMOTION_MS), signal }, async () => {
    try {
      await ece.client.coordinators.demote(member.name, { signal });
      return true;
    } catch (error) {
      if (!(error instanceof EceApiError)) throw error;
      if (error.isNotFound) return true;
      if (!error.hasCode("coordinators.coordinator_demote_failed")) throw error;
      refusal = error;
      return undefined;
    }
  });
  if (outcome.found === undefined) throw outcome.lastError ?? refusal;
}
