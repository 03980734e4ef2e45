import type { EceClient, RunnerInfo } from "../../api";
import { DiagnosticError } from "../../plugin/framework";
import { describeRoles, difference } from "../../ece";
import { userRolesOf } from "./host-facts";
import { waitFor, type Deadline, type WaitOptions } from "../platform/wait";

/** Waits until the platform knows a host that had joined before; a host that was installed again gets a new record. */
export async function waitForRecord(client: EceClient, runnerId: string, wait: WaitOptions): Promise<void> {
  const outcome = await waitFor(wait, () => client.runners.tryFind(runnerId, { signal: wait.signal }));
  if (outcome.found !== undefined || outcome.lastError !== undefined) return;
  throw new DiagnosticError(
    `The host ${runnerId} was removed from the platform`,
    `It had joined, and the platform does not know it any more: somebody deleted its record. Replace its ece_host (-replace) to install it again, or remove it from the configuration.`,
    ["runner_id"],
  );
}

/** Waits until the platform shows a host connected. */
export async function waitForConnection(client: EceClient, runnerId: string, wait: WaitOptions): Promise<RunnerInfo> {
  let seen: RunnerInfo | undefined;
  const outcome = await waitFor(wait, async () => {
    seen = await client.runners.tryFind(runnerId, { signal: wait.signal });
    return seen?.connected ? seen : undefined;
  });
  if (outcome.found === undefined) throw notConnected(runnerId, seen, outcome.lastError, wait.deadline);
  return outcome.found;
}

/** Waits until a host is connected and has these roles; undefined when it is connected but lacks some to the end. */
export async function tryWaitForRoles(
  client: EceClient,
  runnerId: string,
  roles: readonly string[],
  wait: WaitOptions,
): Promise<RunnerInfo | undefined> {
  let seen: RunnerInfo | undefined;
  const outcome = await waitFor(wait, async () => {
    seen = await client.runners.tryFind(runnerId, { signal: wait.signal });
    return seen?.connected && difference(roles, userRolesOf(seen)).length === 0 ? seen : undefined;
  });
  if (outcome.found === undefined && (seen?.connected !== true || outcome.lastError !== undefined))
    throw notConnected(runnerId, seen, outcome.lastError, wait.deadline);

  return outcome.found;
}

/**
 * The documented silent failure: the install succeeds although the token did not carry the role, which the platform
 * then holds as pending. Undefined when it holds none of these roles so.
 */
export async function tryFindPendingRoles(
  client: EceClient,
  runner: RunnerInfo,
  roles: readonly string[],
  { signal }: WaitOptions,
): Promise<DiagnosticError | undefined> {
  const pending = await findPending(client, runner, roles, signal);
  if (pending.length === 0) return undefined;
  const names = describeRoles(pending);
  return new DiagnosticError(
    `The host ${runner.runner_id} joined without its role ${names}`,
    `It is connected with ${describeRoles(userRolesOf(runner))}. The platform holds ${names} as pending for it: the roles token that it was installed with lacked that role.\n\nEither approve the role: in the Cloud UI open the host and choose "Update roles" without changes, then run the command again. Or give the roles token the role ${names} and install the host again (-replace of its ece_host).`,
    ["roles"],
  );
}

/** Approves the roles that the platform was asked to give to a host and holds as pending: their declaration is the consent. */
export async function blessPendingRoles(
  client: EceClient,
  runnerId: string,
  roles: readonly string[],
  { signal }: WaitOptions,
): Promise<void> {
  const runner = await client.runners.tryFind(runnerId, { signal });
  if (runner === undefined) return;
  for (const role of await findPending(client, runner, roles, signal))
    await client.blueprinterRoles.bless(role, runnerId, { signal });
}

/** Those of the roles that a host lacks and the platform holds as pending for it. */
async function findPending(
  client: EceClient,
  runner: RunnerInfo,
  roles: readonly string[],
  signal: AbortSignal,
): Promise<string[]> {
  const pending: string[] = [];
  for (const role of difference(roles, userRolesOf(runner))) {
    const aggregate = await client.blueprinterRoles.tryFind(role, { signal });
    if (aggregate?.pendingRunnerIds.includes(runner.runner_id)) pending.push(role);
  }
  return pending;
}

/** The platform took the roles for a host and does not show them. */
export function rolesNotActive(runner: RunnerInfo, roles: readonly string[], deadline: Deadline): DiagnosticError {
  const missing = describeRoles(difference(roles, userRolesOf(runner)));
  return new DiagnosticError(
    `The host ${runner.runner_id} does not get its role ${missing}`,
    `After ${deadline.text} it is connected with ${describeRoles(userRolesOf(runner))}. Look at the host's containers and at the platform's health (Cloud UI, Platform > Hosts), then run the command again.`,
    ["roles"],
  );
}

function notConnected(
  runnerId: string,
  seen: RunnerInfo | undefined,
  lastError: Error | undefined,
  deadline: Deadline,
): DiagnosticError {
  if (lastError !== undefined) {
    return new DiagnosticError(
      `Unable to see whether the host ${runnerId} joined`,
      `After ${deadline.text} the platform is out of reach: ${lastError.message}. Run the command again when it is back; nothing is lost.`,
      ["runner_id"],
    );
  }
  if (seen === undefined) {
    return new DiagnosticError(
      `The host ${runnerId} did not join`,
      `After ${deadline.text} the platform knows no host with this runner id. Look at the installer's output, and on the host at <storage path>/logs/bootstrap-logs; check that it was installed with --runner-id ${runnerId} (by default the runner id is the host's IP address) and a live roles token. If the host was removed from the platform, replace its ece_host (-replace) to install it again.`,
      ["runner_id"],
    );
  }
  return new DiagnosticError(
    `The host ${runnerId} is not connected`,
    `After ${deadline.text} the platform still shows it disconnected. Check that the machine is up, that its container frc-runners-runner runs, and that it reaches the coordinators. If the machine was wiped, replace its ece_host (-replace) to install it again.`,
    ["runner_id"],
  );
}
