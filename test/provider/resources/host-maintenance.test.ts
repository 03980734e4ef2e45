import type { ObjectValue } from "../../../lib/plugin/framework";
import { addHost } from "../../simulator/joining";
import { errorsOf } from "../../support/diagnostics";
import { ProviderSession, type Outcome } from "../../support/provider-session";
import { useSimulator } from "../../support/use-simulator";

const ID = "192.168.44.11";
const OTHER = "192.168.44.12";
const IN_MAINTENANCE = `The allocator of ${ID} is in maintenance mode`;

const simulator = useSimulator();
let session: ProviderSession;

// Some tests go on in another process, as Terraform does after an interruption.
beforeEach(async () => {
  session = await ProviderSession.start(simulator());
  for (const runnerId of [ID, OTHER]) addHost(simulator().platform, { runnerId, roles: ["allocator"] });
});

function config(more: ObjectValue = {}): ObjectValue {
  return { runner_id: ID, roles: ["allocator"], ...more };
}

function apply(more: ObjectValue = {}, stored?: Outcome): Promise<Outcome> {
  return session.apply("ece_host_roles", config(more), stored);
}

async function refreshed(stored: Outcome): Promise<Outcome> {
  session = await ProviderSession.start(simulator());
  return session.read("ece_host_roles", stored);
}

/** The host in service with two instances, and its resource. */
async function inService(more: ObjectValue = {}): Promise<Outcome> {
  const created = await apply(more);
  expect(errorsOf(created)).toBe("");
  simulator().platform.placeInstances(ID, 2);
  return created;
}

function allocator() {
  return simulator()
    .state()
    .allocators.find(({ allocatorId }) => allocatorId === ID)!;
}

/** Somebody else's maintenance mode. */
function startedByHand(): void {
  const { platform } = simulator();
  platform.allocators.startMaintenance(platform.allocators.list().find(({ allocatorId }) => allocatorId === ID)!);
}

function requestsOf(kind: "_start" | "_stop" | "_move"): number {
  return simulator().requests.filter(
    ({ method, path, query }) =>
      method === "POST" && path.endsWith(kind) && (kind !== "_move" || query.validate_only !== "true"),
  ).length;
}

/** Lets the platform fail to end the maintenance mode, once. */
function failToEnd(): void {
  const path = `/platform/infrastructure/allocators/${ID}/maintenance-mode/_stop`;
  simulator().faults.add({ method: "POST", path, kind: "status", status: 500, times: 1 });
}

describe("maintenance = true", () => {
  test("empties the host, which keeps its roles, and plans nothing from then on", async () => {
    const stored = await inService();

    const drained = await apply({ maintenance: true }, stored);
    const later = await refreshed(drained);
    const { plan, diagnostics } = await session.plan("ece_host_roles", config({ maintenance: true }), later);

    expect(errorsOf(drained)).toBe("");
    expect(allocator()).toMatchObject({ maintenanceMode: true, instances: [] });
    expect(later.state).toMatchObject({ maintenance: true, roles: ["allocator"] });
    expect(plan).toEqual(later.state);
    expect(diagnostics).toEqual([]);
  });

  test("ends with false", async () => {
    const drained = await apply({ maintenance: true }, await inService());

    const ended = await apply({ maintenance: false }, await refreshed(drained));

    expect(errorsOf(ended)).toBe("");
    expect(ended.state).toMatchObject({ maintenance: false });
    expect(allocator()).toMatchObject({ maintenanceMode: false });
  });

  test("taken away again is left as it is, with a warning that names both ways on", async () => {
    const drained = await apply({ maintenance: true }, await inService());

    const { plan, diagnostics } = await session.plan("ece_host_roles", config(), await refreshed(drained));

    expect(plan).toMatchObject({ maintenance: true });
    expect(diagnostics).toMatchObject([{ severity: "warning", summary: IN_MAINTENANCE, path: ["maintenance"] }]);
    expect(diagnostics[0]?.detail).toMatch(/maintenance to false to end it.*to true to keep it/s);
  });

  test("that ends in the middle of the drain is planned until it is done", async () => {
    const stored = await inService();
    simulator().platform.behaviour.moveSeconds = 3600;
    const timeouts = { update: "400ms" };

    const failed = await apply({ maintenance: true, timeouts }, stored);
    const later = await refreshed(failed);
    const { plan } = await session.plan("ece_host_roles", config({ maintenance: true, timeouts }), later);
    simulator().platform.behaviour.moveSeconds = 0;
    simulator().platform.clock.advance(3600);
    const done = await apply({ maintenance: true, timeouts }, later);
    const quiet = await session.plan("ece_host_roles", config({ maintenance: true, timeouts }), await refreshed(done));

    expect(errorsOf(failed)).not.toBe("");
    expect(plan).not.toEqual(later.state);
    expect(errorsOf(done)).toBe("");
    expect(allocator()).toMatchObject({ maintenanceMode: true, instances: [] });
    expect(quiet.plan).toEqual({ ...done.state });
  });

  test("holds for a host that joins, and for an allocator that gets its role", async () => {
    const created = await apply({ maintenance: true });
    expect(errorsOf(created)).toBe("");
    expect(allocator()).toMatchObject({ maintenanceMode: true });

    const without = await apply({ roles: ["proxy"], maintenance: false }, created);
    const again = await apply({ maintenance: true }, without);

    expect(errorsOf(without)).toBe("");
    expect(errorsOf(again)).toBe("");
    expect(allocator()).toMatchObject({ maintenanceMode: true });
    expect(requestsOf("_stop")).toBe(0);
  });

  test("is refused in the plan of a host that is no allocator", async () => {
    const refused = await apply({ roles: ["proxy"], maintenance: true });

    expect(refused.diagnostics).toMatchObject([
      { severity: "error", summary: "Only an allocator has a maintenance mode", path: ["maintenance"] },
    ]);
  });

  test("is drained away on destroy like any host", async () => {
    const drained = await apply({ maintenance: true }, await inService());

    const destroyed = await session.destroy("ece_host_roles", drained);

    expect(errorsOf(destroyed)).toBe("");
    expect(destroyed.state).toBeNull();
  });
});

describe("a maintenance mode of somebody else", () => {
  test("is shown and warned of, and neither planned nor ended", async () => {
    const stored = await inService();
    startedByHand();

    const later = await refreshed(stored);
    const { plan, diagnostics } = await session.plan("ece_host_roles", config(), later);
    const changed = await apply({ roles: ["allocator", "proxy"] }, later);

    expect(later.state).toMatchObject({ maintenance: true });
    expect(plan).toEqual(later.state);
    expect(diagnostics).toMatchObject([{ severity: "warning", summary: IN_MAINTENANCE }]);
    expect(errorsOf(changed)).toBe("");
    expect(allocator()).toMatchObject({ maintenanceMode: true });
    expect(requestsOf("_stop") + requestsOf("_start")).toBe(0);
  });

  test("shows as drift where false is declared", async () => {
    const stored = await inService({ maintenance: false });
    startedByHand();

    const later = await refreshed(stored);
    const { plan } = await session.plan("ece_host_roles", config({ maintenance: false }), later);
    const ended = await apply({ maintenance: false }, later);

    expect(later.state).toMatchObject({ maintenance: true });
    expect(plan).toMatchObject({ maintenance: false });
    expect(errorsOf(ended)).toBe("");
    expect(allocator()).toMatchObject({ maintenanceMode: false });
  });

  test("on a host that is taken over stays, with a warning at once", async () => {
    startedByHand();

    const created = await apply();

    expect(created.diagnostics).toMatchObject([{ severity: "warning", summary: IN_MAINTENANCE }]);
    expect(created.state).toMatchObject({ maintenance: true });
    expect(allocator()).toMatchObject({ maintenanceMode: true });
  });

  test("is not ended by a destroy that failed", async () => {
    const stored = await inService();
    startedByHand();
    simulator().platform.behaviour.moveSeconds = 3600;
    const later = await refreshed(stored);

    const failed = await session.destroy("ece_host_roles", await apply({ timeouts: { delete: "400ms" } }, later));
    const { plan } = await session.plan("ece_host_roles", config({ timeouts: { delete: "400ms" } }), failed);

    expect(errorsOf(failed)).not.toBe("");
    expect(plan).toMatchObject({ maintenance: true });
    expect(allocator()).toMatchObject({ maintenanceMode: true });
  });
});

describe("a host that stays although its destroy failed", () => {
  const timeouts = { delete: "400ms" };

  test("is planned to go into service again, and goes", async () => {
    const stored = await inService({ timeouts });
    simulator().platform.behaviour.moveSeconds = 3600;

    const failed = await session.destroy("ece_host_roles", stored);
    const later = await refreshed(failed);
    const planned = await session.plan("ece_host_roles", config({ timeouts }), later);
    simulator().platform.behaviour.moveSeconds = 0;
    simulator().platform.clock.advance(3600);
    const kept = await apply({ timeouts }, later);
    const quiet = await session.plan("ece_host_roles", config({ timeouts }), await refreshed(kept));

    expect(errorsOf(failed)).toContain("Unable to drain allocator");
    expect(planned.plan).not.toEqual(later.state);
    expect(planned.diagnostics).toEqual([]);
    expect(errorsOf(kept)).toBe("");
    expect(kept.state).toMatchObject({ maintenance: false });
    expect(allocator()).toMatchObject({ maintenanceMode: false });
    expect(quiet.plan).toEqual(kept.state);
  });

  test("is planned again where the maintenance mode did not end", async () => {
    const stored = await inService({ timeouts });
    simulator().platform.behaviour.moveSeconds = 3600;
    const failed = await session.destroy("ece_host_roles", stored);
    failToEnd();

    const half = await apply({ timeouts }, await refreshed(failed));
    const done = await apply({ timeouts }, await refreshed(half));

    expect(errorsOf(half)).not.toBe("");
    expect(errorsOf(done)).toBe("");
    expect(allocator()).toMatchObject({ maintenanceMode: false });
  });
});

test("a state that never knew the maintenance mode plans nothing", async () => {
  const { state, ...stored } = await inService();
  const before = { ...stored, state: { ...state, maintenance: null } };

  const later = await refreshed(before);
  const { plan } = await session.plan("ece_host_roles", config(), later);

  expect(later.state).toEqual(before.state);
  expect(plan).toEqual(later.state);
});
