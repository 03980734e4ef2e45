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

    const destroyed = await session.destroy("ece_host_roles", roles);

    expect(errorsOf(destroyed)).toBe("");
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
