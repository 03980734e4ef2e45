import { EceClient } from "../../../lib/api";
import type { ObjectValue, PrivateState } from "../../../lib/plugin/framework";
import { rehearseRemoval, type Rehearsal } from "../../../lib/provider";
import { addHost } from "../../simulator/joining";
import { errorsOf } from "../../support/diagnostics";
import { leaveMarker, machineConfig } from "../../support/installed-machine";
import { ProviderSession, type Outcome } from "../../support/provider-session";
import { useSimulator } from "../../support/use-simulator";
import { installEce } from "../../support/worlds";

const FIRST = "192.168.44.10";
const [A, B, C] = ["192.168.44.11", "192.168.44.12", "192.168.44.13"];
const ROLES = "ece_host_roles";
const MACHINE = "ece_host_machine";

/** A resource of a state. */
type StateResource = readonly [type: string, outcome: Outcome];

const simulator = useSimulator({ hosts: 2 });
const platform = () => simulator().platform;
let session: ProviderSession;

beforeEach(async () => {
  session = await ProviderSession.start(simulator());
});

async function apply(type: string, config: ObjectValue): Promise<StateResource> {
  const outcome = await session.apply(type, config);
  expect(errorsOf(outcome)).toBe("");
  return [type, outcome];
}

/** The roles of a host that joins. */
async function join(runnerId: string, roles: string[], hostIp = runnerId): Promise<StateResource> {
  addHost(platform(), { runnerId, roles, hostIp, availabilityZone: "zone-2" });
  return apply(ROLES, { runner_id: runnerId, roles, timeouts: { delete: "10s" } });
}

/** Two directors beside the first host; what happens then. */
async function directors(happen: () => void): Promise<StateResource[]> {
  const leaver = await join(A, ["director"]);
  addHost(platform(), { runnerId: B, roles: ["director"] });
  happen();
  return [leaver];
}

/** An allocator with two clusters, and room for them; what happens then. */
async function allocator(happen: () => void): Promise<StateResource[]> {
  const leaver = await join(A, ["allocator"]);
  addHost(platform(), { runnerId: B, roles: ["allocator"], availabilityZone: "zone-2" });
  platform().placeInstances(A, [{ clusterId: "a" }, { clusterId: "b" }]);
  happen();
  return [leaver];
}

/** The first host gives a role away, so that the others are all that have it. */
function takeFromFirst(role: string): void {
  platform().setRoles(
    FIRST,
    [...platform().runners.find(FIRST).roles].filter((one) => one !== role),
  );
  if (role === "director") platform().ensemble.demote(FIRST);
}

/** An allocator on a machine that the provider reaches, with the resources that Terraform destroys of it. */
async function onMachine(roles: string[], overrides: ObjectValue = {}): Promise<StateResource[]> {
  const machine = simulator().hosts[0]!;
  await installEce(simulator(), machine, { roles });
  leaveMarker(machine);
  return [await apply(MACHINE, machineConfig(machine, { timeouts: { delete: "10s" }, ...overrides }))];
}

/** What the provider says when the hosts are destroyed: in the plan or, where that does not refuse it, in the Deletes. */
async function destroy(stored: readonly StateResource[], config: ObjectValue): Promise<string> {
  session = await ProviderSession.start(simulator(), config);
  const planned: Outcome[] = [];
  for (const [type, outcome] of stored) {
    const { privateState, diagnostics } = await session.planDestroy(type, outcome);
    planned.push({ ...outcome, privateState, diagnostics });
  }
  const refused = planned.map(errorsOf).join("");
  if (refused !== "") return refused;
  let errors = "";
  for (const [index, outcome] of planned.entries())
    errors += errorsOf(await session.destroy(stored[index]![0], outcome));
  return errors;
}

/** Rehearses the removal of all of these hosts together. */
function rehearse(stored: readonly StateResource[], config: ObjectValue = {}): Promise<Rehearsal> {
  const { endpoint, username, password, caCertificate } = simulator();
  const credentials = { kind: "basic", username, password } as const;
  const client = new EceClient({ endpoint, credentials, caCertificate, maxRetries: 0 });
  const managed = stored.map(([type, { state, privateState }]) => ({
    type,
    attributes: state!,
    privateState: JSON.parse(Buffer.from(privateState).toString()) as PrivateState,
  }));
  return rehearseRemoval(
    client,
    [...new Set(managed.map(({ attributes }) => attributes.runner_id as string))],
    managed,
    config,
  );
}

/** Everything that hosts do not pass by, as one text. */
function refusalsOf({ hosts }: Rehearsal): string {
  const failed = hosts.flatMap(({ proofs }) => proofs).filter(({ outcome }) => outcome === "failed");
  const obstacles = hosts.flatMap(({ instances }) => instances.flatMap(({ obstacle = [] }) => obstacle));
  return [...failed.map(({ found }) => found), ...obstacles].join("\n");
}

/** The calls that would change something. */
function changes() {
  return simulator().requests.filter(({ method, query }) => method !== "GET" && query.validate_only !== "true");
}

const REFUSALS: readonly [name: string, arrange: () => Promise<StateResource[]>, told: string][] = [
  [
    "another director is not connected",
    () => directors(() => platform().disconnect(B)),
    `${B} (director) is not connected`,
  ],
  [
    "a host waits for its vote",
    () =>
      directors(() => {
        platform().behaviour.votingAfterReads = 1000;
        addHost(platform(), { runnerId: C, roles: ["director"] });
      }),
    `${C} waits for its vote`,
  ],
  [
    "a ZooKeeper server is not connected",
    () => directors(() => platform().ensemble.setFault(B, { state: "suspended", inSync: true })),
    `the ZooKeeper server ${B} is suspended`,
  ],
  [
    "a host without the role has a vote",
    () => directors(() => void platform().setRoles(B, [])),
    `${B} has a vote, and no host with the role director`,
  ],
  [
    "a coordinator is away",
    () =>
      directors(() => {
        addHost(platform(), { runnerId: C, roles: ["coordinator"] });
        platform().disconnect(C);
      }),
    `${C} (coordinator) is not connected`,
  ],
  [
    "it has a vote without the role, and another director is away",
    () =>
      directors(() => {
        platform().setRoles(A, []);
        platform().disconnect(B);
      }),
    `${B} (director) is not connected`,
  ],
  [
    "it is the last director",
    async () => {
      const only = await join(A, ["director"]);
      takeFromFirst("director");
      return [only];
    },
    `The host ${A} is the last director`,
  ],
  [
    "all coordinators leave together",
    async () => {
      const all = [await join(A, ["coordinator"]), await join(B, ["coordinator"])];
      takeFromFirst("coordinator");
      return all;
    },
    "is the last coordinator",
  ],
  [
    "it is the coordinator at the endpoint",
    async () => [await join(A, ["coordinator"], "127.0.0.1")],
    `The host ${A} is the coordinator that the provider talks to`,
  ],
  [
    "it is the proxy of the deployment domain",
    async () => {
      platform().deploymentDomain = `${A}.ip.es.io`;
      return [await join(A, ["proxy"])];
    },
    `The host ${A} is the proxy that the deployment domain names`,
  ],
  [
    "ECE is upgraded",
    async () => {
      const leaver = await join(A, ["allocator"]);
      addHost(platform(), { runnerId: B, roles: ["allocator"] });
      platform().upgrade("4.1.0", { except: [FIRST, A] });
      return [leaver];
    },
    `The host ${A} cannot be removed while ECE is upgraded`,
  ],
  [
    "the platform does not say who it is",
    async () => {
      const leaver = await join(A, ["allocator"]);
      for (const path of ["deployment", "enrollment-tokens"]) {
        const fault = { path: `/platform/configuration/security/${path}`, kind: "status", status: 403 } as const;
        simulator().faults.add({ ...fault, method: "GET", times: 1000 });
      }
      return [leaver];
    },
    "Unable to prove that this is the right ECE platform",
  ],
  [
    "a cluster has no other copy",
    () =>
      allocator(() => {
        const cluster = platform().clusters.find("a");
        cluster.traits = { ...cluster.traits, onlyCopy: true };
      }),
    "There is no other copy of its data",
  ],
  [
    "no allocator of the zone takes anything",
    () => allocator(() => platform().allocators.startMaintenance(platform().allocators.find(B))),
    "o other allocator of",
  ],
  ["its allocator is away", () => allocator(() => platform().disconnect(A)), "a host that does not answer cannot hand"],
  [
    "its machine is another one",
    async () => {
      const stored = await onMachine(["allocator"]);
      leaveMarker(simulator().hosts[0]!, undefined, C);
      return stored;
    },
    `is not the machine of ${A}`,
  ],
  [
    "its machine cannot be reached",
    async () => {
      const stored = await onMachine(["allocator"]);
      await simulator().hosts[0]!.stop();
      return stored;
    },
    `Unable to reach the machine of ${A}`,
  ],
  [
    "ECE is not removed from such a folder",
    () => onMachine(["allocator"], { storage_path: "/var/lib" }),
    `ECE cannot be removed from ${A}`,
  ],
  [
    "ZooKeeper itself has a director that is not in sync",
    async () => {
      const stored = await onMachine(["director"]);
      addHost(platform(), { runnerId: B, roles: ["director"] });
      platform().ensemble.setFault(B, { inSync: false });
      return stored;
    },
    "ZooKeeper counts 3 votes, of which 2 are in sync",
  ],
];

describe("the rehearsal refuses what a removal refuses, and changes nothing:", () => {
  test.each(REFUSALS)("%s", async (_, arrange, text) => {
    const stored = await arrange();
    simulator().requests.length = 0;
    const before = simulator().state();

    const rehearsal = await rehearse(stored);
    const after = simulator().state();
    const written = changes();
    const removed = await destroy(stored, {});

    expect(removed).toContain(text);
    expect(refusalsOf(rehearsal)).toContain(text);
    expect(rehearsal.passes).toBe(false);
    expect(after).toEqual(before);
    expect(written).toEqual([]);
  });
});

const PASSES: readonly [
  name: string,
  arrange: () => Promise<StateResource[]>,
  config: ObjectValue,
  unasked: string[],
][] = [
  ["an allocator", () => allocator(() => undefined), {}, ["machine"]],
  ["a director, without its machine", () => directors(() => undefined), {}, ["machine", "ZooKeeper"]],
  ["a director on its machine", () => onMachine(["director"]), {}, ["active proof"]],
  [
    "an allocator that is away, with its instances, on a machine that is given up",
    async () => {
      const stored = await onMachine(["allocator"]);
      const roles = await apply(ROLES, { runner_id: A, roles: ["allocator"] });
      addHost(platform(), { runnerId: B, roles: ["allocator"] });
      platform().placeInstances(A, 2);
      platform().disconnect(A);
      return [roles, ...stored];
    },
    { given_up: { machines: [A] } },
    ["upgrade", "machine"],
  ],
  [
    "the last coordinator, which is given up",
    async () => {
      const only = await join(A, ["coordinator"]);
      takeFromFirst("coordinator");
      return [only];
    },
    { given_up: { last_of: ["coordinator"] } },
    ["machine", "ZooKeeper"],
  ],
];

describe("the rehearsal lets pass what a removal lets pass, and says what it did not ask:", () => {
  test.each(PASSES)("%s", async (_, arrange, config, unasked) => {
    const stored = await arrange();
    const before = simulator().state();

    const rehearsal = await rehearse(stored, config);
    const after = simulator().state();
    const removed = await destroy(stored, config);

    expect(refusalsOf(rehearsal)).toBe("");
    expect(removed).toBe("");
    expect(rehearsal.passes).toBe(true);
    expect(rehearsal.hosts[0]?.proofs.flatMap(({ proof, outcome }) => (outcome === "not asked" ? proof : []))).toEqual(
      unasked,
    );
    expect(after).toEqual(before);
  });
});
