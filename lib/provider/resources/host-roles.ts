import type { RunnerInfo } from "../../api";
import { USER_ROLES, difference } from "../../ece";
import {
  DiagnosticError,
  UNKNOWN,
  equalValues,
  isObjectValue,
  isUnknown,
  readTimeout,
  timeoutsBlock,
  tryParseDurationMs,
  validators,
  type Diagnostics,
  type ObjectValue,
  type ModelOf,
  type PrivateState,
  type Value,
  type Resource,
  type Schema,
} from "../../plugin/framework";
import { comesBack, planDeparture } from "../hosts/departure-plan";
import { drain, drainBlock, readDrainOptions } from "../hosts/drain";
import { checkImportable, describeHost, runnerIdAttribute, userRolesOf } from "../hosts/host-facts";
import {
  blessPendingRoles,
  rolesNotActive,
  tryFindPendingRoles,
  tryWaitForRoles,
  waitForConnection,
  waitForRecord,
} from "../hosts/join";
import type { Departure } from "../hosts/ensemble";
import { askMachine, askZooKeeper, learnMachine, rememberedCaIn } from "../hosts/machine";
import { ACCESS_TYPE, expectationOf } from "../hosts/machine-access";
import {
  declaredMaintenance,
  planMaintenance,
  refreshMaintenance,
  settleMaintenance,
  warnOfMaintenance,
} from "../hosts/maintenance";
import { changeOf, setRoles, type RoleChange, type UnfinishedChange } from "../hosts/roles";
import { requireNoUpgrade } from "../hosts/upgrade";
import type { Ece } from "../platform/ece";
import { platformIdArgument } from "../platform/platform-id";
import type { WaitOptions } from "../platform/wait";

/** How long the roles of a host that has just joined may take to show before they count as missing. */
const LONGEST_SETTLING_MS = 120_000;

/** Where private state keeps that the platform has no record of the host, which is more than a host that is down. */
const FORGOTTEN = "forgotten";

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
    host_id: {
      type: "string",
      optional: true,
      description: "The `id` of the ece_host. A change replaces these roles: the host is drained, and waited for anew.",
    },
    machine: {
      type: ACCESS_TYPE,
      optional: true,
      description:
        "`access` of the ece_host_machine. With it, the machine is asked whether it is this host before anything is taken from it. Another machine replaces these roles; another way to reach it does not.",
    },
    install_id: {
      type: "string",
      optional: true,
      description: "The id of what installs ECE, so that these roles come after it. A change is in place.",
    },
    vm_id: {
      type: "string",
      optional: true,
      description:
        "The id of the VM that the host is, where it installs itself (ece_host_user_data). A plan that replaces only one of host and VM is refused, since a new VM cannot join with user data that is frozen, and an old one does not read new user data.",
    },
    on_destroy: {
      type: "string",
      optional: true,
      default: "drain",
      validators: [validators.oneOf(["drain", "keep"])],
      description:
        "What destroying does to the host: `drain` empties it and drops its roles, `keep` leaves it as it is (default: `drain`).",
    },
    maintenance: {
      type: "bool",
      optional: true,
      computed: true,
      useStateForUnknown: true,
      description:
        "Whether the host's allocator is in maintenance mode, in which nothing new is placed on it. `true` begins it and moves every instance away, while the host keeps its roles, as for patching its operating system; `false` ends it. Where it is not set, a maintenance mode that somebody else began is shown, warned of and left alone.",
    },
    wait_for_connected: {
      type: "string",
      optional: true,
      validators: [validators.duration()],
      description:
        'How long an apply waits for a host that is down, as "15m"; each plan then shows `connected` change back to `true`. Where it is not set, a host that is down is a warning, and nothing waits for it but a change of its roles or of its maintenance mode, for two minutes.',
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
        "Whether the host is connected to the platform. Where it is not, plans warn, and change nothing unless `wait_for_connected` asks for it. A host whose record was deleted is one that is not connected: the next plan shows the change back to `true`, and applying it says what to do.",
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

  async modifyPlan(request, response) {
    const { config, state, privateState } = request;
    const isInPlace = state !== null && state.runner_id === response.plan?.runner_id;
    const isKept = !isInPlace && (state ?? response.plan)?.on_destroy === "keep";
    await planDeparture(request, response, { resource: "ece_host_roles", takes: isKept ? [] : state?.roles });
    const { plan, requiresReplace, diagnostics } = response;
    if (plan === null) return;
    planMaintenance({ config, state, isUnfinished: isUnfinished(privateState) }, plan, diagnostics);
    const { host_id: hostId = null, machine = null } = plan;
    if (state !== null && state.host_id !== null && hostId !== state.host_id) requiresReplace.push(["host_id"]);
    if (state !== null) planVm(state, plan, { isReplaced: !isInPlace || requiresReplace.length > 0 }, diagnostics);
    const machineId = isObjectValue(machine) ? machine.machine_id : machine;
    if (state?.machine?.machine_id && machineId !== state.machine.machine_id) requiresReplace.push(["machine"]);
    const { drain: how = null } = plan;
    if (isObjectValue(machine) && isObjectValue(how) && how.skip === true) throw skipWithMachine();
    warnOfFormerDirector(state, plan, diagnostics);
    if (state !== null && !needsHost(state, plan, privateState)) return warnOfCondition(state, diagnostics);
    plan.connected = true;
    if (state?.connected !== true || isUnfinished(privateState))
      for (const attribute of ["host_ip", "public_hostname", "zone", "version", "healthy"]) plan[attribute] = UNKNOWN;
  },

  async create({ providerData: ece, config, plan, signal }, response) {
    const { client } = ece;
    const wait = ece.startWaiting(readTimeout(timeouts, plan.timeouts, "create"), signal);
    // Nothing is stored until it succeeds: Terraform would replace what was stored, and so drain a host that has just joined.
    const runner = await waitForRoles(ece, plan, wait);
    const change = changeTo(plan);
    await setRoles(ece, runner, change, wait);
    const declared = declaredMaintenance(config);
    const { roles } = plan;
    const maintenance = await settleMaintenance(client, { runner, roles, declared, drain: change.drain }, wait);
    if (maintenance && declared === null) warnOfMaintenance(plan.runner_id, response.diagnostics);
    response.state = { ...withFacts(plan, runner), maintenance };
    response.privateState = await learn(ece, plan.machine, {}, wait, response.diagnostics);
  },

  async read({ providerData: ece, state, signal, privateState }, response) {
    if (!ece.canRefresh()) return;
    const runner = await ece.refreshHost("ece_host_roles", state.runner_id, signal);
    if (runner === undefined || FORGOTTEN in privateState)
      response.privateState = { ...privateState, [FORGOTTEN]: runner === undefined };
    if (runner !== undefined) {
      const maintenance = await refreshMaintenance(ece, runner, state.maintenance, signal);
      response.state = { ...state, ...describeHost(runner), roles: userRolesOf(runner), maintenance };
    } else if (privateState.unsettled === true) {
      response.state = null;
    } else {
      // Kept as disconnected: a re-create would wait for a host that nothing installs.
      response.state = { ...state, connected: false, healthy: false };
    }
  },

  async update({ providerData: ece, config, plan, state, privateState, signal }, response) {
    const { client } = ece;
    // How to drain and destroy is kept even when the host never comes back: that is when it is needed.
    const { runner_id: runnerId, roles, on_destroy, drain, wait_for_connected, timeouts: waits } = plan;
    response.state = { ...state, on_destroy, drain, wait_for_connected, timeouts: waits };
    const wait = ece.startWaiting(readTimeout(timeouts, waits, "update"), signal);
    const hasNewMachine = plan.machine !== null && plan.machine.machine_id !== state.machine?.machine_id;
    if (!needsHost(state, plan, privateState)) {
      // Everything else stands nowhere but in the state; the host may be down.
      response.state = plan;
      if (hasNewMachine && state.connected === true)
        response.privateState = await learn(ece, plan.machine, privateState, wait, response.diagnostics);
      return;
    }
    if (plan.vm_id === state.vm_id)
      await waitForRecord(client, runnerId, { deadline: wait.deadline.atMost(LONGEST_SETTLING_MS), signal });
    const patienceMs = tryParseDurationMs(wait_for_connected ?? "");
    const runner = await waitForConnection(client, runnerId, {
      // A VM that was made anew installs ECE first.
      deadline: plan.vm_id === state.vm_id ? wait.deadline.atMost(LONGEST_SETTLING_MS) : wait.deadline,
      signal,
      ...(patienceMs !== undefined && ece.startWaiting(patienceMs, signal)),
    });
    const { unfinished: before, ...others } = privateState;
    const change = { ...changeTo(plan), before: state.roles, unfinished: unfinishedIn(before) };
    // What is begun shows in the next plan until it is done: the platform alone would show the roles as wanted too early.
    const declared = declaredMaintenance(config);
    const unfinished = { ...changeOf(userRolesOf(runner), change), maintenance: declared === true };
    response.privateState = { ...others, unfinished };
    await setRoles(ece, runner, { ...change, departure: departureOf(ece, plan, wait) }, wait);
    await blessPendingRoles(client, runnerId, roles, wait);
    const changed = await tryWaitForRoles(client, runnerId, roles, wait);
    if (changed === undefined) throw rolesNotActive(runner, roles, wait.deadline);
    response.state = { ...withFacts(plan, changed), maintenance: state.maintenance };
    const maintenance = await settleMaintenance(
      client,
      { runner: changed, roles, declared, drain: change.drain },
      wait,
    );
    response.state.maintenance = isUnknown(plan.maintenance) ? maintenance : plan.maintenance;
    response.privateState = await learn(ece, plan.machine, others, wait, response.diagnostics);
  },

  async delete({ providerData: ece, state, privateState, signal }, response) {
    if (state.on_destroy === "keep") return;
    const { client } = ece;
    const runner = await client.runners.tryFind(state.runner_id, { signal });
    if (runner === undefined) return;
    await requireNoUpgrade(ece, state.runner_id, "removed", signal);
    const wait = ece.startWaiting(readTimeout(timeouts, state.timeouts, "delete"), signal);
    const isLost = ece.givenUp.machines.has(state.runner_id);
    await ece.exclusively(state.runner_id, async () => {
      if (state.machine !== null && !isLost)
        await askMachine(ece, expectationOf(state.machine), rememberedCaIn(privateState), wait);
      const change = changeTo(state, isLost);
      // A host that stays after all gets back what was taken from it, and is in service again unless somebody else took it out.
      const given = state.maintenance === true ? difference(state.roles, ["allocator"]) : state.roles;
      response.privateState = { ...privateState, unfinished: { taken: [], given } };
      if (privateState.unsettled === true) {
        // Version 0.1.0 stored what it failed to create. The host keeps its roles for the next attempt, but no instances.
        await drain(client, runner, change.drain, wait);
      } else {
        const departure = { ...departureOf(ece, state, wait, isLost), returns: comesBack(privateState) };
        await setRoles(ece, runner, { ...change, roles: [], departure }, wait);
      }
    });
  },

  importedBy: "runner_id",

  async importState({ providerData: ece, id: runnerId, signal }, response) {
    await checkImportable(ece.client, runnerId, "Unable to import the host's roles", signal);
    response.state = { runner_id: runnerId };
  },
};

/** Looks once at the machine of a host that has joined; a drain compares with what it shows. */
async function learn(
  ece: Ece,
  machine: Value,
  privateState: PrivateState,
  wait: WaitOptions,
  diagnostics: Diagnostics,
): Promise<PrivateState> {
  if (!isObjectValue(machine) || privateState.caSha256 !== undefined) return privateState;
  try {
    return { ...privateState, ...(await learnMachine(ece, expectationOf(machine), wait)) };
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    diagnostics.addWarning(
      error.summary,
      `${error.detail}\n\nThe host has its roles; a later drain will ask the machine again.`,
    );
    return privateState;
  }
}

/**
 * Waits until a host has joined and its roles show.
 *
 * Roles that do not come by themselves were taken away, as by a destroy that did not get to its end, and are given
 * back; but not those that the platform holds as pending, because the host was installed with too weak a token.
 */
async function waitForRoles(ece: Ece, wanted: Model["plan"], wait: WaitOptions): Promise<RunnerInfo> {
  const { client } = ece;
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
  await setRoles(ece, runner, { ...changeTo(wanted), roles: together }, wait);
  const changed = await tryWaitForRoles(client, runnerId, roles, wait);
  if (changed === undefined) throw rolesNotActive(runner, roles, deadline);
  return changed;
}

function changeTo(
  { roles, drain, machine, maintenance }: Pick<Model["plan"], "roles" | "drain" | "machine" | "maintenance">,
  isLost = false,
): RoleChange {
  const options = readDrainOptions(drain);
  const skip = options.skip && machine === null;
  return { roles, drain: { ...options, skip, isLost }, keepsMaintenance: maintenance === true };
}

/** How the host leaves: ZooKeeper is asked on its machine, where there is one that is not lost. */
function departureOf(ece: Ece, { machine }: { readonly machine: Value }, wait: WaitOptions, isLost = false): Departure {
  if (!isObjectValue(machine) || isLost) return {};
  return { askZooKeeper: () => askZooKeeper(ece, expectationOf(machine), wait) };
}

/** ECE is removed from a machine only when the host is empty, so its instances cannot be left behind. */
function skipWithMachine(): DiagnosticError {
  return new DiagnosticError(
    "A host with a machine is always drained",
    "drain.skip would leave instances on a machine from which ECE is then removed. Take drain.skip away. If the machine is gone for good, add its runner id to machines in the provider's given_up block instead.",
    ["drain", "skip"],
  );
}

/** Host and VM are replaced together: refuses a plan that replaces one of them, unless the VM is gone and so holds nothing. */
function planVm(
  state: Model["state"],
  plan: ObjectValue,
  { isReplaced }: { readonly isReplaced: boolean },
  diagnostics: Diagnostics,
): void {
  const { vm_id: vmId = null } = plan;
  if (vmId === null || isUnknown(vmId) === isReplaced) return;
  const { runner_id: runnerId } = state;
  if (isReplaced) {
    throw new DiagnosticError(
      `The host ${runnerId} would be replaced, and its VM kept`,
      "A VM reads its user data at its first boot only: the one that is there would not install ECE again. Let the VM be replaced with its user data: lifecycle { replace_triggered_by = [ece_host_user_data.NAME] } in HCL, which afterVm() of an EceHost does. Nothing was changed.",
      ["vm_id"],
    );
  }
  if (state.connected === true) {
    throw new DiagnosticError(
      `The VM of the host ${runnerId} would be replaced, and the host kept`,
      "The instances on it would be lost, and the new VM would boot with user data whose token may be revoked. Replace both: plan again with -replace=ADDRESS, the address of the host's ece_host. If the VM is not to be replaced, take back what replaces it, or let it ignore that (lifecycle { ignore_changes = […] }). Nothing was changed.",
      ["vm_id"],
    );
  }
  diagnostics.addWarning(
    `The VM of the host ${runnerId} is made anew, and the host kept`,
    "The host is down, and its VM is gone or goes. The new one boots with the user data that was made for the host; if the token in that is revoked, it cannot join, and this apply says so. Then, or right away, replace both: -replace=ADDRESS, the address of the host's ece_host. What cannot be drained, because its machine is gone for good, is given up by machines in the provider's given_up block.",
    ["vm_id"],
  );
  plan.connected = true;
}

/** Whether an update asks something of the host, or waits for it; all else stands in the state alone. */
function needsHost(state: Model["state"], plan: ObjectValue, privateState: PrivateState): boolean {
  const { roles = null, maintenance = null, wait_for_connected: awaited = null } = plan;
  return (
    !equalValues(SCHEMA.attributes.roles.type, state.roles, roles) ||
    !equalValues("bool", state.maintenance, maintenance) ||
    isUnfinished(privateState) ||
    privateState[FORGOTTEN] === true ||
    (state.connected !== true && plan.connected === true) ||
    (state.connected !== true && awaited !== null)
  );
}

function warnOfCondition({ runner_id: runnerId, connected, healthy }: Model["state"], diagnostics: Diagnostics): void {
  if (connected === false) {
    diagnostics.addWarning(
      `The host ${runnerId} is down`,
      "The platform shows it disconnected. Nothing here waits for it or changes it; wait_for_connected (waitForConnected of an EceHost) makes an apply wait until it is back. Check that the machine is up, that its container frc-runners-runner runs, and that it reaches the coordinators. If the machine was wiped, replace its ece_host (-replace) to install it again.",
      ["connected"],
    );
  } else if (healthy === false) {
    diagnostics.addWarning(
      `The platform calls the host ${runnerId} unhealthy`,
      "It is connected. Look at its containers in the Cloud UI (Platform > Hosts).",
      ["healthy"],
    );
  }
}

function warnOfFormerDirector(state: Model["state"] | null, plan: ObjectValue, diagnostics: Diagnostics): void {
  const { roles } = plan;
  if (state === null || !state.roles.includes("director") || !Array.isArray(roles) || roles.includes("director"))
    return;
  diagnostics.addWarning(
    `ZooKeeper goes on running on ${state.runner_id} without the role director`,
    "Elastic highly recommends to delete and reinstall a host that loses this role. After this change, replace its ece_host (terraform apply -replace=ADDRESS), or do it at once in place of this change.",
    ["roles"],
  );
}

function isUnfinished({ unfinished }: PrivateState): boolean {
  const { taken, given, maintenance } = unfinishedIn(unfinished);
  return taken.length + given.length > 0 || maintenance === true;
}

/** The mark of a change that did not end, read leniently. */
function unfinishedIn(stored: unknown): UnfinishedChange {
  const { taken, given, maintenance } = (stored ?? {}) as Partial<UnfinishedChange>;
  const roles = (value: unknown) => USER_ROLES.filter((role) => Array.isArray(value) && value.includes(role));
  return { taken: roles(taken), given: roles(given), maintenance: maintenance === true };
}

/** The planned state; what the plan left unknown is as the platform shows it. The rest is for the next refresh. */
function withFacts(plan: ObjectValue, runner: RunnerInfo): ObjectValue {
  const facts = Object.entries(describeHost(runner)).filter(([name]) => isUnknown(plan[name] ?? null));
  return { ...plan, ...Object.fromEntries(facts) };
}
