import type { EceClient, RunnerInfo } from "../../api";
import { USER_ROLES } from "../../ece";
import {
  UNKNOWN,
  isUnknown,
  readTimeout,
  timeoutsBlock,
  validators,
  type ObjectValue,
  type ModelOf,
  type Resource,
  type Schema,
} from "../../plugin/framework";
import { drain, drainBlock, readDrainOptions } from "../hosts/drain";
import { checkImportable, describeHost, runnerIdAttribute, userRolesOf } from "../hosts/host-facts";
import { rolesNotActive, tryFindPendingRoles, tryWaitForRoles, waitForConnection, waitForRecord } from "../hosts/join";
import { endMaintenance, setRoles, type RoleChange } from "../hosts/roles";
import type { Ece } from "../platform/ece";
import { platformIdArgument } from "../platform/platform-id";
import type { WaitOptions } from "../platform/wait";

/** How long the roles of a host that has just joined may take to show before they count as missing. */
const LONGEST_SETTLING_MS = 120_000;

const timeouts = timeoutsBlock({ create: "30m", update: "60m", delete: "60m" });

const SCHEMA = {
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
    platform_id: { ...platformIdArgument, computed: true, useStateForUnknown: true },
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
} satisfies Schema;

type Model = ModelOf<typeof SCHEMA>;

/** The roles of a host: waited for after its install, changed in place, and drained away on destroy. */
export const hostRolesResource: Resource<Ece, Model> = {
  schema: SCHEMA,

  modifyPlan({ state }, response) {
    if (response.plan === null) return;
    response.plan.connected = true;
    if (state?.connected !== true) {
      for (const attribute of ["host_ip", "public_hostname", "zone", "version", "healthy"])
        response.plan[attribute] = UNKNOWN;
    }
  },

  async create({ providerData: ece, plan, signal }, response) {
    const { client } = ece;
    const wait = ece.startWaiting(readTimeout(timeouts, plan.timeouts, "create"), signal);
    // Whatever goes wrong from here on, the host is installed and may take instances: a destroy must find it here.
    response.state = { ...plan, connected: false };
    response.privateState = { unsettled: true };
    const runner = await waitForRoles(client, plan, wait);
    await setRoles(client, runner, changeTo(plan), wait);
    if (plan.roles.includes("allocator")) await endMaintenance(client, runner, signal);
    response.state = withFacts(plan, runner);
    response.privateState = {};
  },

  async read({ providerData: ece, state, signal, privateState }, response) {
    if (!ece.canRefresh()) return;
    const runner = await ece.refreshHost("ece_host_roles", state.runner_id, signal);
    if (runner !== undefined) {
      response.state = { ...state, ...describeHost(runner), roles: userRolesOf(runner) };
    } else if (privateState.unsettled === true) {
      response.state = null;
    } else {
      // Kept as disconnected: a re-create would wait for a host that nothing installs.
      response.state = { ...state, connected: false, healthy: false };
    }
  },

  async update({ providerData: ece, plan, state, signal }, response) {
    const { client } = ece;
    // How to drain and destroy is kept even when the host never comes back: that is when it is needed.
    const { runner_id: runnerId, roles, on_destroy, drain, timeouts: waits } = plan;
    response.state = { ...state, on_destroy, drain, timeouts: waits };
    const wait = ece.startWaiting(readTimeout(timeouts, waits, "update"), signal);
    await waitForRecord(client, runnerId, { deadline: wait.deadline.atMost(LONGEST_SETTLING_MS), signal });
    const runner = await waitForConnection(client, runnerId, wait);
    await setRoles(client, runner, changeTo(plan), wait);
    const changed = await tryWaitForRoles(client, runnerId, roles, wait);
    if (changed === undefined) throw rolesNotActive(runner, roles, wait.deadline);
    response.state = withFacts(plan, changed);
  },

  async delete({ providerData: ece, state, privateState, signal }) {
    if (state.on_destroy === "keep") return;
    const { client } = ece;
    const runner = await client.runners.tryFind(state.runner_id, { signal });
    if (runner === undefined) return;
    const wait = ece.startWaiting(readTimeout(timeouts, state.timeouts, "delete"), signal);
    if (privateState.unsettled === true) {
      // Terraform replaces what it failed to create. The host keeps its roles for the next attempt, but no instances.
      await drain(client, runner, readDrainOptions(state.drain), wait);
    } else {
      await setRoles(client, runner, { ...changeTo(state), roles: [] }, wait);
    }
  },

  async importState({ providerData: ece, id: runnerId, signal }, response) {
    await checkImportable(ece.client, runnerId, "Unable to import the host's roles", signal);
    response.state = { runner_id: runnerId };
  },
};

/**
 * Waits until a host has joined and its roles show.
 *
 * Roles that do not come by themselves were taken away, as by a destroy that did not get to its end, and are given
 * back; but not those that the platform holds as pending, because the host was installed with too weak a token.
 */
async function waitForRoles(client: EceClient, wanted: Model["plan"], wait: WaitOptions): Promise<RunnerInfo> {
  const { runner_id: runnerId, roles } = wanted;
  const { deadline, signal } = wait;
  await waitForConnection(client, runnerId, wait);
  const start = { deadline: deadline.atMost(LONGEST_SETTLING_MS), signal };
  const settled = await tryWaitForRoles(client, runnerId, roles, start);
  if (settled !== undefined) return settled;

  const runner = await waitForConnection(client, runnerId, wait);
  const pending = await tryFindPendingRoles(client, runner, roles, wait);
  if (pending !== undefined) throw pending;
  const together = [...new Set([...userRolesOf(runner), ...roles])];
  await setRoles(client, runner, { ...changeTo(wanted), roles: together }, wait);
  const changed = await tryWaitForRoles(client, runnerId, roles, wait);
  if (changed === undefined) throw rolesNotActive(runner, roles, deadline);
  return changed;
}

function changeTo({ roles, drain }: Pick<Model["state"], "roles" | "drain">): RoleChange {
  return { roles, drain: readDrainOptions(drain) };
}

/** The planned state; what the plan left unknown is as the platform shows it. The rest is for the next refresh. */
function withFacts(plan: ObjectValue, runner: RunnerInfo): ObjectValue {
  const facts = Object.entries(describeHost(runner)).filter(([name]) => isUnknown(plan[name] ?? null));
  return { ...plan, ...Object.fromEntries(facts) };
}
