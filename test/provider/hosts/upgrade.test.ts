import type { ObjectValue } from "../../../lib/plugin/framework";
import { addHost } from "../../simulator/joining";
import { errorsOf } from "../../support/diagnostics";
import { ProviderSession } from "../../support/provider-session";
import { useSimulator } from "../../support/use-simulator";

const ID = "192.168.44.11";
const OTHER = "192.168.44.12";
const ADDED = `The host ${ID} cannot be added while ECE is upgraded`;
const REMOVED = `The host ${ID} cannot be removed while ECE is upgraded`;
const HOST = { runner_id: ID };
const ROLES = { runner_id: ID, roles: ["allocator"] };

const simulator = useSimulator();
let session: ProviderSession;

async function restart(config: ObjectValue = {}): Promise<void> {
  session = await ProviderSession.start(simulator(), config);
}

beforeEach(async () => {
  addHost(simulator().platform, { runnerId: OTHER, roles: ["allocator"] });
  await restart();
});

function join(): void {
  addHost(simulator().platform, { runnerId: ID, roles: ["allocator"] });
}

/** The first host is done, the other one is not. */
function upgradeInProgress(): void {
  simulator().platform.upgrade("4.1.0", { except: [OTHER, ID] });
}

function changes(): number {
  return simulator().requests.filter(({ method }) => method !== "GET").length;
}

describe("while hosts run different versions", () => {
  test("no host is added, in the plan and after it", async () => {
    const planned = await session.plan("ece_host", HOST);
    upgradeInProgress();
    await restart();

    const refused = await session.plan("ece_host", HOST);
    await restart();
    const late = await session.server.applyResourceChange({
      typeName: "ece_host",
      priorState: null,
      config: planned.plan,
      plan: planned.plan,
      privateState: planned.privateState,
    });

    expect(planned.diagnostics).toEqual([]);
    expect(refused.diagnostics).toMatchObject([{ severity: "error", summary: ADDED, path: ["runner_id"] }]);
    expect(refused.diagnostics[0]?.detail).toMatch(/4\.1\.0: 192\.168\.44\.10\n.*4\.0\.3: 192\.168\.44\.12/s);
    expect(errorsOf(late)).toContain(ADDED);
    expect(late.state).toBeNull();
  });

  test("a host that is there already is adopted", async () => {
    join();
    upgradeInProgress();

    const adopted = await session.apply("ece_host", { ...HOST, adopt: true });

    expect(errorsOf(adopted)).toBe("");
  });

  test("no host is removed: refused in the plan, and again before its roles go", async () => {
    const host = await session.apply("ece_host", HOST);
    join();
    const roles = await session.apply("ece_host_roles", ROLES);
    upgradeInProgress();
    // An upgraded host among two that are not: it is not one that stayed behind.
    simulator().platform.runners.find(ID).version = "4.1.0";
    await restart();
    const before = changes();

    const planned = await session.planDestroy("ece_host", host);
    const destroyed = await session.destroy("ece_host_roles", roles);

    expect(planned.diagnostics).toMatchObject([{ severity: "error", summary: REMOVED }]);
    expect(errorsOf(destroyed)).toContain(REMOVED);
    expect(destroyed.state).toEqual(roles.state);
    expect(changes()).toBe(before);
  });

  test("the only one that stayed behind can go", async () => {
    join();
    const roles = await session.apply("ece_host_roles", ROLES);
    simulator().platform.upgrade("4.1.0", { except: [ID] });
    await restart();

    const planned = await session.planDestroy("ece_host_roles", roles);
    const destroyed = await session.destroy("ece_host_roles", roles);

    expect([errorsOf(planned), errorsOf(destroyed)]).toEqual(["", ""]);
  });

  test.each(["4.1.0", "4.0.10"])(
    "the only one that is newer (%s) is the first of an upgrade, and stays",
    async (newer) => {
      const host = await session.apply("ece_host", HOST);
      join();
      const roles = await session.apply("ece_host_roles", ROLES);
      simulator().platform.runners.find(ID).version = newer;
      await restart();
      const before = changes();

      const planned = await session.planDestroy("ece_host_roles", roles);
      const destroyed = await session.destroy("ece_host_roles", roles);
      simulator().platform.disconnect(ID);
      await restart();
      const deleted = await session.destroy("ece_host", host);

      for (const each of [planned, destroyed, deleted]) {
        expect(errorsOf(each)).toContain(REMOVED);
        expect(errorsOf(each)).toContain(`${newer}: ${ID} itself`);
      }
      expect(changes()).toBe(before);
    },
  );

  test("no record is removed by a plan that was saved before", async () => {
    const host = await session.apply("ece_host", HOST);
    const abandoned = await session.apply("ece_host", { runner_id: OTHER, adopt: true, on_destroy: "abandon" });
    join();
    simulator().platform.disconnect(ID);
    addHost(simulator().platform, { runnerId: "192.168.44.13", roles: ["allocator"] });
    upgradeInProgress();
    await restart();
    const before = changes();

    const destroyed = await session.destroy("ece_host", host);
    const left = await session.destroy("ece_host", abandoned);

    expect(errorsOf(destroyed)).toContain(REMOVED);
    expect(destroyed.state).toEqual(host.state);
    expect(errorsOf(left)).toBe("");
    expect(changes()).toBe(before);
  });

  test("the machine of a host is not planned to be cleaned, unless that has begun", async () => {
    join();
    upgradeInProgress();
    simulator().platform.runners.find(ID).version = "4.1.0";
    await restart();
    const state = { runner_id: ID, ssh_host: ID, ssh_user: "elastic", ssh_host_key: "" };
    const planned = (privateState: object) =>
      session.planDestroy("ece_host_machine", {
        state,
        privateState: new TextEncoder().encode(JSON.stringify(privateState)),
      });

    expect(errorsOf(await planned({}))).toContain(REMOVED);
    expect(errorsOf(await planned({ cleaning: true }))).toBe("");
  });

  describe.each(["director", "coordinator", "allocator"])("the role %s", (role) => {
    const all = { runner_id: ID, roles: [role, "proxy"] };
    const LOST = `The host ${ID} cannot lose the role ${role} while ECE is upgraded`;

    test.each(["drain", "keep"])("is not taken from a host that stays, planned or not (on_destroy %s)", async (how) => {
      addHost(simulator().platform, { runnerId: ID, roles: all.roles });
      const config = { ...all, on_destroy: how };
      const roles = await session.apply("ece_host_roles", config);
      const early = await session.plan("ece_host_roles", { ...config, roles: ["proxy"] }, roles);
      upgradeInProgress();
      simulator().platform.runners.find(ID).version = "4.1.0";
      await restart();
      const before = changes();

      const planned = await session.plan("ece_host_roles", { ...config, roles: ["proxy"] }, roles);
      const late = await session.server.applyResourceChange({
        typeName: "ece_host_roles",
        priorState: roles.state,
        config: early.plan,
        plan: early.plan,
        privateState: early.privateState,
      });

      expect(planned.diagnostics).toContainEqual(
        expect.objectContaining({ severity: "error", summary: LOST, path: ["roles"] }),
      );
      expect(errorsOf(late)).toContain(LOST);
      expect(changes()).toBe(before);
    });
  });

  test("a proxy can be given and taken", async () => {
    join();
    const roles = await session.apply("ece_host_roles", ROLES);
    upgradeInProgress();
    await restart();

    const given = await session.apply("ece_host_roles", { ...ROLES, roles: ["allocator", "proxy"] }, roles);
    const taken = await session.apply("ece_host_roles", ROLES, given);

    expect([errorsOf(given), errorsOf(taken)]).toEqual(["", ""]);
  });

  test("a host that is taken over keeps the roles that are not declared", async () => {
    addHost(simulator().platform, { runnerId: ID, roles: ["allocator", "proxy"] });
    simulator().platform.placeInstances(ID, 1);
    upgradeInProgress();
    await restart();
    const before = changes();

    const created = await session.apply("ece_host_roles", { runner_id: ID, roles: ["proxy"] });

    expect(errorsOf(created)).toContain(`The host ${ID} cannot lose the role allocator while ECE is upgraded`);
    expect(created.state).toBeNull();
    expect(changes()).toBe(before);
  });

  test("a replacement of what leaves the host as it is is planned", async () => {
    join();
    const config = { ...ROLES, on_destroy: "keep", host_id: "one" };
    const roles = await session.apply("ece_host_roles", config);
    upgradeInProgress();
    await restart();

    const first = await session.plan("ece_host_roles", { ...config, host_id: "two" }, roles);
    const { privateState } = first;
    const second = await session.plan("ece_host_roles", { ...config, host_id: "two" }, { state: null, privateState });

    expect(first.requiresReplace).not.toEqual([]);
    expect([errorsOf(first), errorsOf(second)]).toEqual(["", ""]);
  });

  test("a host that is off does not count, and one on a machine that is given up goes", async () => {
    join();
    const roles = await session.apply("ece_host_roles", ROLES);
    upgradeInProgress();
    simulator().platform.runners.find(ID).version = "4.1.0";
    await restart({ given_up: { platforms: null, machines: [ID], last_of: null } });
    const givenUp = await session.destroy("ece_host_roles", roles);
    simulator().platform.disconnect(OTHER);
    await restart();

    const added = await session.apply("ece_host", { runner_id: "192.168.44.13" });

    expect(errorsOf(givenUp)).toBe("");
    expect(errorsOf(added)).toBe("");
  });
});

test("while an upgrader is at work no host is added, although all run one version", async () => {
  simulator().platform.upgrade("4.0.3", { upgraders: [OTHER] });

  const refused = await session.plan("ece_host", HOST);

  expect(refused.diagnostics).toMatchObject([{ severity: "error", summary: ADDED }]);
  expect(refused.diagnostics[0]?.detail).toContain(`an upgrader is at work on ${OTHER}`);
});

test("a platform that does not answer stops no plan", async () => {
  simulator().faults.add({ path: "/platform/infrastructure/runners", kind: "status", status: 503, times: 20 });

  const planned = await session.plan("ece_host", HOST);

  expect(planned.diagnostics).toEqual([]);
});
