import { EceApiError, type AllocatorInfo, type RunnerInfo } from "../../api";
import type { Ece } from "../platform/ece";
import { ignoringNotFound, waitFor, type WaitOptions } from "../platform/wait";
import { setRoles } from "./roles";

/** Deletes the allocator and runner records of a host that is disconnected, and the roles that are left on them. */
export async function deleteRecords(
  ece: Ece,
  { runner, allocator }: { readonly runner?: RunnerInfo; readonly allocator?: AllocatorInfo },
  { removeInstances }: { readonly removeInstances: boolean },
  wait: WaitOptions,
): Promise<void> {
  const { client } = ece;
  const { signal } = wait;
  // Roles that are left because ece_host_roles kept them or was never created.
  if (runner !== undefined) await setRoles(ece, runner, { roles: [], drain: { force: false, skip: true } }, wait);
  if (allocator !== undefined) {
    const { allocator_id: id } = allocator;
    await deleteRecord("allocators.delete_connected_allocator_attempt", wait, () =>
      client.allocators.delete(id, { removeInstances, signal }),
    );
  }
  if (runner !== undefined) {
    const { runner_id: id } = runner;
    await deleteRecord("runners.runner_deletion_failed", wait, () => client.runners.delete(id, { signal }));
  }
}

/** Deletes a record; a platform that shows a host disconnected may go on refusing for a while, with this code. */
async function deleteRecord(refusal: string, wait: WaitOptions, deletion: () => Promise<void>): Promise<void> {
  let refused: unknown;
  const outcome = await waitFor(wait, async () => {
    try {
      await ignoringNotFound(deletion());
      return true;
    } catch (error) {
      if (!(error instanceof EceApiError && error.hasCode(refusal))) throw error;
      refused = error;
      return undefined;
    }
  });
  if (outcome.found === undefined) throw outcome.lastError ?? refused;
}
