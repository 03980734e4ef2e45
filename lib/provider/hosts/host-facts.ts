import type { AllocatorInfo, EceClient, RunnerInfo } from "../../api";
import { DiagnosticError, type ObjectValue } from "../../plugin/framework";
import type { Ece } from "../platform/ece";
import { isUserRole } from "../../ece";

/** The roles of a host as the platform shows them. */
export function rolesOf(runner: RunnerInfo): string[] {
  return (runner.roles ?? []).map((role) => role.role_name);
}

export function userRolesOf(runner: RunnerInfo): string[] {
  return rolesOf(runner).filter(isUserRole);
}

/** What the platform shows of a host, as the computed attributes have it. */
export function describeHost(runner: RunnerInfo): ObjectValue {
  return {
    host_ip: runner.host_ip ?? null,
    public_hostname: runner.public_hostname ?? null,
    zone: runner.zone ?? null,
    version: runner.build_info?.version ?? null,
    connected: runner.connected ?? false,
    healthy: runner.healthy ?? false,
  };
}

/** Makes sure that the platform knows the host that is to be imported; `summary` says what for. */
export async function checkImportable(ece: Ece, runnerId: string, summary: string, signal: AbortSignal): Promise<void> {
  if ((await ece.client.runners.tryFind(runnerId, { signal })) !== undefined) return;
  throw new DiagnosticError(
    summary,
    `The platform at ${ece.client.endpoint} has no host with the runner id ${runnerId}.`,
  );
}

/**
 * The allocator record of a host, if it has one.
 *
 * On ECE an allocator's id looks the same as its runner's, but nothing promises it: the host's address decides otherwise.
 */
export async function tryFindAllocatorOf(
  client: EceClient,
  runner: Pick<RunnerInfo, "runner_id" | "host_ip">,
  signal: AbortSignal,
): Promise<AllocatorInfo | undefined> {
  const sameId = await client.allocators.tryFind(runner.runner_id, { signal });
  if (sameId !== undefined || !runner.host_ip) return sameId;
  return (await client.allocators.list({ signal })).find((allocator) => allocator.host_ip === runner.host_ip);
}

/** For messages: what still runs on an allocator, a line each. */
export function describeInstances(allocator: AllocatorInfo): string {
  return (allocator.instances ?? [])
    .map(
      (instance) =>
        `  - ${instance.instance_name} of ${instance.cluster_type} ${instance.cluster_name ?? instance.cluster_id}`,
    )
    .join("\n");
}
