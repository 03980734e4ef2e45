import { EceApiError, type RunnerInfo } from "../../api";
import {
  DiagnosticError,
  UNKNOWN,
  readTimeout,
  timeoutsBlock,
  validators,
  type ObjectValue,
  type Resource,
} from "../../plugin/framework";
import { drain, type DrainOptions } from "../drain";
import type { Ece } from "../ece";
import { USER_ROLES, describeRoles, isUserRole, missingFrom } from "../ece-roles";
import { describeHost, rolesOf, tryFindAllocatorOf, userRolesOf } from "../hosts";
import { runnerIdAttribute } from "../runner-id";
import { waitFor } from "../wait";

const timeouts = timeoutsBlock({ create: "30m", update: "60m", delete: "60m" });

interface HostRolesModel extends ObjectValue {
  runner_id: string;
  roles: string[];
  on_destroy: "drain" | "keep";
  drain: { force: boolean; skip: boolean } | null;
  connected: boolean;
}

/** The roles of a host: waited for after its install, changed in place, and drained away on destroy. */
export const hostRolesResource: Resource<Ece> = {
  schema: {
    description:
      "The roles of a host. Create it after ECE is installed on the host: it waits until the platform shows the host connected with these roles. Destroying it, or taking the allocator role away, drains the host first: maintenance mode, move every instance, wait until it is empty, drop the roles.",
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
          "Whether the host is connected to the platform. Where it is not, the next plan shows the change back to `true`, and applying it waits for the host.",
      },
      healthy: {
        type: "bool",
        computed: true,
        useStateForUnknown: true,
        description: "Whether the platform calls the host healthy.",
      },
    },
    blocks: {
      drain: {
        description: "How the host is emptied.",
        attributes: {
          force: {
            type: "bool",
            optional: true,
            default: false,
            description: "Cancel and overwrite plans that are pending for what is to be moved (default: `false`).",
          },
          skip: {
            type: "bool",
            optional: true,
            default: false,
            description: "Drop the roles without moving anything: what is on the host is given up (default: `false`).",
          },
        },
      },
      timeouts,
    },
  },

  modifyPlan({ state }, response) {
    if (response.plan === null) return;
    response.plan.connected = true;
    const returning = state !== null && state.connected !== true;
    if (returning || state === null) {
      for (const attribute of ["host_ip", "public_hostname", "zone", "version", "healthy"]) {
        response.plan[attribute] = UNKNOWN;
      }
    }
  },

  async create({ provider: ece, plan, signal }, response) {
    const wanted = plan as HostRolesModel;
    const timeoutMs = readTimeout(timeouts, plan.timeouts, "create");
    const runner = await waitForRoles(ece, wanted, { timeoutMs, signal });
    response.state = { ...wanted, ...describeHost(runner) };
    await setRoles(ece, runner, wanted, { timeoutMs, signal });
  },

  async read({ provider: ece, signal }, response) {
    const state = response.state as HostRolesModel;
    if (!ece.isKnown) return;
    const runner = (await ece.client.runners.list({ signal })).find((each) => each.runner_id === state.runner_id);
    ece.reportWarnings(response.diagnostics);
    response.state =
      runner === undefined
        ? null
        : { ...state, on_destroy: state.on_destroy ?? "drain", ...describeHost(runner), roles: userRolesOf(runner) };
  },

  async update({ provider: ece, plan, state, signal }, response) {
    const wanted = plan as HostRolesModel;
    // How to drain and destroy is kept even when the host never comes back: that is when it is needed.
    const { on_destroy, drain, timeouts: waits } = plan;
    response.state = { ...state, on_destroy: on_destroy ?? null, drain: drain ?? null, timeouts: waits ?? null };
    const timeoutMs = readTimeout(timeouts, plan.timeouts, "update");
    const runner = await waitForConnection(ece, wanted.runner_id, { timeoutMs, signal });
    await setRoles(ece, runner, wanted, { timeoutMs, signal });
    const settled = await waitForRoles(ece, wanted, { timeoutMs, signal });
    response.state = { ...wanted, ...describeHost(settled) };
  },

  async delete({ provider: ece, state, signal }) {
    const host = state as HostRolesModel;
    if (host.on_destroy === "keep") return;
    const runner = await ece.client.runners.tryFind(host.runner_id, { signal });
    if (runner === undefined) return;
    const timeoutMs = readTimeout(timeouts, state.timeouts, "delete");
    await setRoles(ece, runner, { ...host, roles: [] }, { timeoutMs, signal });
  },

  async importState({ provider: ece, id: runnerId, signal }, response) {
    const runner = await ece.client.runners.tryFind(runnerId, { signal });
    if (runner === undefined) {
      throw new DiagnosticError(
        "Unable to import the host's roles",
        `The platform at ${ece.client.endpoint} has no host with the runner id ${runnerId}.`,
      );
    }
    response.state = { runner_id: runnerId, on_destroy: "drain" };
  },
};

interface WaitOptions {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** Gives a host exactly these user roles, in the order that loses no data; internal roles stay. */
async function setRoles(
  ece: Ece,
  runner: RunnerInfo,
  wanted: HostRolesModel,
  { timeoutMs, signal }: WaitOptions,
): Promise<void> {
  const { client } = ece;
  const taken = missingFrom(wanted.roles, userRolesOf(runner));
  const given = missingFrom(userRolesOf(runner), wanted.roles);
  if (taken.length === 0 && given.length === 0) return;

  if (taken.includes("allocator")) {
    await drain({ client, runner, options: drainOptions(wanted), timeoutMs, signal });
  }
  const internal = rolesOf(runner).filter((role) => !isUserRole(role));
  await client.runners.setRoles(runner.runner_id, [...internal, ...wanted.roles], { signal });
  if (given.includes("allocator")) await endMaintenance(ece, runner, signal);
  if (taken.includes("director")) await demote(ece, runner, signal);
}

function drainOptions({ drain }: HostRolesModel): DrainOptions {
  return { force: drain?.force ?? false, skip: drain?.skip ?? false };
}

/** An allocator that was drained before and gets its role back would otherwise stay out of service. */
async function endMaintenance(ece: Ece, runner: RunnerInfo, signal: AbortSignal): Promise<void> {
  const allocator = await tryFindAllocatorOf(ece.client, runner, signal);
  if (allocator?.status?.maintenance_mode === true) {
    await ece.client.allocators.stopMaintenance(allocator.allocator_id, { signal });
  }
}

/** A former director stays in the ZooKeeper ensemble until it is demoted; one that never was in it has no record. */
async function demote(ece: Ece, runner: RunnerInfo, signal: AbortSignal): Promise<void> {
  try {
    await ece.client.coordinators.demote(runner.runner_id, { signal });
  } catch (error) {
    if (!(error instanceof EceApiError && error.isNotFound)) throw error;
  }
}

async function waitForConnection(ece: Ece, runnerId: string, options: WaitOptions): Promise<RunnerInfo> {
  let seen: RunnerInfo | undefined;
  const outcome = await waitFor(options, async () => {
    seen = await ece.client.runners.tryFind(runnerId, { signal: options.signal });
    return seen?.connected ? seen : undefined;
  });
  return outcome.found ?? fail(notConnected(runnerId, seen, outcome.lastError, options));
}

async function waitForRoles(ece: Ece, wanted: HostRolesModel, options: WaitOptions): Promise<RunnerInfo> {
  let seen: RunnerInfo | undefined;
  const outcome = await waitFor(options, async () => {
    seen = await ece.client.runners.tryFind(wanted.runner_id, { signal: options.signal });
    return seen?.connected && missingFrom(userRolesOf(seen), wanted.roles).length === 0 ? seen : undefined;
  });
  if (outcome.found !== undefined) return outcome.found;
  if (seen?.connected !== true || outcome.lastError !== undefined) {
    throw notConnected(wanted.runner_id, seen, outcome.lastError, options);
  }
  throw await joinedWithoutRoles(ece, seen, missingFrom(userRolesOf(seen), wanted.roles), options);
}

function notConnected(
  runnerId: string,
  seen: RunnerInfo | undefined,
  lastError: Error | undefined,
  { timeoutMs }: WaitOptions,
): DiagnosticError {
  const seconds = Math.round(timeoutMs / 1000);
  if (lastError !== undefined) {
    return new DiagnosticError(
      `Unable to see whether the host ${runnerId} joined`,
      `For up to ${seconds} s the platform was out of reach: ${lastError.message}. Run the command again when it is back; nothing is lost.`,
      ["runner_id"],
    );
  }
  if (seen === undefined) {
    return new DiagnosticError(
      `The host ${runnerId} did not join`,
      `After ${seconds} s the platform knows no host with this runner id. Look at the installer's output, and on the host at <storage path>/logs/bootstrap-logs; check that it was installed with --runner-id ${runnerId} (by default the runner id is the host's IP address) and a live roles token. If the host was removed from the platform, replace its ece_host (-replace) to install it again.`,
      ["runner_id"],
    );
  }
  return new DiagnosticError(
    `The host ${runnerId} is not connected`,
    `After ${seconds} s the platform still shows it disconnected. Check that the machine is up, that its container frc-runners-runner runs, and that it reaches the coordinators. If the machine was wiped, replace its ece_host (-replace) to install it again.`,
    ["runner_id"],
  );
}

/** The documented silent failure: the install succeeds although the token did not carry the role. */
async function joinedWithoutRoles(
  ece: Ece,
  runner: RunnerInfo,
  missing: string[],
  { timeoutMs, signal }: WaitOptions,
): Promise<DiagnosticError> {
  const pending: string[] = [];
  for (const role of missing) {
    const aggregate = await ece.client.blueprinterRoles.tryFind(role, { signal }).catch(() => undefined);
    if (aggregate?.pendingRunnerIds.includes(runner.runner_id)) pending.push(role);
  }
  const cause =
    pending.length > 0
      ? `The platform holds ${describeRoles(pending)} as pending for it: the roles token that it was installed with lacked that role.`
      : `Most likely the roles token that it was installed with lacked ${describeRoles(missing)}, or the installer ran without --roles ${missing.join(",")}.`;
  return new DiagnosticError(
    `The host ${runner.runner_id} joined without its role ${describeRoles(missing)}`,
    `After ${Math.round(timeoutMs / 1000)} s it is connected with ${describeRoles(userRolesOf(runner))}. ${cause}\n\nEither approve the role: in the Cloud UI open the host and choose "Update roles" without changes, then run the command again. Or give the roles token the role ${describeRoles(missing)} and install the host again (-replace of its ece_host).`,
    ["roles"],
  );
}

function fail(error: Error): never {
  throw error;
}
