import { randomUUID } from "node:crypto";
import {
  DiagnosticError,
  readTimeout,
  timeoutsBlock,
  isObjectValue,
  tryText,
  validators,
  type CreateRequest,
  type Diagnostics,
  type ModelOf,
  type ObjectValue,
  type Resource,
  type Schema,
  type StateResponse,
  type Value,
} from "../../plugin/framework";
import { checkImportable, describeInstances, runnerIdAttribute, tryFindAllocatorOf } from "../hosts/host-facts";
import { deleteRecords } from "../hosts/records";
import { planNoUpgrade, requireNoUpgrade } from "../hosts/upgrade";
import type { Ece } from "../platform/ece";
import { platformIdAttribute } from "../platform/platform-id";
import { isOnGivenUpPlatform } from "../platform/proof";
import { waitFor, type Deadline, type WaitOptions } from "../platform/wait";

/** Where the private state of a plan keeps by what its resource is known among those with runner ids. */
const HOLDER = "holder";

/** Where the private state of a plan keeps the runner id whose record a replacement deletes first. */
const REMOVED = "removed";

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
        "Anything that tells one installation from another; a change replaces the host. The first one of a host that was imported without does not, nor does taking it away.",
    },
    traits: {
      type: { map: "string" },
      optional: true,
      description:
        "What the host is, by names of your choice, such as its zone. A value that changes replaces the host. A name that is new, or that goes away, does not.",
    },
    install_arguments: {
      type: { map: "string" },
      optional: true,
      description:
        "What the installer is given that no change reaches afterwards, by names of your choice. A change is in place, is for the next install, and the plan says so.",
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

  async modifyPlan({ providerData: ece, state, privateState, signal }, response) {
    const { plan, requiresReplace } = response;
    // Terraform plans a replacement twice, and hands the first plan's private state to the second, which has no prior state.
    const removed = state === null ? tryText(privateState[REMOVED]) : undefined;
    if (removed !== undefined && removed === plan?.runner_id && plan.adopt === true) throw adoptedReplaced(removed);
    const holder = tryText(state?.id) ?? tryText(privateState[HOLDER]) ?? randomUUID();
    const isRemoved = state?.on_destroy === "delete" && !(ece !== undefined && isOnGivenUpPlatform(privateState, ece));
    response.privateState = {
      ...response.privateState,
      [HOLDER]: holder,
      ...(isRemoved && { [REMOVED]: state.runner_id }),
    };
    if (ece !== undefined) {
      for (const each of new Set([state?.runner_id, plan?.runner_id])) {
        if (typeof each === "string" && !ece.runnerIds.claim(each, holder, plan === null ? "destroy" : "keep"))
          throw twoHosts(each);
      }
      if (plan === null && isRemoved) await planNoUpgrade(ece, state.runner_id, "removed", signal);
      if (state === null && typeof plan?.runner_id === "string" && plan.adopt !== true)
        await planNoUpgrade(ece, plan.runner_id, "added", signal);
    }
    if (plan === null || state === null) return;
    const { install_fingerprint: fingerprint = null } = plan;
    if (state.install_fingerprint !== null && fingerprint !== null && fingerprint !== state.install_fingerprint)
      requiresReplace.push(["install_fingerprint"]);
    const traits = state.traits ?? traitsOf010(state.install_fingerprint ?? "");
    requiresReplace.push(...changedIn(traits, plan.traits ?? null).map((name) => ["traits", name]));
    const unused = changedIn(state.install_arguments ?? {}, plan.install_arguments ?? null);
    if (unused.length > 0) warnOfInstallArguments(state.runner_id, unused, response.diagnostics);
  },

  async create(request, response) {
    const { plan, privateState } = request;
    const { runnerIds } = request.providerData;
    const planned = tryText(privateState[HOLDER]) ?? randomUUID();
    if (!runnerIds.claim(plan.runner_id, planned, "keep")) throw twoHosts(plan.runner_id);
    try {
      await reserve(request, response);
    } finally {
      runnerIds.release(plan.runner_id, planned);
      const made = tryText(response.state?.id);
      if (made !== undefined) runnerIds.claim(plan.runner_id, made, "keep");
    }
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
    if (state.on_destroy !== "abandon") {
      await requireNoUpgrade(ece, state.runner_id, "removed", signal);
      const wait = ece.startWaiting(readTimeout(timeouts, state.timeouts, "delete"), signal);
      await removeRecords(ece, state, wait);
    }
    ece.runnerIds.release(state.runner_id, state.id ?? "");
  },

  importedBy: "runner_id",

  async importState({ providerData: ece, id: runnerId, signal }, response) {
    await checkImportable(ece.client, runnerId, "Unable to import the host", signal);
    response.state = { runner_id: runnerId, id: randomUUID() };
    response.privateState = { joined: true };
  },
};

/** Refuses a runner id that the platform knows, unless it is to be taken over. */
async function reserve(
  { providerData: ece, plan, signal }: CreateRequest<Ece, Model>,
  response: StateResponse,
): Promise<void> {
  const known = await ece.client.runners.tryFind(plan.runner_id, { signal });
  if (known !== undefined && !plan.adopt) {
    const presence = known.connected ? "connected" : "disconnected";
    throw new DiagnosticError(
      `The runner id ${plan.runner_id} is taken`,
      `The platform already has a ${presence} host with this runner id, and an install over an old record can fail. If it is a leftover, delete that host in the Cloud UI; if this is the host that you mean, set adopt to true.`,
      ["runner_id"],
    );
  }
  if (known === undefined) await requireNoUpgrade(ece, plan.runner_id, "added", signal);
  const { version } = await ece.platform(signal);
  response.state = { ...plan, id: randomUUID(), platform_version: version };
  response.privateState = { joined: known !== undefined };
}

function adoptedReplaced(runnerId: string): DiagnosticError {
  return new DiagnosticError(
    `The adopted host ${runnerId} cannot be replaced`,
    "It would be drained and removed, and then adopted once more, though nothing is left to adopt. Take adopt away (an EceHost then has its token and its install step; ECE is not installed again where it runs), and plan the replacement again.",
    ["adopt"],
  );
}

/** The names with another value than before; those that are new, or went away, have none. */
function changedIn(before: ObjectValue, planned: Value): string[] {
  if (!isObjectValue(planned)) return [];
  return Object.keys(before).filter((name) => Object.hasOwn(planned, name) && planned[name] !== before[name]);
}

/** What an EceHost of version 0.1.0 wrote into `install_fingerprint`, under the names that it has now. */
function traitsOf010(fingerprint: string): ObjectValue {
  const names = {
    zone: "availabilityZone",
    storage: "hostStoragePath",
    engine: "containerEngine",
    "host ip": "hostIp",
  };
  const found = Object.entries(names).map(([name, now]) => [
    now,
    new RegExp(`(?:^|, )${name} ([^,]+)`).exec(fingerprint)?.[1],
  ]);
  return Object.fromEntries(found.filter(([, value]) => value !== undefined)) as ObjectValue;
}

function warnOfInstallArguments(runnerId: string, names: readonly string[], diagnostics: Diagnostics): void {
  diagnostics.addWarning(
    `For the next install of ${runnerId}: ${names.join(", ")}`,
    "The installer takes it, and ECE is installed: the change is stored, and the host stays as it is. ece_allocator (Allocator) changes capacity and tags of an allocator now; for all else, install the host again by replacing its ece_host (-replace).",
    ["install_arguments"],
  );
}

function twoHosts(runnerId: string): DiagnosticError {
  return new DiagnosticError(
    `Two ece_host resources have the runner id ${runnerId}`,
    `A runner id is one host's alone: two resources would install and drain the same one. This one was planned after another with it, so nothing was changed.\n\nIf this host was renamed in the configuration, say so, else it would be drained and removed before it is installed again: with movedFrom("OLD ID") of its EceHost, or in HCL with a moved block for each of its resources (moved { from = ece_host.OLD, to = ece_host.NEW }). If these are two hosts, give each a runner id of its own. If two resources of the state have the same host, take one of them out with "terraform state rm". To hand the runner id to another host, destroy the old one first, by itself.`,
    ["runner_id"],
  );
}

/** Deletes the allocator and runner records of a host once it is disconnected; ECE refuses it before. */
async function removeRecords(ece: Ece, host: Model["state"], wait: WaitOptions): Promise<void> {
  const { client } = ece;
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
  await deleteRecords(ece, { runner, allocator }, { removeInstances }, wait);
}

function notGone(runnerId: string, lastError: Error | undefined, deadline: Deadline): DiagnosticError {
  return lastError === undefined
    ? new DiagnosticError(
        `The host ${runnerId} is still connected`,
        `After ${deadline.text} the platform still shows it connected, and does not let connected hosts be deleted. Remove ECE from the host (its frc-* containers, frc-runners-runner first), or switch the machine off. Then run the command again.`,
      )
    : new DiagnosticError(
        `Unable to see whether the host ${runnerId} is gone`,
        `After ${deadline.text} the platform cannot be asked whether it is disconnected: ${lastError.message}. Its record is left. Run the command again when it is back.`,
      );
}
