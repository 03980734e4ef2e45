import type { AllocatorInfo, EceClient, RunnerInfo } from "../../api";
import { RULES, isUserRole } from "../../ece";
import { DiagnosticError, type Attribute } from "../../plugin/framework";

/** The attribute that every type of a host has. The installer mangles or executes anything outside these characters. */
export const runnerIdAttribute = {
  type: "string",
  description:
    "The id of the host as the platform knows it: the installer's `--runner-id`, by default the host's IP address.",
  validators: [
    (value) =>
      typeof value === "string" && RULES.runnerId.pattern.test(value)
        ? undefined
        : `${JSON.stringify(value)} is no runner id: use letters, digits, dots, colons, underscores and dashes, starting with a letter or digit.`,
  ],
} satisfies Attribute;

/** The roles of a host as the platform shows them. */
export function rolesOf(runner: RunnerInfo): string[] {
  return (runner.roles ?? []).map((role) => role.role_name);
}

export function userRolesOf(runner: RunnerInfo): string[] {
  return rolesOf(runner).filter(isUserRole);
}

/** What the platform shows of a host, under the names of the computed attributes. */
export function describeHost(runner: RunnerInfo) {
  return {
    host_ip: runner.host_ip ?? null,
    public_hostname: runner.public_hostname ?? null,
    zone: runner.zone ?? null,
    version: runner.build_info?.version ?? null,
    connected: runner.connected ?? false,
    healthy: runner.healthy ?? false,
  };
}

const FIND_RUNNER_ID = "`cdktf-ece hosts` lists the platform's hosts with their runner ids.";

/** Makes sure that an import id has the form of a runner id; `summary` says what it is for. */
export function checkRunnerIdForm(id: string, summary: string): void {
  if (RULES.runnerId.pattern.test(id)) return;
  throw new DiagnosticError(
    summary,
    `${JSON.stringify(id)} is no runner id: that has ${RULES.runnerId.allowed}, such as 10.0.0.11. ${FIND_RUNNER_ID}`,
  );
}

/** Makes sure that the platform knows the host that is to be imported; `summary` says what for. */
export async function checkImportable(
  client: EceClient,
  runnerId: string,
  summary: string,
  signal: AbortSignal,
): Promise<void> {
  checkRunnerIdForm(runnerId, summary);
  if ((await client.runners.tryFind(runnerId, { signal })) !== undefined) return;
  throw new DiagnosticError(
    summary,
    `The platform at ${client.endpoint} has no host with the runner id ${runnerId}. ${FIND_RUNNER_ID}`,
  );
}

/**
 * The allocator of a host among those given, if it has one.
 *
 * On ECE an allocator's id looks the same as its runner's, but nothing promises it: the host's address decides otherwise.
 */
export function tryFindAllocatorIn(
  allocators: readonly AllocatorInfo[],
  { runner_id: runnerId, host_ip: hostIp }: Pick<RunnerInfo, "runner_id" | "host_ip">,
): AllocatorInfo | undefined {
  const sameId = allocators.find(({ allocator_id: id }) => id === runnerId);
  return sameId ?? allocators.find((allocator) => hostIp && allocator.host_ip === hostIp);
}

/** The allocator record of a host, if it has one. */
export async function tryFindAllocatorOf(
  client: EceClient,
  runner: Pick<RunnerInfo, "runner_id" | "host_ip">,
  signal: AbortSignal,
): Promise<AllocatorInfo | undefined> {
  const sameId = await client.allocators.tryFind(runner.runner_id, { signal });
  if (sameId !== undefined || !runner.host_ip) return sameId;
  return tryFindAllocatorIn(await client.allocators.list({ signal }), runner);
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
