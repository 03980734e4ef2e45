import type { ObjectValue } from "../../../lib/plugin/framework";
import { Simulator } from "../../../lib/simulator";
import { addHost } from "../../simulator/joining";
import { errorsOf } from "../../support/diagnostics";
import { leaveMarker, machineConfig } from "../../support/installed-machine";
import { ProviderSession, type Outcome } from "../../support/provider-session";
import { useSimulator } from "../../support/use-simulator";
import { installEce } from "../../support/worlds";

const FIRST = "192.168.44.10";
const [A, B, C] = ["192.168.44.11", "192.168.44.12", "192.168.44.13"];
const DIRECTOR = { roles: ["director"], timeouts: { delete: "10s" } };
const TYPE = "ece_host_roles";

const simulator = useSimulator();
let session: ProviderSession;

beforeEach(async () => {
  session = await ProviderSession.start(simulator());
});

/** Directors beside the first host, each with its resource. */
async function directors(...runnerIds: string[]): Promise<Outcome[]> {
  for (const runnerId of runnerIds) addHost(simulator().platform, { runnerId, roles: ["director"] });
  return Promise.all(runnerIds.map((runner_id) => session.apply(TYPE, { runner_id, ...DIRECTOR })));
}

/** Plans as Terraform plans a replacement: from its state, then from none. */
async function planReplacement(stored: Outcome): Promise<Outcome> {
  const config = { runner_id: stored.state?.runner_id ?? null, ...DIRECTOR, host_id: "anew" };
  const { privateState } = await session.plan(TYPE, config, stored);
  const second = await session.plan(TYPE, config, { state: null, privateState });
  return { ...stored, privateState: second.privateState, diagnostics: second.diagnostics };
}

/** The calls that change something. */
function changes(): string[] {
  return simulator()
    .requests.filter(({ method }) => method !== "GET")
    .map(({ method, path }) => `${method} ${path.replace("/platform/infrastructure/", "")}`);
}

/** What is done with a director that leaves. */
function leaving(runnerId: string): string[] {
  return [`PUT runners/${runnerId}/roles`, `POST coordinators/${runnerId}/_demote`];
}

describe("a director does not leave, and keeps role and vote, while", () => {
  const OBSTACLES: readonly [string, () => void, string][] = [
    ["another is not connected", () => simulator().platform.disconnect(B), `${B} (director) is not connected`],
    [
      "a host waits for its vote",
      () => {
        simulator().platform.behaviour.votingAfterReads = 1000;
        addHost(simulator().platform, { runnerId: C, roles: ["director"] });
      },
      `${C} waits for its vote`,
    ],
    [
      "a ZooKeeper server is not connected",
      () => simulator().platform.ensemble.setFault(B, { state: "suspended", inSync: true }),
      `the ZooKeeper server ${B} is suspended`,
    ],
    [
      "a host without the role has a vote",
      () => void simulator().platform.setRoles(B, []),
      `${B} has a vote, and no host with the role director`,
    ],
    [
      "a coordinator that is none of the directors is away",
      () => {
        addHost(simulator().platform, { runnerId: C, roles: ["coordinator"] });
        simulator().platform.disconnect(C);
      },
      `${C} (coordinator) is not connected`,
    ],
  ];

  test.each(OBSTACLES)("%s", async (_, happen, told) => {
    const [leaver] = await directors(A, B);
    happen();

    const destroyed = await session.destroy(TYPE, leaver!);

    expect(errorsOf(destroyed)).toContain(`The host ${A} does not leave while others are away`);
    expect(errorsOf(destroyed)).toContain(told);
    expect(errorsOf(destroyed)).toContain("0 of 1 are done");
    expect(changes()).toEqual([]);
    expect(destroyed.state).toEqual(leaver?.state);
  });
});

test.each([
  ["the runners' ids", (id: string) => id],
  ["ids of their own", (id: string) => `server.${id.slice(-1)}`],
])("a director that is away itself can leave, where servers have %s", async (_, idOf) => {
  const [leaver] = await directors(A, B);
  simulator().platform.disconnect(A);
  const { ensemble } = simulator().platform;
  const look = ensemble.look.bind(ensemble);
  jest.spyOn(ensemble, "look").mockImplementation(() => look().map((one) => ({ ...one, id: idOf(one.id) })));

  const destroyed = await session.destroy(TYPE, leaver!);

  expect(errorsOf(destroyed)).toBe("");
  expect(simulator().state().ensemble.members).toEqual([FIRST, B]);
});

test("a director waits for one that joins, and for an API that is away", async () => {
  const [leaver] = await directors(A, B);
  simulator().platform.behaviour.votingAfterReads = 4;
  addHost(simulator().platform, { runnerId: C, roles: ["director"] });
  simulator().faults.add({ path: "/platform/infrastructure/coordinators/candidates", kind: "status", status: 502 });

  const destroyed = await session.destroy(TYPE, leaver!);

  expect(errorsOf(destroyed)).toBe("");
  expect(simulator().faults.pending()).toEqual([]);
  expect(simulator().state().ensemble).toMatchObject({ members: [FIRST, B, C], candidates: [] });
  expect(changes()).toEqual(leaving(A));
});

test("a director that is an allocator, too, is not drained while others are away", async () => {
  addHost(simulator().platform, { runnerId: B, roles: ["director"] });
  addHost(simulator().platform, { runnerId: A, roles: ["allocator", "director"] });
  const created = await session.apply(TYPE, { runner_id: A, ...DIRECTOR, roles: ["allocator", "director"] });
  simulator().platform.placeInstances(A, 1);
  simulator().platform.ensemble.setFault(B, { state: "read_only", inSync: true });

  const refused = await session.destroy(TYPE, created);

  expect(errorsOf(refused)).toContain(`the ZooKeeper server ${B} is read_only`);
  expect(changes()).toEqual([]);
});

test("directors that leave at the same time go one after the other, each with its vote", async () => {
  const all = await directors(A, B, C);
  simulator().platform.behaviour.refusalsAfterRoleLoss = 2;

  const destroyed = await Promise.all(all.map((each) => session.destroy(TYPE, each)));

  expect(destroyed.map(errorsOf)).toEqual(["", "", ""]);
  const put = (index: number) => changes().findIndex((change) => change === `PUT runners/${[A, B, C][index]}/roles`);
  for (const [index, id] of [A, B, C].entries()) {
    const demotions = changes().flatMap((change, at) => (change === `POST coordinators/${id}/_demote` ? [at] : []));
    expect(demotions).toEqual([1, 2, 3].map((step) => put(index) + step));
  }
});

describe("a director whose resource is replaced", () => {
  test("is waited for by the others until it is back", async () => {
    const [a, b] = await directors(A, B, C);
    const [first, second] = [await planReplacement(a!), await planReplacement(b!)];

    const left = await session.destroy(TYPE, first);
    const refused = await session.destroy(TYPE, second);
    simulator().platform.disconnect(A);
    simulator().platform.runners.delete(A);
    addHost(simulator().platform, { runnerId: A, roles: ["director"] });
    const gone = await session.destroy(TYPE, second);

    expect(errorsOf(left)).toBe("");
    expect(errorsOf(refused)).toMatch(new RegExp(`${A} has left, and is not back[^]*1 of 2 are done`));
    expect(errorsOf(refused)).toContain("keeps its roles and its vote");
    expect(errorsOf(gone)).toBe("");
    expect(changes()).toEqual([...leaving(A), ...leaving(B)]);
  });

  test("is waited for as long as its install may take once its machine is made anew in a slot of its own", async () => {
    const platform = await Simulator.start({ hosts: 1 });
    try {
      session = await ProviderSession.start(platform);
      for (const runnerId of [A, B, C]) addHost(platform.platform, { runnerId, roles: ["director"] });
      const config = (runner_id: string) => ({ runner_id, roles: ["director"] });
      const created = await Promise.all([A, B].map((id) => session.apply(TYPE, config(id))));
      const [a, b] = await Promise.all(created.map(planReplacement));
      await session.destroy(TYPE, a!);
      platform.platform.disconnect(A);
      platform.platform.runners.delete(A);

      const leaving = session.destroy(TYPE, b!);
      await session.clock.holdAtSleep();
      const machine = await session.apply("ece_host_machine", machineConfig(platform.hosts[0]!));
      session.clock.release();
      await session.clock.sleep(1_200_000, new AbortController().signal);
      await session.clock.holdAtSleep();
      addHost(platform.platform, { runnerId: A, roles: ["director"] });
      session.clock.release();

      expect(errorsOf(machine)).toBe("");
      expect(errorsOf(await leaving)).toBe("");
      expect([...platform.state().ensemble.members].sort()).toEqual([FIRST, A, C]);
    } finally {
      await platform.stop();
    }
  });

  test("does not leave a single one behind, unless that is a risk taken", async () => {
    const [a] = await directors(A);
    const planned = await planReplacement(a!);

    const refused = await session.destroy(TYPE, planned);
    session = await ProviderSession.start(simulator(), { given_up: { last_of: ["director"] } });
    const gone = await session.destroy(TYPE, planned);

    expect(errorsOf(refused)).toContain("without it, 1 would be left until it is back: add a director first");
    expect(errorsOf(gone)).toBe("");
    expect(changes()).toEqual(leaving(A));
  });

  test("that is then destroyed for good instead is told so by the plan of that", async () => {
    const [a] = await directors(A);
    const planned = await planReplacement(a!);

    const { privateState } = await session.planDestroy(TYPE, planned);
    const destroyed = await session.destroy(TYPE, { ...planned, privateState });

    expect(errorsOf(destroyed)).toBe("");
  });
});

describe("with a machine, ZooKeeper itself", () => {
  let platform: Simulator;
  let config: ObjectValue;

  beforeEach(async () => {
    platform = await Simulator.start({ hosts: 2 });
    for (const host of platform.hosts) await installEce(platform, host, { roles: ["director"] });
    const machine = platform.hosts[0]!;
    leaveMarker(machine);
    session = await ProviderSession.start(platform);
    const paths = { storage_path: "/mnt/data/elastic", container_engine: "docker" };
    config = { runner_id: A, ...DIRECTOR, machine: machineConfig(machine, { machine_id: "m", ...paths }) };
  });

  afterEach(async () => {
    await platform.stop();
  });

  test("stops a director while another is not in sync, though all look connected", async () => {
    const created = await session.apply(TYPE, config);
    platform.platform.ensemble.setFault(B, { inSync: false });

    const refused = await session.destroy(TYPE, created);
    const afterRefusal = platform.state().ensemble;
    platform.platform.ensemble.setFault(B, {});
    const destroyed = await session.destroy(TYPE, created);

    expect(errorsOf(refused)).toContain("ZooKeeper counts 3 votes, of which 2 are in sync");
    expect(afterRefusal).toMatchObject({ voters: 3 });
    expect(errorsOf(destroyed)).toBe("");
    expect(platform.state().ensemble.members).toEqual([FIRST, B]);
  });

  test("is not missed where it does not answer", async () => {
    const created = await session.apply(TYPE, config);
    jest.spyOn(platform.platform.ensemble, "monitor").mockReturnValue([]);

    expect(errorsOf(await session.destroy(TYPE, created))).toBe("");
  });
});
