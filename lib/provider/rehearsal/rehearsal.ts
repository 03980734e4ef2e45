/**
 * What a removal of hosts would find, without the removal: every proof, a place for every instance, and who would still
 * coordinate the platform; by the code that a plan and the Deletes ask with. Reads and changes nothing. Imports the rooms
 * `hosts`, `platform` and `configuration`.
 */
import type { EceClient } from "../../api";
import type { ObjectValue } from "../../plugin/framework";
import { readGivenUp, readSshSettings } from "../configuration/blocks";
import { tryFindAllocatorIn } from "../hosts/host-facts";
import { Ece, Warnings } from "../platform/ece";
import { findRoom, type RehearsedInstance, type RehearsedZone } from "./capacity";
import { describeEnsemble, type RehearsedEnsemble } from "./ensemble";
import { addRefusals, leaveBehind } from "./instances";
import { isForgotten, proveRemoval, type LeavingHost, type ManagedResource, type RehearsedProof } from "./proofs";

/** What the removal of one host would find. */
export interface RehearsedHost {
  readonly runnerId: string;
  readonly passes: boolean;
  readonly proofs: readonly RehearsedProof[];
  readonly instances: readonly RehearsedInstance[];
}

/** What the removal of hosts that leave together would find. */
export interface Rehearsal {
  /** Whether a removal would pass by everything that was asked. */
  readonly passes: boolean;
  readonly hosts: readonly RehearsedHost[];
  readonly zones: readonly RehearsedZone[];
  readonly ensemble: RehearsedEnsemble;
}

/**
 * Rehearses the removal of hosts that leave together.
 *
 * @param managed what Terraform's states know of hosts
 * @param config arguments of the provider: the blocks `given_up` and `ssh`
 */
export async function rehearseRemoval(
  client: EceClient,
  runnerIds: readonly string[],
  managed: readonly ManagedResource[],
  config: ObjectValue = {},
): Promise<Rehearsal> {
  const givenUp = readGivenUp(config);
  const ece = new Ece(client, new Warnings(), { givenUp, sshSettings: readSshSettings(config) });
  const { signal } = new AbortController();
  const [runners, allocators, members] = await Promise.all([
    client.runners.list({ signal }),
    client.allocators.list({ signal }),
    client.coordinators.list({ signal }),
  ]);
  const together = new Set(runnerIds);
  const leaving: LeavingHost[] = [];
  for (const runnerId of together) {
    // A list may lack some that are there.
    const listed = runners.find(({ runner_id: id }) => id === runnerId);
    const runner = listed ?? (await client.runners.tryFind(runnerId, { signal }));
    if (runner !== undefined && listed === undefined) runners.push(runner);
    const known = tryFindAllocatorIn(allocators, runner ?? { runner_id: runnerId });
    const allocator = known ?? (await client.allocators.tryFind(runnerId, { signal }));
    if (allocator !== undefined && known === undefined) allocators.push(allocator);
    const own = managed.filter(({ attributes }) => attributes.runner_id === runnerId);
    leaving.push({ runnerId, runner, allocator, managed: own, together });
  }
  const touched = leaving.filter((host) => !isForgotten(ece, host));
  const room = findRoom(allocators, new Set(touched.flatMap(({ allocator }) => allocator?.allocator_id ?? [])));

  const hosts: RehearsedHost[] = [];
  for (const host of leaving) {
    const { runnerId, allocator } = host;
    const instances = (allocator && room.instances.get(allocator.allocator_id)) ?? [];
    if (!leaveBehind(host, instances)) await addRefusals(ece, host, instances, signal);
    const proofs = await proveRemoval(ece, host, signal);
    const passes =
      proofs.every(({ outcome }) => outcome !== "failed") && instances.every(({ obstacle }) => obstacle === undefined);
    hosts.push({ runnerId, passes, proofs, instances });
  }
  const ensemble = describeEnsemble(runners, members, new Set(touched.map(({ runnerId }) => runnerId)));
  return { passes: hosts.every(({ passes }) => passes), hosts, zones: room.zones, ensemble };
}
