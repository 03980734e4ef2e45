/**
 * `cdktf-ece import`: what a platform has, as Terraform can take it over, and how it is declared in TypeScript and in HCL.
 */
import type { AllocatorInfo, EceClient, EnrollmentToken, RunnerInfo } from "../../api";
import { LEAST_CAPACITY_MB, RULES, describeRoles, installerTokenKind, isUserRole } from "../../ece";
import { tryFindAllocatorIn, userRolesOf } from "../../provider";

/** A host to be declared. */
export interface FoundHost {
  readonly name: string;
  readonly runnerId: string;
  readonly roles: readonly string[];
  readonly zone?: string;
  readonly connected: boolean;
  readonly maintenance: boolean;
  /** What was set on its allocator. */
  readonly allocator?: FoundAllocator;
}

/** An allocator to be declared: it has tags, or a capacity of its own. */
export interface FoundAllocator {
  readonly name: string;
  readonly allocatorId: string;
  readonly tags: { readonly [key: string]: string };
  readonly capacity?: number;
}

/** A persistent roles token to be declared. */
export interface FoundToken {
  readonly name: string;
  readonly id: string;
  readonly roles: readonly string[];
}

/** What the platform has and the file does not declare. */
export interface LeftOut {
  readonly kind: "host" | "allocator" | "token";
  readonly id: string;
  readonly reason: string;
  /** Whether it is so on every platform, and right. */
  readonly isExpected: boolean;
}

/** What a platform has. */
export interface Findings {
  readonly endpoint: string;
  readonly hosts: readonly FoundHost[];
  readonly tokens: readonly FoundToken[];
  readonly leftOut: readonly LeftOut[];
}

/** Reads what a platform has. Changes nothing. */
export async function readPlatform(client: EceClient): Promise<Findings> {
  const [runners, allocators, tokens] = await Promise.all([
    client.runners.list(),
    client.allocators.list(),
    client.enrollmentTokens.list(),
  ]);
  const leftOut: LeftOut[] = [];
  const names = new Names();
  const hosts = sorted(runners, ({ runner_id: id }) => id).flatMap((runner) => {
    const reason = whyNotHost(runner);
    const { runner_id: id } = runner;
    if (reason !== undefined) leftOut.push({ kind: "host", id, reason, isExpected: false });
    return reason === undefined ? [foundHost(runner, tryFindAllocatorIn(allocators, runner), names, leftOut)] : [];
  });
  const found = sorted(tokens, ({ token_id: id }) => id).flatMap((token) => {
    const left = whyNotToken(token);
    if (left !== undefined) leftOut.push({ kind: "token", id: token.token_id, ...left });
    const { token_id: id, roles } = token;
    return left === undefined ? [{ name: names.unique("token", id.slice(0, 8)), id, roles: [...roles].sort() }] : [];
  });
  return { endpoint: client.endpoint, hosts, tokens: found, leftOut };
}

function foundHost(
  runner: RunnerInfo,
  allocator: AllocatorInfo | undefined,
  names: Names,
  leftOut: LeftOut[],
): FoundHost {
  const { runner_id: runnerId, zone, connected } = runner;
  return {
    name: names.unique("host", runnerId),
    runnerId,
    roles: userRolesOf(runner).sort(),
    ...(zone !== undefined && RULES.availabilityZone.pattern.test(zone) && { zone }),
    connected,
    maintenance: allocator?.status.maintenance_mode === true,
    ...(allocator && foundAllocator(allocator, names, leftOut)),
  };
}

function foundAllocator(
  { allocator_id: allocatorId, metadata, settings }: AllocatorInfo,
  names: Names,
  leftOut: LeftOut[],
): { readonly allocator?: FoundAllocator } {
  const tags = Object.fromEntries((metadata ?? []).map(({ key, value }) => [key, value]));
  const capacity = settings?.capacity;
  if (Object.keys(tags).length === 0 && capacity === undefined) return {};
  if (capacity !== undefined && !(Number.isInteger(capacity) && capacity >= LEAST_CAPACITY_MB)) {
    const reason = `its capacity is set to ${capacity} MB, and cannot be declared: at least ${LEAST_CAPACITY_MB}`;
    leftOut.push({ kind: "allocator", id: allocatorId, reason, isExpected: false });
    return {};
  }
  return {
    allocator: {
      name: names.unique("allocator", allocatorId),
      allocatorId,
      tags,
      ...(capacity !== undefined && { capacity }),
    },
  };
}

function whyNotHost(runner: RunnerInfo): string | undefined {
  if (!RULES.runnerId.pattern.test(runner.runner_id))
    return `its runner id cannot be declared, which is ${RULES.runnerId.allowed}`;
  if (userRolesOf(runner).length === 0) return "it has no role, and a host is declared with at least one";
  return undefined;
}

function whyNotToken({ roles }: EnrollmentToken): Pick<LeftOut, "reason" | "isExpected"> | undefined {
  const kind = installerTokenKind(roles);
  if (kind === "bootstrap") return { reason: "it has no roles, as the installer's own", isExpected: true };
  if (kind === "emergency") {
    const reason = `it has the roles of the platform's emergency token (${describeRoles(roles)}), which must never be revoked`;
    return { reason, isExpected: true };
  }
  const others = roles.filter((role) => !isUserRole(role));
  if (others.length === 0) return undefined;
  return { reason: `it has roles that cannot be declared: ${describeRoles(others)}`, isExpected: false };
}

/** Names that Terraform, CDKTF and TypeScript take, each given once. */
class Names {
  readonly #given = new Set<string>();

  unique(kind: string, id: string): string {
    const plain = `${kind}_${id.replace(/[^A-Za-z0-9]/g, "_")}`;
    let name = plain;
    for (let n = 2; this.#given.has(name); n++) name = `${plain}_${n}`;
    this.#given.add(name);
    return name;
  }
}

function sorted<Each>(list: readonly Each[], idOf: (each: Each) => string): Each[] {
  return [...list].sort((a, b) => idOf(a).localeCompare(idOf(b), "en", { numeric: true }));
}
