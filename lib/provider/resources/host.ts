import { randomUUID } from "node:crypto";
import { EceApiError, type EceClient } from "../../api";
import {
  DiagnosticError,
  readTimeout,
  timeoutsBlock,
  validators,
  type ModelOf,
  type Resource,
  type Schema,
} from "../../plugin/framework";
import { checkImportable, describeInstances, runnerIdAttribute, tryFindAllocatorOf } from "../hosts/host-facts";
import { setRoles } from "../hosts/roles";
import type { Ece } from "../platform/ece";
import { platformIdAttribute } from "../platform/platform-id";
import { ignoringNotFound, waitFor, type Deadline, type WaitOptions } from "../platform/wait";

const timeouts = timeoutsBlock({ delete: "10m" });

const SCHEMA = {
  description:
    "A host's place on the platform. Create it before ECE is installed on the host (it refuses a runner id that the platform already knows) and destroy it after the host is gone: it waits until the platform shows the host disconnected and deletes its allocator and runner records.",
  attributes: {
    runner_id: { ...runnerIdAttribute, required: true, requiresReplace: true },
    adopt: {
      type: "bool",
      optional: true,
      default: false,
      description: "Take over a runner id that the platform already knows (default: `false`).",
    },
    install_fingerprint: {
      type: "string",
      optional: true,
      description:
        "Anything that tells one installation from another; a change replaces the host. The first one of a host that was imported without does not.",
    },
    on_destroy: {
      type: "string",
      optional: true,
      default: "delete",
      validators: [validators.oneOf(["delete", "abandon"])],
      description:
        "What destroying does with the host's records: `delete` removes them once the host is disconnected, `abandon` leaves them (default: `delete`).",
    },
    remove_instances: {
      type: "bool",
      optional: true,
      default: false,
      description:
        "Delete the records although instances are left on the host: they are given up. Goes with `drain.skip` of ece_host_roles (default: `false`).",
    },
    id: {
      type: "string",
      computed: true,
      useStateForUnknown: true,
      description: "New for each creation, so that whatever installs the host can be replaced with it.",
    },
    platform_version: {
      type: "string",
      computed: true,
      useStateForUnknown: true,
      description: "The platform's version, which the installer on the host must have.",
    },
    platform_id: platformIdAttribute,
  },
  blocks: { timeouts },
} satisfies Schema;

type Model = ModelOf<typeof SCHEMA>;

/** A host's record on the platform: reserved before the install, removed after the host is gone. */
export const hostResource: Resource<Ece, Model> = {
  schema: SCHEMA,

  modifyPlan({ state }, { plan, requiresReplace }) {
    const before = state?.install_fingerprint ?? null;
    if (before !== null && plan !== null && plan.install_fingerprint !== before)
      requiresReplace.push(["install_fingerprint"]);
  },

  async create({ providerData: ece, plan, signal }, response) {
    const known = await ece.client.runners.tryFind(plan.runner_id, { signal });
    if (known !== undefined && !plan.adopt) {
      const presence = known.connected ? "connected" : "disconnected";
      throw new DiagnosticError(
        `The runner id ${plan.runner_id} is taken`,
        `The platform already has a ${presence} host with this runner id, and an install over an old record can fail. If it is a leftover, delete that host in the Cloud UI; if this is the host that you mean, set adopt to true.`,
        ["runner_id"],
      );
    }
    const { version } = await ece.platform(signal);
    response.state = { ...plan, id: randomUUID(), platform_version: version };
    response.privateState = { joined: known !== undefined };
  },

  async read({ providerData: ece, state, signal, privateState }, response) {
    if (!ece.canRefresh()) return;
    const runner = await ece.refreshHost("ece_host", state.runner_id, signal);
    // Before the install there is no record; one that was there and is gone was deleted by somebody else.
    if (runner === undefined && privateState.joined === true) {
      response.state = null;
      return;
    }
    response.privateState = { joined: runner !== undefined };
    const { version } = await ece.platform(signal);
    response.state = { ...state, platform_version: version };
  },

  async update({ plan, privateState }, response) {
    // Everything that changes in place stands nowhere but in the state.
    response.state = plan;
    response.privateState = privateState;
  },

  async delete({ providerData: ece, state, signal }) {
    if (state.on_destroy === "abandon") return;
    await removeRecords(ece.client, state, ece.startWaiting(readTimeout(timeouts, state.timeouts, "delete"), signal));
  },

  async importState({ providerData: ece, id: runnerId, signal }, response) {
    await checkImportable(ece.client, runnerId, "Unable to import the host", signal);
    response.state = { runner_id: runnerId, id: randomUUID() };
    response.privateState = { joined: true };
  },
};

/** Deletes the allocator and runner records of a host once it is disconnected; ECE refuses it before. */
async function removeRecords(client: EceClient, host: Model["state"], wait: WaitOptions): Promise<void> {
  const { signal } = wait;
  const { runner_id: runnerId, remove_instances: removeInstances } = host;
  const gone = await waitFor(wait, async () => {
    const runner = await client.runners.tryFind(runnerId, { signal });
    if (runner?.connected) return undefined;
    const allocator = await tryFindAllocatorOf(client, runner ?? { runner_id: runnerId, host_ip: "" }, signal);
    return allocator?.status.connected ? undefined : { runner, allocator };
  });
  if (gone.found === undefined) throw notGone(runnerId, gone.lastError, wait.deadline);

  const { runner, allocator } = gone.found;
  if (allocator !== undefined && allocator.instances.length > 0 && !removeInstances) {
    throw new DiagnosticError(
      `The host ${runnerId} still holds instances`,
      `Its allocator record still lists:\n${describeInstances(allocator)}\n\nMove them in the Cloud UI (Platform > Hosts > Move nodes), then run the command again. To give them up, set remove_instances of this ece_host, apply, and run the command again.`,
    );
  }
  // Roles that are left because ece_host_roles kept them or was never created.
  if (runner !== undefined) await setRoles(client, runner, { roles: [], drain: { force: false, skip: true } }, wait);
  if (allocator !== undefined) {
    const { allocator_id: id } = allocator;
    await deleteRecord("allocators.delete_connected_allocator_attempt", wait, () =>
      client.allocators.delete(id, { removeInstances, signal }),
    );
  }
  if (runner !== undefined)
    await deleteRecord("runners.runner_deletion_failed", wait, () => client.runners.delete(runnerId, { signal }));
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

function notGone(runnerId: string, lastError: Error | undefined, deadline: Deadline): DiagnosticError {
  return new DiagnosticError(
    `The host ${runnerId} is still connected`,
    lastError === undefined
      ? `After ${deadline.text} the platform still shows it connected, and does not let connected hosts be deleted. Remove ECE from the host (\`bash ~/.cdktf-ece/remove-ece.sh\` there, where cdktf-ece installed it; else its frc-* containers, frc-runners-runner first), or switch the machine off. Then run the command again.`
      : `After ${deadline.text} the platform cannot be asked whether it is disconnected: ${lastError.message}. Run the command again when it is back.`,
  );
}
