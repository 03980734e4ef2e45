import type { RunnerInfo } from "../../api";
import { USER_ROLES } from "../../ece";
import { DiagnosticError, type Diagnostics } from "../../plugin/framework";
import type { Ece } from "../platform/ece";
import { tryBriefly } from "../platform/wait";
import { userRolesOf } from "./host-facts";

/** The roles whose last host takes the platform with it, with how many hosts Elastic advises to have of each. */
export const ADVISED: { readonly [role: string]: number } = { director: 3, coordinator: 2 };

const NONE: ReadonlySet<string> = new Set();

/** A planned change by which a host loses roles. */
export interface PlannedLoss {
  /** The type of the resource that is planned. */
  readonly resource: string;
  readonly runnerId: string;
  /** The roles that it loses; undefined where that is every role that the platform shows. */
  readonly roles: readonly string[] | undefined;
  /** Whether it is to have them again: its resource is replaced. */
  readonly returns: boolean;
}

/**
 * Refuses, in the plan, what would take the last host of a role; warns of what leaves fewer than Elastic advises.
 *
 * All hosts that the plan takes a role from for good count together, in whatever order they are planned. Only what the
 * platform's list proves is refused: the proof is made again when the host leaves.
 */
export async function planLoss(
  ece: Ece,
  { resource, runnerId, roles, returns }: PlannedLoss,
  diagnostics: Diagnostics,
  signal: AbortSignal,
): Promise<void> {
  const { client, departures } = ece;
  if (!returns) departures.plan(resource, runnerId, roles ?? USER_ROLES);
  if (roles !== undefined && !roles.some((role) => role in ADVISED || role === "proxy")) return;
  const reader = `departure by ${resource} ${runnerId}`;
  const runners = (await tryBriefly(signal, (patience) => client.runners.list({ signal: patience, reader }))) ?? [];
  const runner = runners.find((one) => one.runner_id === runnerId);
  if (runner === undefined) return;
  const lost = userRolesOf(runner).filter((role) => roles?.includes(role) ?? true);
  for (const role of lost.filter((one) => one in ADVISED)) {
    const left = requireOthers(ece, role, runner, runners, returns ? NONE : departures.plannedWithout(role));
    if (!returns && left.length > 0) warnOfFew(role, left, diagnostics);
  }
  if (lost.includes("coordinator"))
    refuseOurEndpoint(ece, runner, runners, returns ? NONE : departures.plannedWithout("coordinator"));
  if (lost.includes("proxy") && !returns) {
    const domain = await tryBriefly(signal, (patience) =>
      client.platform.tryFindDeploymentDomain({ signal: patience }),
    );
    refuseNamedProxy(ece, runner, domain);
  }
}

/** How a host leaves. */
interface Leave {
  readonly returns: boolean;
  /** The ids of hosts that leave for good together with it. @default - none */
  readonly together?: ReadonlySet<string>;
  readonly signal: AbortSignal;
}

/** Refuses, right before a host leaves, what would take the last host of a role. */
export async function refuseLast(
  ece: Ece,
  runner: RunnerInfo,
  roles: readonly string[],
  { returns, together = NONE, signal }: Leave,
): Promise<void> {
  const { client, givenUp } = ece;
  const fatal = roles.filter((role) => role in ADVISED && !givenUp.lastOf.has(role));
  if (fatal.length > 0) {
    const runners = await client.runners.list({ signal });
    for (const role of fatal) requireOthers(ece, role, runner, runners, together);
    if (fatal.includes("coordinator")) refuseOurEndpoint(ece, runner, runners, together);
  }
  if (roles.includes("proxy") && !returns && !givenUp.lastOf.has("proxy"))
    refuseNamedProxy(ece, runner, await client.platform.tryFindDeploymentDomain({ signal }));
}

/** The other hosts that keep a role; throws where there is none. */
function requireOthers(
  { givenUp }: Ece,
  role: string,
  { runner_id: runnerId }: RunnerInfo,
  runners: readonly RunnerInfo[],
  leaving: ReadonlySet<string>,
): RunnerInfo[] {
  const others = holdersOf(role, runners).filter((other) => other.runner_id !== runnerId);
  const left = others.filter((other) => !leaving.has(other.runner_id));
  if (left.length === 0 && !givenUp.lastOf.has(role)) throw lastOf(role, runnerId, others);
  return left;
}

function holdersOf(role: string, runners: readonly RunnerInfo[]): RunnerInfo[] {
  return runners.filter((runner) => userRolesOf(runner).includes(role));
}

function lastOf(role: string, runnerId: string, others: readonly RunnerInfo[]): DiagnosticError {
  const found =
    others.length === 0
      ? `No other host has the role ${role}`
      : `The other hosts with the role ${role} go by the same plan: ${others.map((other) => other.runner_id).join(", ")}`;
  return new DiagnosticError(
    `The host ${runnerId} is the last ${role}`,
    `${found}, and without one the platform cannot be reached or changed any more. Nothing was changed.\n\nAdd a host with this role first, by an apply of its own, or leave out one that goes. If the whole platform is to end, add ${role} to last_of in the provider's given_up block.`,
  );
}

function warnOfFew(role: string, left: readonly RunnerInfo[], diagnostics: Diagnostics): void {
  const advised = ADVISED[role] ?? 0;
  if (left.length >= advised) return;
  diagnostics.addWarning(
    `Fewer hosts than advised keep the role ${role}`,
    `After this plan ${left.length} of them would be left (${left.map((runner) => runner.runner_id).join(", ")}). Elastic advises at least ${advised}: with fewer, the loss of one more can stop the platform.`,
  );
}

/** The provider would cut itself off in the middle of its work, where no other endpoint of its own stays. */
function refuseOurEndpoint(
  { client, givenUp }: Ece,
  runner: RunnerInfo,
  runners: readonly RunnerInfo[],
  leaving: ReadonlySet<string>,
): void {
  if (givenUp.lastOf.has("coordinator")) return;
  const { runner_id: runnerId } = runner;
  const addresses = client.endpoints.map((endpoint) => new URL(endpoint).hostname.replace(/^\[|\]$/g, ""));
  if (!addresses.some((address) => isNameOf(runner, address))) return;
  const gone = [runner, ...runners.filter((other) => leaving.has(other.runner_id) || !isCoordinator(other))];
  if (!addresses.every((address) => gone.some((one) => isNameOf(one, address)))) return;
  throw new DiagnosticError(
    `The host ${runnerId} is the coordinator that the provider talks to`,
    `The provider's endpoint is ${client.endpoint}, which this host would stop to answer in the middle of the work. Nothing was changed. Point the provider (endpoint, or ECE_ENDPOINT) to another coordinator, and run the command again.`,
  );
}

function isCoordinator(runner: RunnerInfo): boolean {
  return userRolesOf(runner).includes("coordinator");
}

function isNameOf(
  { runner_id: runnerId, host_ip: hostIp, public_hostname: name }: RunnerInfo,
  address: string,
): boolean {
  return [runnerId, hostIp, name].includes(address);
}

/** ECE's own domain names are made of the address of the host that serves them. */
function refuseNamedProxy(
  { givenUp }: Ece,
  { runner_id: runnerId, host_ip: hostIp }: RunnerInfo,
  domain?: string,
): void {
  if (givenUp.lastOf.has("proxy") || !hostIp || domain !== `${hostIp}.ip.es.io`) return;
  throw new DiagnosticError(
    `The host ${runnerId} is the proxy that the deployment domain names`,
    `The URLs of all deployments end in ${domain}, which is the address of this host: without its proxy none of them would work. Nothing was changed. Set another deployment domain in the Cloud UI (Platform > Settings) and let clients use it, then run the command again; or add proxy to last_of in the provider's given_up block.`,
  );
}
