import type { AllocatorInfo, RunnerInfo } from "../../api";
import type { MachineFacts } from "../../machine";
import { DiagnosticError } from "../../plugin/framework";
import type { MachineExpectation } from "./machine-access";

/** What the platform knows of a host, read for a proof. */
export interface PlatformRecord {
  readonly runner: RunnerInfo | undefined;
  readonly allocator: AllocatorInfo | undefined;
  /** Names and addresses of all coordinators and directors. */
  readonly platformHosts: readonly string[];
}

/**
 * Proves that the machine is the host of this record: throws where anything speaks against it, or nothing for it.
 *
 * Addresses only disprove. For it speaks what nobody else has: the id of our own ece_host, which the install left there, the
 * sum of the platform's authority as it was seen before, or an instance of this record.
 *
 * @param rememberedCa the sum of the authority that was stored when the machine was proven before
 */
export function proveMachine(
  expected: MachineExpectation,
  facts: MachineFacts,
  { runner, allocator, platformHosts }: PlatformRecord,
  rememberedCa: string | undefined,
): void {
  const { runnerId } = expected;
  const foreign = (found: string): DiagnosticError => foreignMachine(expected, found);
  const others = facts.runnerIds.filter((id) => id !== runnerId);
  if (others.length > 0) throw foreign(`it is the runner ${others.join(", ")}`);
  const { marker } = facts;
  if (marker?.runnerId !== undefined && marker.runnerId !== runnerId)
    throw foreign(`its install was for the runner ${marker.runnerId}`);
  if (rememberedCa !== undefined && facts.caSha256 !== undefined && facts.caSha256 !== rememberedCa)
    throw foreign("it belongs to another platform: the authority of its platform has another SHA-256 sum than before");
  const hostIp = runner?.host_ip;
  if (hostIp && facts.addresses.length > 0 && !facts.addresses.includes(hostIp))
    throw foreign(`the platform's record has the address ${hostIp}, and it has ${facts.addresses.join(", ")}`);
  const known = facts.platformHosts;
  if (known.length > 0 && platformHosts.length > 0 && !known.some((name) => platformHosts.includes(name))) {
    throw foreign(
      `it belongs to another platform: it knows ${known.join(", ")}, and this platform has ${platformHosts.join(", ")}`,
    );
  }
  const clusters = (allocator?.instances ?? []).map(({ cluster_id }) => cluster_id);
  const running = facts.clusters.filter((cluster) =>
    facts.containers.some(({ name }) => name.startsWith(`fac-${cluster}-`)),
  );
  const strange = running.filter((cluster) => !clusters.includes(cluster));
  if (allocator !== undefined && strange.length > 0 && !running.some((cluster) => clusters.includes(cluster)))
    throw foreign(`it runs instances that the platform's record does not have: ${strange.join(", ")}`);

  const hasSameCa = rememberedCa !== undefined && facts.caSha256 === rememberedCa;
  const hasItsInstance = running.some((cluster) => clusters.includes(cluster));
  if (isMarked(expected, facts) || hasSameCa || hasItsInstance) return;
  const unread = [
    marker?.hostId === undefined
      ? "~/.cdktf-ece/runner names no ece_host"
      : `~/.cdktf-ece/runner names another ece_host (${marker.hostId})`,
    facts.caSha256 === undefined
      ? "the platform's authority (ca-file.pem) cannot be read"
      : "no authority was seen on it before",
  ];
  throw new DiagnosticError(
    `Unable to prove that the machine of ${runnerId} is this host`,
    `It says that it is the runner ${facts.runnerIds.join(", ") || "of nobody"}, which another platform with the same addresses could say, too: ${unread.join("; ")}.\n\nNothing was changed. If you know that it is the right machine, write the line "host ${expected.hostId ?? "ID"}" into ~/.cdktf-ece/runner of its user, and run the command again. If the machine is not to be touched, add ${runnerId} to machines in the provider's given_up block.`,
  );
}

/** Whether the install for this very ece_host left its mark on the machine. */
export function isMarked({ hostId }: MachineExpectation, { marker }: MachineFacts): boolean {
  return marker?.hostId !== undefined && marker.hostId === hostId;
}

/** The error for a machine that says it is another one than the expected. */
export function foreignMachine({ runnerId, access }: MachineExpectation, found: string): DiagnosticError {
  return new DiagnosticError(
    `${access.host} is not the machine of ${runnerId}`,
    `What answers there was to be the runner ${runnerId} of this platform, but ${found}.\n\nNothing was changed. Correct the address (ssh_host), or, if ${runnerId} is gone for good and nothing is to be removed from a machine, add it to machines in the provider's given_up block.`,
    ["ssh_host"],
  );
}
