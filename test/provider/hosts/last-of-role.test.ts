import { addHost } from "../../simulator/joining";
import { errorsOf } from "../../support/diagnostics";
import { ProviderSession, type Outcome } from "../../support/provider-session";
import { useSimulator } from "../../support/use-simulator";

const FIRST = "192.168.44.10";
const [A, B, C] = ["192.168.44.11", "192.168.44.12", "192.168.44.13"];
const TYPE = "ece_host_roles";
const FEW = "Fewer hosts than advised keep the role";

const simulator = useSimulator();
let session: ProviderSession;

beforeEach(async () => {
  session = await ProviderSession.start(simulator());
});

async function hosts(roles: string[], ...runnerIds: string[]): Promise<Outcome[]> {
  for (const runnerId of runnerIds) addHost(simulator().platform, { runnerId, roles });
  const created = await Promise.all(runnerIds.map((runner_id) => session.apply(TYPE, { runner_id, roles })));
  session = await ProviderSession.start(simulator());
  return created;
}

/** The first host gives roles away, so that the others are all that have them. */
function takeFromFirst(...taken: string[]): void {
  const { platform } = simulator();
  const roles = [...platform.runners.find(FIRST).roles].filter((role) => !taken.includes(role));
  platform.setRoles(FIRST, roles);
  if (taken.includes("director")) platform.ensemble.demote(FIRST);
}

function plans(all: readonly Outcome[]) {
  return Promise.all(all.map((each) => session.planDestroy(TYPE, each)));
}

describe.each(["director", "coordinator"])("the plan to destroy every %s", (role) => {
  test("is refused, with what to do, and changes nothing", async () => {
    const all = await hosts([role], A, B, C);
    takeFromFirst(role);
    const { length } = simulator().requests;

    const planned = await plans(all);

    const refused = planned.map(errorsOf).filter((text) => text !== "");
    expect(refused).not.toEqual([]);
    expect(refused[0]).toContain(`is the last ${role}`);
    expect(refused[0]).toMatch(/go by the same plan: 192.*Add a host with this role first/s);
    expect(
      simulator()
        .requests.slice(length)
        .filter(({ method }) => method !== "GET"),
    ).toEqual([]);
  });

  test("is refused when it is applied without such a plan, at the last", async () => {
    const all = await hosts([role], A, B);
    takeFromFirst(role);

    const outcomes = [await session.destroy(TYPE, all[0]!), await session.destroy(TYPE, all[1]!)];

    expect(outcomes.map(errorsOf)).toEqual(["", expect.stringContaining(`${B} is the last ${role}`)]);
  });

  test("passes where that is given up", async () => {
    const all = await hosts([role], A, B);
    takeFromFirst(role);
    session = await ProviderSession.start(simulator(), { given_up: { last_of: [role] } });

    expect((await plans(all)).map(errorsOf)).toEqual(["", ""]);
  });

  test("by taking the role in place counts, too, and so does a single replacement", async () => {
    const [only] = await hosts([role, "proxy"], A);
    takeFromFirst(role);

    const changed = await session.plan(TYPE, { runner_id: A, roles: ["proxy"] }, only);
    const config = { runner_id: A, roles: [role, "proxy"], host_id: "anew" };
    const first = await session.plan(TYPE, config, only);
    const replaced = await session.plan(TYPE, config, { state: null, privateState: first.privateState });

    for (const each of [changed, replaced]) expect(errorsOf(each)).toContain(`${A} is the last ${role}`);
    expect(errorsOf(first)).toBe("");
  });
});

test("a role that falls below what Elastic advises is a warning, and one that does not is none", async () => {
  const all = await hosts(["director"], A, B, C);

  const [one, two] = [await session.planDestroy(TYPE, all[0]!), await session.planDestroy(TYPE, all[1]!)];

  expect(one.diagnostics).toEqual([]);
  expect(two.diagnostics).toMatchObject([{ severity: "warning", summary: `${FEW} director` }]);
});

test("roles that stay by on_destroy are not counted", async () => {
  addHost(simulator().platform, { runnerId: A, roles: ["director"] });
  const kept = await session.apply(TYPE, { runner_id: A, roles: ["director"], on_destroy: "keep" });
  takeFromFirst("director");

  const planned = await session.planDestroy(TYPE, kept);

  expect(planned.diagnostics).toEqual([]);
});

test("the machine of the last director is not planned to be cleaned, whatever becomes of its roles", async () => {
  addHost(simulator().platform, { runnerId: A, roles: ["director"] });
  takeFromFirst("director");
  const state = { runner_id: A, ssh_host: A, ssh_user: "elastic", ssh_host_key: "" };

  const planned = await session.planDestroy("ece_host_machine", { state, privateState: new Uint8Array() });

  expect(errorsOf(planned)).toContain(`${A} is the last director`);
});

test("a list that cannot be read refuses nothing in the plan", async () => {
  const all = await hosts(["director"], A);
  takeFromFirst("director");
  simulator().faults.add({ path: "/platform/infrastructure/runners", kind: "status", status: 403, times: 10 });

  expect((await plans(all)).map(errorsOf)).toEqual([""]);
});

test("the coordinator at the provider's endpoint is not taken away", async () => {
  addHost(simulator().platform, { runnerId: A, hostIp: "127.0.0.1", roles: ["coordinator"] });
  const created = await session.apply(TYPE, { runner_id: A, roles: ["coordinator"] });

  const [planned] = await plans([created]);
  const destroyed = await session.destroy(TYPE, created);

  for (const each of [planned!, destroyed]) {
    expect(errorsOf(each)).toContain(`${A} is the coordinator that the provider talks to`);
    expect(errorsOf(each)).toContain(simulator().endpoint);
  }
});

test("the coordinator at one of several endpoints can go", async () => {
  const { endpoint } = simulator();
  session = await ProviderSession.start(simulator(), {
    endpoint: `${endpoint},${endpoint.replace("127.0.0.1", "localhost")}`,
  });
  addHost(simulator().platform, { runnerId: A, hostIp: "127.0.0.1", roles: ["coordinator"] });
  const created = await session.apply(TYPE, { runner_id: A, roles: ["coordinator"] });

  const [planned] = await plans([created]);
  const destroyed = await session.destroy(TYPE, created);

  expect([errorsOf(planned!), errorsOf(destroyed)]).toEqual(["", ""]);
});

test("of the coordinators at all endpoints one stays, in the plan and where they go without one", async () => {
  const { endpoint } = simulator();
  session = await ProviderSession.start(simulator(), {
    endpoint: `${endpoint},${endpoint.replace("127.0.0.1", "localhost")}`,
  });
  const created = [];
  for (const [runnerId, hostIp] of [
    [A, "127.0.0.1"],
    [B, "localhost"],
  ] as const) {
    addHost(simulator().platform, { runnerId, hostIp, roles: ["coordinator"] });
    created.push(await session.apply(TYPE, { runner_id: runnerId, roles: ["coordinator"] }));
  }

  const planned = [await session.planDestroy(TYPE, created[0]!), await session.planDestroy(TYPE, created[1]!)];
  const destroyed = [await session.destroy(TYPE, created[0]!), await session.destroy(TYPE, created[1]!)];

  for (const outcomes of [planned, destroyed]) {
    expect(outcomes.map(errorsOf)).toEqual([
      "",
      expect.stringContaining(`${B} is the coordinator that the provider talks to`),
    ]);
  }
});

test("the proxy that the deployment domain names is not taken away, unless another domain is set", async () => {
  const [proxy] = await hosts(["proxy"], A);
  simulator().platform.deploymentDomain = `${A}.ip.es.io`;

  const [planned] = await plans([proxy!]);
  const destroyed = await session.destroy(TYPE, proxy!);
  simulator().platform.deploymentDomain = undefined;
  const gone = await session.destroy(TYPE, proxy!);

  for (const each of [planned!, destroyed])
    expect(errorsOf(each)).toContain(`${A} is the proxy that the deployment domain names`);
  expect(errorsOf(gone)).toBe("");
});
