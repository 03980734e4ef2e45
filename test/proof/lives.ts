import { Simulator } from "../../lib/simulator";
import { addHost } from "../simulator/joining";
import { leaveMarker, machineConfig } from "../support/installed-machine";
import { installEce } from "../support/worlds";
import type { Declared, Elsewhere, Program } from "./deployment";

const HOST = "192.168.44.11";
const [REFUGE, THIRD] = ["192.168.44.12", "192.168.44.13"];

/** One run of a life. */
interface Step {
  readonly name: string;
  readonly program: Program;
  /** What happens on the platform after it. */
  readonly then?: () => void;
}

/** A platform and what is deployed on it, from the first run to the one that destroys everything. */
export interface Life {
  readonly simulator: Simulator;
  readonly steps: readonly Step[];
}

const eceHost: Declared = { type: "ece_host", config: () => ({ runner_id: HOST }) };

function rolesToken(roles: readonly string[], changes = {}): Declared {
  return { type: "ece_roles_token", config: () => ({ roles: [...roles], ...changes }) };
}

function hostRoles(roles: readonly string[]): Declared {
  return { type: "ece_host_roles", config: () => ({ runner_id: HOST, roles: [...roles] }) };
}

/** A VM that joins when it boots, with the token of the program. */
function vm({ platform }: Simulator, roles: readonly string[]): Elsewhere {
  return {
    name: "vm",
    make: (lookup) => {
      if (platform.runners.tryFind(HOST)?.connected === true) return;
      const joined = platform.join({
        coordinatorHost: "192.168.44.10",
        rolesToken: lookup("ece_roles_token", "token"),
        roles,
        runnerId: HOST,
        hostIp: HOST,
        availabilityZone: "ece-zone-1",
        version: platform.version,
      });
      if (!joined.joined) throw new Error(joined.message);
    },
    take: () => platform.disconnect(HOST),
  };
}

async function allocatorOfVm(): Promise<Life> {
  const simulator = await Simulator.start();
  const { platform } = simulator;
  addHost(platform, { runnerId: REFUGE, roles: ["allocator"] });
  const tagged = (tags: Record<string, string>): Declared => ({
    type: "ece_allocator",
    config: () => ({ allocator_id: HOST, tags }),
  });
  const first = [
    eceHost,
    rolesToken(["allocator"]),
    vm(simulator, ["allocator"]),
    hostRoles(["allocator"]),
    tagged({ a: "b" }),
  ];
  const second = [
    eceHost,
    rolesToken(["allocator"], { on_missing: "keep" }),
    vm(simulator, ["allocator"]),
    hostRoles(["allocator", "proxy"]),
    tagged({ a: "c" }),
  ];
  return {
    simulator,
    steps: [
      { name: "create and join", program: first, then: () => platform.placeInstances(HOST, 2) },
      { name: "read", program: first },
      { name: "update", program: second },
      { name: "drain and remove", program: [] },
    ],
  };
}

async function directorOfVm(): Promise<Life> {
  const simulator = await Simulator.start();
  for (const runnerId of [REFUGE, THIRD])
    addHost(simulator.platform, { runnerId, roles: ["director", "coordinator", "proxy"] });
  const both = ["director", "coordinator"];
  const start = [eceHost, rolesToken(both), vm(simulator, both)];
  return {
    simulator,
    steps: [
      { name: "join the ensemble", program: [...start, hostRoles(both)] },
      { name: "drop director", program: [...start, hostRoles(["coordinator"])] },
      { name: "remove", program: [] },
    ],
  };
}

async function revokedToken(): Promise<Life> {
  const simulator = await Simulator.start();
  const revocation: Declared = {
    type: "ece_roles_token_revocation",
    config: (lookup) => ({ token_id: lookup("ece_roles_token", "id") }),
  };
  return {
    simulator,
    steps: [
      { name: "create and revoke", program: [rolesToken(["proxy"], { on_missing: "keep" }), revocation] },
      { name: "destroy", program: [] },
    ],
  };
}

async function allocatorOfMachine(): Promise<Life> {
  const simulator = await Simulator.start({ hosts: [{ runnerId: HOST }] });
  const machine = simulator.hosts[0]!;
  addHost(simulator.platform, { runnerId: REFUGE, roles: ["allocator"] });
  const program: Program = [
    eceHost,
    {
      type: "ece_host_machine",
      config: (lookup) => machineConfig(machine, { host_id: lookup("ece_host", "id") }),
    },
    {
      name: "install",
      make: async (lookup) => {
        if (machine.containers.length > 0) return;
        simulator.platform.tokens.revoke(await installEce(simulator, machine));
        leaveMarker(machine, lookup("ece_host", "id"));
      },
      take: () => undefined,
    },
  ];
  return {
    simulator,
    steps: [
      { name: "check", program, then: () => simulator.platform.placeInstances(HOST, 2) },
      { name: "drain, empty and remove", program: [] },
    ],
  };
}

export const LIVES = {
  "An allocator on a VM": allocatorOfVm,
  "A director on a VM": directorOfVm,
  "A token that is revoked after the join": revokedToken,
  "An allocator on a machine": allocatorOfMachine,
};

/** What the tables call a life. */
export type LifeName = keyof typeof LIVES;
