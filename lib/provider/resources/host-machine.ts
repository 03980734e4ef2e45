import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { RULES, USER_ROLES, type Rule } from "../../ece";
import {
  DiagnosticError,
  UNKNOWN,
  isUnknown,
  readTimeout,
  timeoutsBlock,
  tryText,
  validators,
  type Attribute,
  type ModelOf,
  type ObjectValue,
  type Resource,
  type Schema,
  type Validator,
} from "../../plugin/framework";
import { comesBack, planDeparture } from "../hosts/departure-plan";
import { checkImportable, describeInstances, runnerIdAttribute } from "../hosts/host-facts";
import {
  acceptInstalled,
  notMounted,
  nothingThere,
  onMachine,
  otherEngine,
  readRecord,
  rememberedCaIn,
  witnessOf,
} from "../hosts/machine";
import {
  ACCESS_ARGUMENTS,
  ACCESS_TYPE,
  DEFAULT_CONNECT_TIMEOUT,
  expectationOf,
  ROUTE_ARGUMENTS,
  type MachineExpectation,
} from "../hosts/machine-access";
import { checkBeforeInstall } from "../hosts/machine-checks";
import { foreignMachine, proveMachine, type PlatformRecord } from "../hosts/machine-proof";
import { removeEceFrom } from "../hosts/machine-removal";
import { deleteRecords } from "../hosts/records";
import { requireNoUpgrade } from "../hosts/upgrade";
import { expandHome } from "../configuration/settings";
import type { Ece } from "../platform/ece";
import { tryBriefly, type WaitOptions } from "../platform/wait";

const timeouts = timeoutsBlock({ create: "10m", update: "10m", delete: "90m" });

const UNABLE_TO_IMPORT = "Unable to import the machine";

function rule({ pattern, allowed }: Rule): Validator {
  return (value) =>
    typeof value === "string" && pattern.test(value)
      ? undefined
      : `${JSON.stringify(value)} is refused: use ${allowed}.`;
}

const port = {
  type: "number",
  optional: true,
  default: 22,
  validators: [validators.wholeNumber({ atLeast: 1, atMost: 65_535 })],
} satisfies Partial<Attribute>;

const KEY_NOTE =
  "The path is kept as it is written; the key is looked for when something connects, where Terraform runs: the provider's `ssh` block, the environment, the SSH agent, this path.";

const SCHEMA = {
  description:
    "The machine of a host, reached by SSH. Create it before ECE is installed: it checks that the machine can take ECE, and refuses one that runs a runner of somebody else. Destroying it drains the host, proves that the machine is this host and nobody else's, removes ECE from it and checks that it is gone; it can be run again from any point.",
  attributes: {
    host_id: {
      type: "string",
      optional: true,
      description: "The `id` of the ece_host. A change replaces the machine: ECE is removed and can be installed anew.",
    },
    runner_id: { ...runnerIdAttribute, required: true },
    ssh_host: {
      type: "string",
      required: true,
      validators: [rule(RULES.sshHost)],
      description: "The address at which the machine that runs Terraform reaches the host.",
    },
    ssh_port: { ...port, description: "The host's SSH port (default: `22`)." },
    ssh_user: {
      type: "string",
      required: true,
      // Whether the installer takes the user is a matter of its id, which the machine is asked for.
      validators: [rule(RULES.bastionUser)],
      description: "The user, not root, who can run containers.",
    },
    ssh_host_key: {
      type: "string",
      required: true,
      validators: [rule(RULES.hostKey)],
      description:
        "The public key that the host must present, as `ssh-keyscan` shows it: type and base64 text. An empty text accepts any: whoever can intercept the connection can take the roles token.",
    },
    ssh_private_key_file: {
      type: "string",
      optional: true,
      validators: [rule(RULES.localFile)],
      description: `The file with the user's private key. ${KEY_NOTE}`,
    },
    bastion_host: {
      type: "string",
      optional: true,
      validators: [rule(RULES.sshHost)],
      description: "A host to connect through.",
    },
    bastion_port: { ...port, description: "The bastion's SSH port (default: `22`)." },
    bastion_user: {
      type: "string",
      optional: true,
      validators: [rule(RULES.bastionUser)],
      description: "The user on the bastion (default: `ssh_user`).",
    },
    bastion_host_key: {
      type: "string",
      optional: true,
      validators: [rule(RULES.hostKey)],
      description: "The public key that the bastion must present; an empty text accepts any.",
    },
    bastion_private_key_file: {
      type: "string",
      optional: true,
      validators: [rule(RULES.localFile)],
      description: `The file with that user's private key (default: \`ssh_private_key_file\`). ${KEY_NOTE}`,
    },
    connect_timeout: {
      type: "string",
      optional: true,
      default: DEFAULT_CONNECT_TIMEOUT,
      validators: [validators.duration()],
      description: `How long to wait until the host answers, as "90s" or "5m" (default: \`${DEFAULT_CONNECT_TIMEOUT}\`).`,
    },
    storage_path: {
      type: "string",
      optional: true,
      default: "/mnt/data/elastic",
      requiresReplace: true,
      validators: [rule(RULES.hostStoragePath)],
      description: "Where ECE keeps its data on the host; destroying empties it (default: `/mnt/data/elastic`).",
    },
    container_engine: {
      type: "string",
      optional: true,
      default: "docker",
      requiresReplace: true,
      validators: [validators.oneOf(["docker", "podman"])],
      description: "What runs containers on the host: `docker` or `podman` (default: `docker`).",
    },
    roles: {
      type: { set: "string" },
      optional: true,
      validators: [validators.eachOneOf(USER_ROLES)],
      description: "The roles that the host is to have: for the checks before the install only.",
    },
    coordinator_host: {
      type: "string",
      optional: true,
      validators: [rule(RULES.coordinatorHost)],
      description: "A coordinator that the host must reach: for the checks before the install only.",
    },
    host_ip: {
      type: "string",
      optional: true,
      validators: [rule(RULES.hostIp)],
      description:
        "The address that the installer is given, where the host has several: for the checks before the install only.",
    },
    selinux: {
      type: "bool",
      optional: true,
      default: false,
      description:
        "Whether the installer labels what podman mounts for SELinux: for the checks before the install only (default: `false`).",
    },
    skip_advice: {
      type: "bool",
      optional: true,
      default: false,
      description: "Give no warnings about what Elastic advises and does not demand (default: `false`).",
    },
    id: {
      type: "string",
      computed: true,
      useStateForUnknown: true,
      description: "New for each creation, so that what is installed on the machine can be replaced with it.",
    },
    access: {
      type: ACCESS_TYPE,
      computed: true,
      description: "How the machine is reached, for the argument `machine` of ece_host_roles. Nothing of it is secret.",
    },
    install_private_key_file: {
      type: "string",
      computed: true,
      useStateForUnknown: true,
      description:
        "The file with the private key that was found where Terraform ran last, for the connection of the install; null where the SSH agent serves.",
    },
    install_bastion_private_key_file: {
      type: "string",
      computed: true,
      useStateForUnknown: true,
      description:
        "The file with the bastion's private key that was found where Terraform ran last; null where the SSH agent serves.",
    },
  },
  blocks: { timeouts },
} satisfies Schema;

type Model = ModelOf<typeof SCHEMA>;

/** The arguments that serve the checks before the install: afterwards they change nothing, and the state keeps what was checked. */
const CHECK_ARGUMENTS = ["roles", "coordinator_host", "host_ip", "selinux", "skip_advice"] as const;

/** The arguments that say where keys are. */
const KEY_ARGUMENTS = ["ssh_private_key_file", "bastion_private_key_file", "bastion_host"];

/** The machine of a host: checked before the install, proven, emptied and cleaned on destroy. */
export const hostMachineResource: Resource<Ece, Model> = {
  schema: SCHEMA,

  async modifyPlan(request, response) {
    const { state, privateState } = request;
    const { plan, requiresReplace } = response;
    const isKept = plan !== null && state !== null;
    await planDeparture(request, response, { resource: "ece_host_machine", takes: isKept ? [] : undefined });
    if (plan === null) return;
    const bastionKey = plan.bastion_host_key ?? null;
    if ((plan.bastion_host ?? null) !== null && bastionKey === null) {
      throw new DiagnosticError(
        "The bastion's host key is missing",
        "Without it, whoever can intercept the connection could take the roles token. Set bastion_host_key to what ssh-keyscan shows for the bastion, or to an empty text to take that risk.",
        ["bastion_host_key"],
      );
    }
    for (const name of ["host_id", "runner_id"] as const)
      if (state !== null && state[name] !== null && plan[name] !== state[name]) requiresReplace.push([name]);

    // What was cleaned in part is no host any more: it is made anew, never patched.
    if (state !== null && privateState.cleaning === true) {
      plan.id = UNKNOWN;
      requiresReplace.push(["id"]);
    }
    if (state !== null && requiresReplace.length === 0) {
      for (const name of CHECK_ARGUMENTS) if (state[name] !== null && plan[name] !== null) plan[name] = state[name];
      const { host_ip: address } = plan;
      if (state.host_ip === null && typeof address === "string" && request.providerData?.isKnown === true)
        await requireAddress(request.providerData, state.runner_id, address, request.signal);
    }
    plan.access = accessOf(plan);
    // Which file holds the key is told where it is used: a plan on another machine must not differ by it.
    if (state !== null && KEY_ARGUMENTS.some((name) => plan[name] !== (state as ObjectValue)[name]))
      plan.install_private_key_file = plan.install_bastion_private_key_file = UNKNOWN;
  },

  async create({ providerData: ece, plan, signal }, response) {
    const expected = expectationOf(plan);
    const { runnerId } = expected;
    const wait = ece.startWaiting(readTimeout(timeouts, plan.timeouts, "create"), signal);
    ece.departures.comes(runnerId);
    const privateState = await onMachine(ece, expected, wait, async (session) => {
      const machine = await import("../../machine/index.js");
      const facts = await machine.readFacts(session, expected, signal);
      const record = await readRecord(ece, runnerId, facts, signal);
      if (machine.hasEce(facts)) return acceptInstalled(expected, facts, record);

      if (facts.otherEngine.length > 0) throw otherEngine(expected, facts);
      if (facts.missingMount !== undefined) throw notMounted(expected, facts.missingMount);
      await checkBeforeInstall(ece, expected, session, { plan, signal, diagnostics: response.diagnostics });
      if (!response.diagnostics.hasErrors) await removeOwnRecord(ece, expected, record, wait);
      return {};
    }).catch((error: unknown) => {
      ece.departures.doesNotCome(runnerId);
      throw error;
    });
    if (response.diagnostics.hasErrors) return ece.departures.doesNotCome(runnerId);
    response.state = { ...plan, id: randomUUID(), ...keyFilesFor(plan, ece) };
    response.state.access = accessOf(response.state);
    response.privateState = privateState;
  },

  /** Plans and refreshes connect to no machine; whoever runs them need not have its key. */
  async read({ providerData: ece, state, privateState }, response) {
    response.state = { ...state, ...keyFilesFor(state, ece), access: accessOf(state) };
    response.privateState = privateState;
  },

  async update({ providerData: ece, plan, state, privateState, signal }, response) {
    let remembered = privateState;
    if (
      ROUTE_ARGUMENTS.some((name) => (plan as ObjectValue)[name] !== (state as ObjectValue)[name]) ||
      state.runner_id === null
    ) {
      const expected = expectationOf(plan);
      const wait = ece.startWaiting(readTimeout(timeouts, plan.timeouts, "update"), signal);
      remembered = await onMachine(ece, expected, wait, async (session) => {
        const machine = await import("../../machine/index.js");
        const facts = await machine.readFacts(session, expected, signal);
        const record = await readRecord(ece, expected.runnerId, facts, signal);
        if (!machine.hasEce(facts)) {
          if (record.runner === undefined) return privateState;
          throw foreignMachine(expected, "ECE is not installed on it");
        }
        if (privateState.caSha256 === undefined)
          return { ...privateState, ...acceptInstalled(expected, facts, record) };
        proveMachine(expected, facts, record, rememberedCaIn(privateState));
        return { ...privateState, ...witnessOf(facts) };
      });
    }
    const keyFiles = isUnknown(plan.install_private_key_file) ? keyFilesFor(plan, ece) : {};
    response.state = { ...plan, ...keyFiles };
    response.state.access = accessOf(response.state);
    response.privateState = remembered;
  },

  async delete({ providerData: ece, state, privateState, signal }, response) {
    const expected = expectationOf(state);
    if (ece.givenUp.machines.has(expected.runnerId)) return;
    response.privateState = privateState;
    if (privateState.cleaning !== true) await requireNoUpgrade(ece, expected.runnerId, "removed", signal);
    const wait = ece.startWaiting(readTimeout(timeouts, state.timeouts, "delete"), signal);
    await ece.exclusively(expected.runnerId, () =>
      onMachine(ece, expected, wait, (session) =>
        removeEceFrom(ece, expected, session, {
          wait,
          rememberedCa: rememberedCaIn(privateState),
          wasCleaning: privateState.cleaning === true,
          returns: comesBack(privateState),
          beginsCleaning: () => (response.privateState = { ...privateState, cleaning: true }),
        }),
      ),
    );
  },

  importedBy: "runner_id",

  async importState({ providerData: ece, id, given, signal }, response) {
    const way = given ?? wayIn(id);
    const runnerId = tryText(way.runner_id) ?? id;
    await checkImportable(ece.client, runnerId, UNABLE_TO_IMPORT, signal);
    response.state = { ...way, id: randomUUID() };
  },
};

/** The arguments in `RUNNER_ID=USER@ADDRESS:PORT`. */
function wayIn(importId: string): ObjectValue {
  const [, runnerId, user, host, sshPort] = /^([^=]+)=([^@]+)@(.+?)(?::(\d+))?$/.exec(importId) ?? [];
  if (runnerId === undefined || user === undefined || host === undefined) {
    throw new DiagnosticError(
      UNABLE_TO_IMPORT,
      `${JSON.stringify(importId)} names no machine: expected RUNNER_ID=USER@ADDRESS or RUNNER_ID=USER@ADDRESS:PORT, such as 10.0.0.11=elastic@10.0.0.11, or a JSON object of arguments. \`cdktf-ece hosts\` lists the platform's hosts with their runner ids.`,
    );
  }
  return { runner_id: runnerId, ssh_user: user, ssh_host: host, ssh_port: Number(sshPort ?? 22) };
}

/** A machine that is made anew: the record of its former life goes, if it is disconnected and empty. */
async function removeOwnRecord(
  ece: Ece,
  expected: MachineExpectation,
  { runner, allocator }: PlatformRecord,
  wait: WaitOptions,
): Promise<void> {
  if (runner === undefined) return;
  const { runnerId } = expected;
  if (runner.connected) throw nothingThere(expected);

  if (allocator !== undefined && (allocator.instances ?? []).length > 0) {
    throw new DiagnosticError(
      `The record of ${runnerId} still holds instances`,
      `The machine is empty, but the platform's disconnected record of it lists:\n${describeInstances(allocator)}\n\nNothing was changed. Move them in the Cloud UI (Platform > Hosts > Move nodes), then run the command again.`,
    );
  }
  await deleteRecords(ece, { runner, allocator }, { removeInstances: false }, wait);
}

/** An address that is given once the host is installed must be the one that it has: the next one would replace it. */
async function requireAddress(ece: Ece, runnerId: string, address: string, signal: AbortSignal): Promise<void> {
  const runners = await tryBriefly(signal, (patience) => ece.recentRunners(patience));
  const shown = runners?.find(({ runner_id: id }) => id === runnerId)?.host_ip;
  if (!shown || shown === address) return;
  throw new DiagnosticError(
    `The host ${runnerId} has another address`,
    `host_ip is given as ${address}, and the host was installed with ${shown}. Set it to ${shown}, or take it away; to install the host again with another address, replace its ece_host in the same plan (-replace).`,
    ["host_ip"],
  );
}

/** The object `access`; parts of it are unknown where the arguments are. */
function accessOf(values: ObjectValue): ObjectValue {
  return Object.fromEntries([
    ["machine_id", values.id ?? null],
    ...ACCESS_ARGUMENTS.map((name) => [name, values[name] ?? null] as const),
  ]);
}

/** The files of the keys where Terraform runs now; none where only the SSH agent can have the key. */
function keyFilesFor(values: ObjectValue, { sshSettings }: Ece): ObjectValue {
  const { privateKeyFile, bastionPrivateKeyFile = privateKeyFile, agent } = sshSettings;
  const hasAgent = agent ?? Boolean(process.env.SSH_AUTH_SOCK);
  const fileOf = (configured: string | undefined, written: string | null) =>
    configured ?? (hasAgent && written !== null && !existsSync(expandHome(written)) ? null : written);
  const { access } = expectationOf(values);
  return {
    install_private_key_file: fileOf(privateKeyFile, access.privateKeyFile),
    install_bastion_private_key_file: access.bastion
      ? fileOf(bastionPrivateKeyFile, access.bastion.privateKeyFile)
      : null,
  };
}
