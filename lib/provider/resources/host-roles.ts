import {
  UNKNOWN,
  isUnknown,
  readTimeout,
  timeoutsBlock,
  validators,
  type ObjectValue,
  type Resource,
} from "../../plugin/framework";
import { drain, drainBlock, readDrainOptions } from "../hosts/drain";
import type { Ece } from "../platform/ece";
import { USER_ROLES } from "../../ece";
import { checkImportable, describeHost, userRolesOf } from "../hosts/host-facts";
import { rolesNotActive, tryFindPendingRoles, tryWaitForRoles, waitForConnection, waitForRecord } from "../hosts/join";
import { endMaintenance, setRoles, type RoleChange } from "../hosts/roles";
import { runnerIdAttribute } from "../hosts/runner-id";
import { Deadline, type WaitOptions } from "../platform/wait";
import type { RunnerInfo } from "../../api";

/** How long the roles of a host that has just joined may take to show before they count as missing. */
const LONGEST_SETTLING_MS = 120_000;

const timeouts = timeoutsBlock({ create: "30m", update: "60m", delete: "60m" });

interface HostRolesModel extends ObjectValue {
  runner_id: string;
  roles: string[];
  on_destroy: "drain" | "keep";
  drain: ObjectValue | null;
  connected: boolean;
}

/** The roles of a host: waited for after its install, changed in place, and drained away on destroy. */
export const hostRolesResource: Resource<Ece> = {
  schema: {
    description:
      "The roles of a host. Create it after ECE is installed on the host: it waits until the platform shows the host connected with these roles and puts its allocator into service. Destroying it, or taking the allocator role away, drains the host first: maintenance mode, move every instance, wait until it is empty, drop the roles.",
    attributes: {
      runner_id: { ...runnerIdAttribute, required: true, requiresReplace: true },
      roles: {
        type: { set: "string" },
        required: true,
        validators: [validators.notEmpty(), validators.eachOneOf(USER_ROLES)],
        description: `The roles that the host has: ${USER_ROLES.map((role) => `\`${role}\``).join(", ")}. The platform's internal roles are left alone.`,
      },
      on_destroy: {
        type: "string",
        optional: true,
        default: "drain",
        validators: [validators.oneOf(["drain", "keep"])],
        description:
          "What destroying does to the host: `drain` empties it and drops its roles, `keep` leaves it as it is (default: `drain`).",
      },
      host_ip: { type: "string", computed: true, useStateForUnknown: true, description: "The host's address." },
      public_hostname: {
        type: "string",
        computed: true,
        useStateForUnknown: true,
        description: "The name or address under which clients reach the host.",
      },
      zone: { type: "string", computed: true, useStateForUnknown: true, description: "The host's availability zone." },
      version: {
        type: "string",
        computed: true,
        useStateForUnknown: true,
        description: "The ECE version that runs on the host.",
      },
      connected: {
        type: "bool",
        computed: true,
        useStateForUnknown: true,
        description:
          "Whether the host is connected to the platform. Where it is not, the next plan shows the change back to `true`, and applying it waits for the host. A host whose record was deleted is one that is not connected.",
      },
      healthy: {
        type: "bool",
        computed: true,
        useStateForUnknown: true,
        description: "Whether the platform calls the host healthy.",
      },
    },
    blocks: {
      drain: drainBlock,
      timeouts,
    },
  },

  modifyPlan({ state }, response) {
    if (response.plan === null) return;
    response.plan.connected = true;
    if (state?.connected !== true) {
      for (const attribute of ["host_ip", "public_hostname", "zone", "version", "healthy"])
        response.plan[attribute] = UNKNOWN;
    }
  },

  async create({ providerData: ece, plan, signal }, response) {
    const wanted = plan as HostRolesModel;
    const wait = { deadline: new Deadline(readTimeout(timeouts, plan.timeouts, "create")), signal };
    // Whatever goes wrong from here on, the host is installed and may take instances: a destroy must find it here.
    response.state = { ...wanted, connected: false };
    response.privateState = { unsettled: true };
    const runner = await settle(ece, wanted, wait);
    await setRoles(ece, runner, changeTo(wanted), wait);
    if (wanted.roles.includes("allocator")) await endMaintenance(ece, runner, signal);
    response.state = withFacts(wanted, runner);
    response.privateState = {};
  },

  async read({ providerData: ece, signal, privateState }, response) {
    const state = response.state as HostRolesModel;
    if (!ece.canRefresh()) return;
    const runner = await ece.refreshHost("ece_host_roles", state.runner_id, signal);
    if (runner !== undefined) {
      response.state = {
        ...state,
        on_destroy: state.on_destroy ?? "drain",
        ...describeHost(runner),
        roles: userRolesOf(runner),
      };
    } else if (privateState.unsettled === true) {
      response.state = null;
    } else {
      // Created anew, it would wait in vain for a host that nobody installs; this way it is known to have been there.
      response.state = { ...state, connected: false, healthy: false };
    }
  },

  async update({ providerData: ece, plan, state, signal }, response) {
    const wanted = plan as HostRolesModel;
    // How to drain and destroy is kept even when the host never comes back: that is when it is needed.
    const { on_destroy, drain, timeouts: waits } = wanted;
    response.state = { ...state, on_destroy, drain, timeouts: waits ?? null };
    const wait = { deadline: new Deadline(readTimeout(timeouts, plan.timeouts, "update")), signal };
    await waitForRecord(ece, wanted.runner_id, { deadline: wait.deadline.beginning(LONGEST_SETTLING_MS), signal });
    const runner = await waitForConnection(ece, wanted.runner_id, wait);
    await setRoles(ece, runner, changeTo(wanted), wait);
    const changed = await tryWaitForRoles(ece, wanted.runner_id, wanted.roles, wait);
    if (changed === undefined) throw rolesNotActive(runner, wanted.roles, wait.deadline);
    response.state = withFacts(wanted, changed);
  },

  async delete({ providerData: ece, state, privateState, signal }) {
    const host = state as HostRolesModel;
    if (host.on_destroy === "keep") return;
    const runner = await ece.client.runners.tryFind(host.runner_id, { signal });
    if (runner === undefined) return;
    const wait = { deadline: new Deadline(readTimeout(timeouts, state.timeouts, "delete")), signal };
    if (privateState.unsettled === true) {
      // Terraform replaces what it failed to create. The host keeps its roles for the next attempt, but no instances.
      await drain(ece.client, runner, readDrainOptions(host.drain), wait);
    } else {
      await setRoles(ece, runner, { ...changeTo(host), roles: [] }, wait);
    }
  },

  async importState({ providerData: ece, id: runnerId, signal }, response) {
    await checkImportable(ece, runnerId, "Unable to import the host's roles", signal);
    response.state = { runner_id: runnerId };
  },
};

/**
 * Waits until a host has joined and its roles show.
 *
 * Roles that do not come by themselves were taken away, as by a destroy that did not get to its end, and are given
 * back; but not those that the platform holds as pending, because the host was installed with too weak a token.
 */
async function settle(ece: Ece, wanted: HostRolesModel, wait: WaitOptions): Promise<RunnerInfo> {
  const { runner_id: runnerId, roles } = wanted;
  const { deadline, signal } = wait;
  await waitForConnection(ece, runnerId, wait);
  const start = { deadline: deadline.beginning(LONGEST_SETTLING_MS), signal };
  const settled = await tryWaitForRoles(ece, runnerId, roles, start);
  if (settled !== undefined) return settled;

  const runner = await waitForConnection(ece, runnerId, wait);
  const pending = await tryFindPendingRoles(ece, runner, roles, wait);
  if (pending !== undefined) throw pending;
  await setRoles(ece, runner, { ...changeTo(wanted), roles: [...new Set([...userRolesOf(runner), ...roles])] }, wait);
  const changed = await tryWaitForRoles(ece, runnerId, roles, wait);
  if (changed === undefined) throw rolesNotActive(runner, roles, deadline);
  return changed;
}

function changeTo(host: HostRolesModel): RoleChange {
  return { roles: host.roles, drain: readDrainOptions(host.drain) };
}

/** The planned state with what the platform shows where the plan left it open; the rest is for the next refresh. */
function withFacts(plan: HostRolesModel, runner: RunnerInfo): ObjectValue {
  const facts = Object.entries(describeHost(runner)).filter(([name]) => isUnknown(plan[name] ?? null));
  return { ...plan, ...Object.fromEntries(facts) };
}
