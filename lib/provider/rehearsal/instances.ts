import { EceError } from "../../api";
import { isObjectValue } from "../../plugin/framework";
import { validateMove } from "../hosts/moves";
import type { Ece } from "../platform/ece";
import type { RehearsedInstance } from "./capacity";
import type { LeavingHost } from "./proofs";

/** Adds what the platform itself says against moving the instances of a host, each cluster asked for as a drain does it. */
export async function addRefusals(
  { client, givenUp }: Ece,
  host: LeavingHost,
  instances: readonly RehearsedInstance[],
  signal: AbortSignal,
): Promise<void> {
  const { allocator, runnerId } = host;
  if (allocator === undefined) return;
  const how = { forceUpdate: drainOptionsOf(host).force, allocatorDown: givenUp.machines.has(runnerId) };
  for (const [id, instance] of new Map(instances.map((each) => [each.clusterId, each]))) {
    const refusal = await validateMove(client, allocator.allocator_id, { id, kind: instance.kind }, how, signal)
      .then((valid) => valid.refusal)
      .catch((error: unknown) => {
        if (error instanceof EceError) return error.message;
        throw error;
      });
    if (refusal !== undefined) for (const each of instances) if (each.clusterId === id) each.obstacle ??= refusal;
  }
}

/** Whether the instances of a host stay on it, by `drain.skip` of its roles; its ece_host must be told so, too. */
export function leaveBehind(host: LeavingHost, instances: readonly RehearsedInstance[]): boolean {
  const { managed } = host;
  if (!drainOptionsOf(host).skip) return false;
  const isGivenUp = managed.some(({ type, attributes }) => type === "ece_host" && attributes.remove_instances === true);
  for (const instance of instances) {
    if (isGivenUp) delete instance.obstacle;
    else instance.obstacle = "drain.skip leaves it here, and remove_instances of the ece_host is not set";
  }
  return true;
}

/** How the Delete of its roles would drain the host: with a machine always. */
function drainOptionsOf({ managed }: LeavingHost): { readonly force: boolean; readonly skip: boolean } {
  const { drain = null, machine = null } = managed.find(({ type }) => type === "ece_host_roles")?.attributes ?? {};
  const { force, skip } = isObjectValue(drain) ? drain : {};
  return { force: force === true, skip: skip === true && machine === null };
}
