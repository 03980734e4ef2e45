import type { ObjectValue } from "../../../lib/plugin/framework";
import { addHost, tokenFor } from "../../simulator/joining";
import { errorsOf } from "../../support/diagnostics";
import { ProviderSession, type Outcome } from "../../support/provider-session";
import { useSimulator } from "../../support/use-simulator";

const ID = "192.168.44.11";
const OTHER = "192.168.44.12";
/** How a machine is reached, as its resource gives it. */
const ACCESS = { machine_id: "m", runner_id: ID, ssh_host: ID, ssh_user: "elastic", ssh_host_key: "" };
const ALLOCATOR = { runner_id: ID, roles: ["allocator"] };
/** For operations that are to end in time out, after few requests. */
const SHORT = { timeouts: { create: "400ms", update: "400ms", delete: "400ms" } };

const simulator = useSimulator();
let session: ProviderSession;

// Some tests go on in another process, as Terraform does after an interruption.
beforeEach(async () => {
  session = await ProviderSession.start(simulator());
});

function joinHost(roles = ["allocator"], runnerId = ID): void {
  addHost(simulator().platform, { runnerId, roles });
}

function create(config: ObjectValue = ALLOCATOR): Promise<Outcome> {
  return session.apply("ece_host_roles", config);
}

function update(config: ObjectValue, stored: Outcome): Promise<Outcome> {
  return session.apply("ece_host_roles", config, stored);
}

function destroy(stored: Outcome): Promise<Outcome> {
  return session.destroy("ece_host_roles", stored);
}

/** A host that has joined with its roles, and its resource. */
async function joined(config: ObjectValue = ALLOCATOR): Promise<Outcome> {
  joinHost(config.roles as string[]);
  const created = await create(config);
  expect(errorsOf(created)).toBe("");
  return created;
}

/** The calls that change something, and the validations of moves. */
function changes(): string[] {
  return simulator()
    .requests.filter(({ method }) => method !== "GET")
    .map(({ method, path, query }) => {
      const short = path.replace("/platform/infrastructure/", "");
      return `${method} ${short}${query.validate_only === "true" ? " (validate)" : ""}`;
    });
}

function rolesOf(runnerId = ID): string[] {
  return simulator()
    .state()
    .runners.find((runner) => runner.runnerId === runnerId)!
    .roles.slice()
    .sort();
}

function allocatorOf(runnerId = ID) {
  return simulator()
    .state()
    .allocators.find(({ allocatorId }) => allocatorId === runnerId)!;
}

describe("create", () => {
  test("waits for a host that joins later, and tells what the platform shows of it", async () => {
    simulator().platform.behaviour.connectedAfterReads = 1;

    const creating = create();
    await session.clock.holdAtSleep();
    joinHost();
    session.clock.release();
    const created = await creating;

    expect(errorsOf(created)).toBe("");
    expect(created.state).toMatchObject({ connected: true, healthy: true, zone: "ece-zone-1", version: "4.0.3" });
    expect(created.state).toMatchObject({ host_ip: ID, public_hostname: ID, roles: ["allocator"] });
    expect(changes()).toEqual([]);
  });

  test("outlasts a coordinator that is away, and roles that take their time to show", async () => {
    simulator().platform.behaviour.rolesAfterReads = 1;
    joinHost();
    const path = `/platform/infrastructure/runners/${ID}`;
    simulator().faults.add({ path, kind: "status", status: 502 });
    simulator().faults.add({ path, kind: "reset-before" });

    const created = await create();

    expect(errorsOf(created)).toBe("");
    expect(simulator().faults.pending()).toEqual([]);
    expect(changes()).toEqual([]);
  });

  test("of a host that never joins fails with what to look at", async () => {
    const created = await create({ ...ALLOCATOR, ...SHORT });

    expect(created.diagnostics).toEqual([
      expect.objectContaining({ summary: `The host ${ID} did not join`, path: ["runner_id"] }),
    ]);
    expect(errorsOf(created)).toMatch(/knows no host with this runner id.*bootstrap-logs.*--runner-id 192/s);
  });

  test("of a host that stays disconnected fails, naming the replacement of its ece_host", async () => {
    joinHost();
    simulator().platform.disconnect(ID);

    const created = await create({ ...ALLOCATOR, ...SHORT });

    expect(errorsOf(created)).toContain(`The host ${ID} is not connected`);
    expect(errorsOf(created)).toContain("replace its ece_host (-replace)");
  });

  test("with the platform away to the end fails with the platform's state, not the host's", async () => {
    simulator().faults.add({ path: "/platform/infrastructure/runners", kind: "status", status: 503, times: 1000 });

    const created = await create({ ...ALLOCATOR, ...SHORT });

    expect(errorsOf(created)).toContain("Unable to see whether the host");
    expect(errorsOf(created)).toContain("503");
    expect(errorsOf(created)).toContain("Run the command again when it is back");
  });

  test("of a host whose token lacked the role fails with this cause and both remedies, and gives it nothing", async () => {
    addHost(simulator().platform, {
      runnerId: ID,
      roles: ["allocator", "proxy"],
      rolesToken: tokenFor(simulator().platform, ["allocator"]),
    });

    const created = await create({ runner_id: ID, roles: ["allocator", "proxy"], ...SHORT });

    expect(created.diagnostics).toEqual([
      expect.objectContaining({ summary: `The host ${ID} joined without its role proxy`, path: ["roles"] }),
    ]);
    expect(errorsOf(created)).toMatch(/roles token.*lacked that role.*"Update roles".*-replace of its ece_host/s);
    expect(rolesOf()).not.toContain("proxy");
    expect(changes()).toEqual([]);
  });

  test("gives back roles that an earlier drain has taken, and ends the maintenance mode", async () => {
    const first = await joined();
    await destroy(first);
    expect(rolesOf()).toEqual(["beats-runner", "services-forwarder"]);

    const again = await create();

    expect(errorsOf(again)).toBe("");
    expect(rolesOf()).toEqual(["allocator", "beats-runner", "services-forwarder"]);
    expect(allocatorOf()).toMatchObject({ maintenanceMode: false });
  });

  test("that fails stores nothing, so that no later plan drains the host that has joined", async () => {
    addHost(simulator().platform, {
      runnerId: ID,
      roles: ["allocator", "proxy"],
      rolesToken: tokenFor(simulator().platform, ["allocator"]),
    });

    const created = await create({ runner_id: ID, roles: ["allocator", "proxy"], ...SHORT });

    expect(errorsOf(created)).toContain(`The host ${ID} joined without its role proxy`);
    expect(created.state).toBeNull();
    expect(rolesOf()).toContain("allocator");
  });

  test("that is interrupted ends at once and leaves the next attempt nothing but to wait", async () => {
    const creating = create();
    await session.clock.holdAtSleep();
    session.server.stop();
    const interrupted = await creating;
    session = await ProviderSession.start(simulator());
    joinHost();

    const created = await create();

    expect(errorsOf(interrupted)).toContain("interrupted");
    expect(interrupted.state).toBeNull();
    expect(errorsOf(created)).toBe("");
    expect(rolesOf()).toContain("allocator");
    expect(allocatorOf()).toMatchObject({ maintenanceMode: false });
  });
});

describe("read", () => {
  test("shows roles that were changed in the UI, and leaves out the platform's own", async () => {
    const created = await joined();
    simulator().platform.setRoles(ID, ["beats-runner", "proxy"]);

    const read = await session.read("ece_host_roles", created);

    expect(read.state).toMatchObject({ roles: ["proxy"] });
  });

  test("keeps the roles when the platform refuses to tell", async () => {
    const created = await joined();
    simulator().faults.add({ path: "/platform/infrastructure/runners", kind: "status", status: 403 });

    const read = await session.read("ece_host_roles", created);

    expect(errorsOf(read)).toContain("403");
    expect(read.state).toEqual(created.state);
  });
});

describe("a host whose record was deleted", () => {
  async function deleted(): Promise<Outcome> {
    const created = await joined({ ...ALLOCATOR, ...SHORT });
    simulator().platform.disconnect(ID);
    simulator().platform.runners.delete(ID);
    return session.read("ece_host_roles", created);
  }

  test("is shown as disconnected, and applying names the replacement of its ece_host", async () => {
    const gone = await deleted();

    const updated = await update({ ...ALLOCATOR, ...SHORT }, gone);

    expect(gone.state).toMatchObject({ connected: false, healthy: false, roles: ["allocator"] });
    expect(errorsOf(updated)).toContain(`The host ${ID} was removed from the platform`);
    expect(errorsOf(updated)).toContain("Replace its ece_host (-replace)");
  });

  test("is waited for no more once it is installed anew", async () => {
    const gone = await deleted();
    joinHost();

    const updated = await update({ ...ALLOCATOR, ...SHORT }, gone);

    expect(errorsOf(updated)).toBe("");
    expect(updated.state).toMatchObject({ connected: true, zone: "ece-zone-1" });
  });
});

describe("a disconnected host", () => {
  const PATIENT = { ...ALLOCATOR, wait_for_connected: "10m" };

  async function down(config: ObjectValue = ALLOCATOR): Promise<Outcome> {
    const created = await joined(config);
    simulator().platform.disconnect(ID);
    return session.read("ece_host_roles", created);
  }

  test("is a warning in the plan, and no change", async () => {
    const away = await down();

    const { plan, diagnostics } = await session.plan("ece_host_roles", ALLOCATOR, away);

    expect(away.state).toMatchObject({ connected: false, zone: "ece-zone-1", roles: ["allocator"] });
    expect(plan).toEqual(away.state);
    expect(diagnostics).toMatchObject([{ severity: "warning", summary: `The host ${ID} is down` }]);
    expect(diagnostics[0]?.detail).toContain("wait_for_connected");
  });

  test("takes at once what stands in the state alone", async () => {
    const away = await down();
    const asked = simulator().requests.length;

    const updated = await update({ ...ALLOCATOR, install_id: "2", drain: { force: true, skip: null } }, away);

    expect(errorsOf(updated)).toBe("");
    expect(updated.state).toMatchObject({ connected: false, install_id: "2", drain: { force: true } });
    expect(simulator().requests).toHaveLength(asked);
  });

  test("is planned to return where wait_for_connected says so, and applying waits for it", async () => {
    const away = await down(PATIENT);

    const { plan, requiresReplace } = await session.plan("ece_host_roles", PATIENT, away);
    const updating = update(PATIENT, away);
    await session.clock.holdAtSleep();
    simulator().platform.reconnect(ID);
    session.clock.release();
    const updated = await updating;

    expect(plan).toMatchObject({ connected: true });
    expect(requiresReplace).toEqual([]);
    expect(errorsOf(updated)).toBe("");
    expect(updated.state).toMatchObject({ connected: true, healthy: true });
  });

  test.each([
    ["for two minutes", {}, "120 s"],
    ["as long as wait_for_connected says", { wait_for_connected: "7m" }, "420 s"],
  ])("that does not return fails a change of its roles, %s, and changes nothing", async (_, more, patience) => {
    const away = await down();

    const updated = await update({ ...ALLOCATOR, roles: ["allocator", "proxy"], ...more }, away);

    expect(errorsOf(updated)).toContain(`The host ${ID} is not connected`);
    expect(errorsOf(updated)).toContain(`After ${patience}`);
    expect(updated.state).toMatchObject({ connected: false, roles: ["allocator"] });
    expect(changes()).toEqual([]);
  });

  test("that does not return fails the update, which still keeps how to drain it", async () => {
    const away = await down(PATIENT);

    const updated = await update({ ...PATIENT, drain: { skip: true, force: null } }, away);

    expect(errorsOf(updated)).toContain(`The host ${ID} is not connected`);
    expect(updated.state).toMatchObject({ connected: false, drain: { skip: true }, roles: ["allocator"] });
  });

  test("is never told to be gone for good: the drain waits for it, and then fails", async () => {
    const created = await joined({ ...ALLOCATOR, ...SHORT });
    joinHost(["allocator"], OTHER);
    simulator().platform.placeInstances(ID, 1);
    simulator().platform.disconnect(ID);

    const destroyed = await destroy(created);

    expect(errorsOf(destroyed)).toContain("it is not connected");
    expect(errorsOf(destroyed)).toContain("given_up");
    expect(destroyed.state).not.toBeNull();
    expect(simulator().requests.filter(({ path }) => path.endsWith("/_move"))).toEqual([]);
    expect(allocatorOf().instances).toHaveLength(1);
  });

  test("is drained as one that will not come back where its machine is given up", async () => {
    const created = await joined();
    joinHost(["allocator"], OTHER);
    simulator().platform.placeInstances(ID, 1);
    simulator().platform.disconnect(ID);
    session = await ProviderSession.start(simulator(), { given_up: { machines: [ID] } });

    const destroyed = await destroy(created);

    expect(errorsOf(destroyed)).toBe("");
    const moves = simulator().requests.filter(({ path }) => path.endsWith("/_move"));
    expect(moves.map(({ query }) => query.allocator_down)).toEqual(["true", "true"]);
    expect(allocatorOf().instances).toEqual([]);
  });
});

test("a director that loses its role in place is told in the plan that ZooKeeper stays", async () => {
  const created = await joined({ runner_id: ID, roles: ["director", "allocator"] });

  const planned = await session.plan("ece_host_roles", ALLOCATOR, created);
  const kept = await session.plan("ece_host_roles", { runner_id: ID, roles: ["director"] }, created);

  expect(planned.diagnostics).toMatchObject([
    { severity: "warning", summary: "Fewer hosts than advised keep the role director" },
    { severity: "warning", summary: `ZooKeeper goes on running on ${ID} without the role director` },
  ]);
  expect(kept.diagnostics).toEqual([]);
});

describe("a change that did not come to its end", () => {
  test("is planned until it is done, although the platform shows the roles as wanted", async () => {
    const created = await joined({ runner_id: ID, roles: ["director", "proxy"] });
    simulator().faults.add({
      method: "POST",
      path: `/platform/infrastructure/coordinators/${ID}/_demote`,
      kind: "status",
      status: 403,
    });
    const config = { runner_id: ID, roles: ["proxy"] };

    const failed = await update(config, created);
    const refreshed = await session.read("ece_host_roles", failed);
    const planned = await session.plan("ece_host_roles", config, refreshed);
    const resumed = await update(config, refreshed);
    const quiet = await session.plan("ece_host_roles", config, resumed);

    expect(errorsOf(failed)).not.toBe("");
    expect(refreshed.state).toMatchObject({ roles: ["proxy"] });
    expect(planned.plan).not.toEqual(refreshed.state);
    expect(errorsOf(resumed)).toBe("");
    expect(
      simulator()
        .platform.ensemble.list()
        .map(({ name }) => name),
    ).not.toContain(ID);
    expect(quiet.plan).toEqual(resumed.state);
  });

  test("ends the maintenance mode that it left behind", async () => {
    const created = await joined({ runner_id: ID, roles: ["allocator", "proxy"] });
    const without = await update({ runner_id: ID, roles: ["proxy"] }, created);
    simulator().faults.add({
      method: "POST",
      path: `/platform/infrastructure/allocators/${ID}/maintenance-mode/_stop`,
      kind: "status",
      status: 500,
      times: 1,
    });
    const config = { runner_id: ID, roles: ["allocator", "proxy"] };

    const failed = await update(config, without);
    const refreshed = await session.read("ece_host_roles", failed);
    const resumed = await update(config, refreshed);

    expect(errorsOf(failed)).not.toBe("");
    expect(errorsOf(resumed)).toBe("");
    expect(allocatorOf()).toMatchObject({ maintenanceMode: false });
  });
});

describe("update", () => {
  test("changes roles in place and keeps the platform's own", async () => {
    const created = await joined({ runner_id: ID, roles: ["proxy"] });

    const updated = await update({ runner_id: ID, roles: ["proxy", "coordinator"] }, created);

    expect(errorsOf(updated)).toBe("");
    expect(rolesOf()).toEqual(["beats-runner", "coordinator", "proxy", "services-forwarder"]);
    expect(changes()).toEqual([`PUT runners/${ID}/roles`]);
  });

  test("keeps a role that somebody else gave since the plan, and the next plan shows it", async () => {
    const created = await joined({ runner_id: ID, roles: ["proxy"] });
    const planned = { runner_id: ID, roles: ["proxy", "coordinator"] };
    simulator().platform.setRoles(ID, [...rolesOf(), "allocator"]);

    const updated = await update(planned, created);
    const read = await session.read("ece_host_roles", updated);

    expect(errorsOf(updated)).toBe("");
    expect(rolesOf()).toEqual(["allocator", "beats-runner", "coordinator", "proxy", "services-forwarder"]);
    expect(read.state?.roles).toEqual(expect.arrayContaining(["allocator", "coordinator", "proxy"]));
  });

  test("keeps a role that somebody else gave during the drain", async () => {
    const created = await joined({ runner_id: ID, roles: ["allocator", "proxy"] });
    joinHost(["allocator"], OTHER);
    simulator().platform.placeInstances(ID, 1);
    simulator().platform.behaviour.moveSeconds = 3600;

    const updating = update({ runner_id: ID, roles: ["proxy"] }, created);
    await session.clock.holdAtSleepWhen(() => changes().some((change) => change.endsWith("/_move")));
    simulator().platform.setRoles(ID, [...rolesOf(), "coordinator"]);
    simulator().clock.advance(3600);
    session.clock.release();
    const updated = await updating;

    expect(errorsOf(updated)).toBe("");
    expect(rolesOf()).toEqual(["beats-runner", "coordinator", "proxy", "services-forwarder"]);
  });

  test("blesses a role that the platform holds as pending, and no other", async () => {
    const created = await joined({ runner_id: ID, roles: ["proxy"] });
    simulator().platform.behaviour.rolesNeedBlessing = true;

    const updated = await update({ runner_id: ID, roles: ["proxy", "coordinator"] }, created);

    expect(errorsOf(updated)).toBe("");
    expect(changes()).toEqual([`PUT runners/${ID}/roles`, `PUT blueprinter/roles/coordinator/blessings/${ID}`]);
    expect(rolesOf()).toEqual(["beats-runner", "coordinator", "proxy", "services-forwarder"]);
  });

  test("drains before it takes the allocator role away", async () => {
    const created = await joined({ runner_id: ID, roles: ["allocator", "proxy"] });
    joinHost(["allocator"], OTHER);
    simulator().platform.placeInstances(ID, 2);

    const updated = await update({ runner_id: ID, roles: ["proxy"] }, created);

    expect(errorsOf(updated)).toBe("");
    expect(changes()).toEqual([
      `POST allocators/${ID}/maintenance-mode/_start`,
      ...Array<string>(2).fill(`POST allocators/${ID}/clusters/_move (validate)`),
      ...Array<string>(2).fill(`POST allocators/${ID}/clusters/elasticsearch/_move`),
      `PUT runners/${ID}/roles`,
    ]);
    expect(rolesOf()).toEqual(["beats-runner", "proxy", "services-forwarder"]);
  });

  test("puts an allocator that gets its role back into service", async () => {
    const created = await joined({ runner_id: ID, roles: ["allocator", "proxy"] });
    const without = await update({ runner_id: ID, roles: ["proxy"] }, created);

    const updated = await update({ runner_id: ID, roles: ["allocator", "proxy"] }, without);

    expect(errorsOf(updated)).toBe("");
    expect(allocatorOf()).toMatchObject({ connected: true, maintenanceMode: false });
  });

  test("demotes a host that is no director any more, after its role is gone", async () => {
    const created = await joined({ runner_id: ID, roles: ["director", "proxy"] });

    const updated = await update({ runner_id: ID, roles: ["proxy"] }, created);

    expect(errorsOf(updated)).toBe("");
    expect(changes()).toEqual([`PUT runners/${ID}/roles`, `POST coordinators/${ID}/_demote`]);
    expect(
      simulator()
        .platform.ensemble.list()
        .map(({ name }) => name),
    ).not.toContain(ID);
  });

  test("demotes nobody else where hosts share a public hostname", async () => {
    const created = await joined({ runner_id: ID, roles: ["director", "proxy"] });
    const { ensemble } = simulator().platform;
    const others = ensemble.list().filter(({ name }) => name !== ID);
    const shared = others.map((member) => ({ ...member, publicHostname: ID }));
    jest.spyOn(ensemble, "list").mockImplementationOnce(() => shared);

    const updated = await update({ runner_id: ID, roles: ["proxy"] }, created);

    expect(errorsOf(updated)).toBe("");
    expect(changes()).toEqual([`PUT runners/${ID}/roles`]);
  });

  test("asks again while the platform still sees the director at work", async () => {
    const created = await joined({ runner_id: ID, roles: ["director", "proxy"] });
    const code = "coordinators.coordinator_demote_failed";
    const path = "/platform/infrastructure/coordinators/";
    simulator().faults.add({ method: "POST", path, kind: "status", status: 400, code });

    const updated = await update({ runner_id: ID, roles: ["proxy"] }, created);

    expect(errorsOf(updated)).toBe("");
    expect(
      simulator()
        .platform.ensemble.list()
        .map(({ name }) => name),
    ).not.toContain(ID);
  });

  test("that the platform refuses fails with the platform's reason and keeps the roles of the state", async () => {
    const created = await joined();
    simulator().faults.add({
      method: "PUT",
      path: "/platform/infrastructure/runners",
      kind: "status",
      status: 400,
      code: "runners.runner_set_roles_failed",
      message: "not now",
    });

    const updated = await update({ runner_id: ID, roles: ["allocator", "proxy"] }, created);

    expect(errorsOf(updated)).toContain("not now");
    expect(updated.state).toMatchObject({ roles: ["allocator"] });
  });

  test("survives a host whose health changes between plan and apply", async () => {
    const created = await joined();
    const sick = { ...created, state: { ...created.state, healthy: false, version: "4.0.2" } };

    const updated = await update({ runner_id: ID, roles: ["allocator", "proxy"] }, sick);

    expect(errorsOf(updated)).toBe("");
  });
});

describe("delete", () => {
  test("drains in the order of Elastic's tools, then drops the roles", async () => {
    const created = await joined();
    joinHost(["allocator"], OTHER);
    simulator().platform.placeInstances(ID, 3);

    const destroyed = await destroy(created);

    expect(errorsOf(destroyed)).toBe("");
    expect(changes()).toEqual([
      `POST allocators/${ID}/maintenance-mode/_start`,
      ...Array<string>(3).fill(`POST allocators/${ID}/clusters/_move (validate)`),
      ...Array<string>(3).fill(`POST allocators/${ID}/clusters/elasticsearch/_move`),
      `PUT runners/${ID}/roles`,
    ]);
    expect(rolesOf()).toEqual(["beats-runner", "services-forwarder"]);
    const elsewhere = simulator()
      .state()
      .allocators.filter(({ allocatorId }) => allocatorId !== ID);
    expect(elsewhere.flatMap(({ instances }) => instances)).toHaveLength(6);
  });

  test("of an empty allocator moves nothing", async () => {
    const created = await joined();

    const destroyed = await destroy(created);

    expect(errorsOf(destroyed)).toBe("");
    expect(changes()).toEqual([`POST allocators/${ID}/maintenance-mode/_start`, `PUT runners/${ID}/roles`]);
  });

  test("waits for moves that take their time", async () => {
    const created = await joined();
    joinHost(["allocator"], OTHER);
    simulator().platform.placeInstances(ID, 1);
    simulator().platform.behaviour.moveSeconds = 3600;

    const destroying = destroy(created);
    await session.clock.holdAtSleepWhen(() => changes().some((change) => change.endsWith("/_move")));
    const [underWay, begun] = [rolesOf(), changes()];
    simulator().clock.advance(3600);
    session.clock.release();
    const destroyed = await destroying;

    expect(begun).toContain(`POST allocators/${ID}/clusters/elasticsearch/_move`);
    expect(underWay).toContain("allocator");
    expect(errorsOf(destroyed)).toBe("");
    expect(rolesOf()).not.toContain("allocator");
  });

  test("without room elsewhere moves what can move, names the rest, and goes on later", async () => {
    const created = await joined();
    simulator().platform.placeInstances(ID, [
      { clusterId: "c0ffee", clusterName: "orders", instanceName: "instance-0000000003", nodeMemoryMb: 64_000 },
      { clusterName: "small" },
    ]);

    const refused = await destroy(created);
    const afterRefusal = changes();
    addHost(simulator().platform, { runnerId: OTHER, roles: ["allocator"], capacityMb: 65_536 });
    const destroyed = await destroy(refused);

    expect(errorsOf(refused)).toContain(`Unable to drain allocator ${ID}`);
    expect(errorsOf(refused)).toContain(
      "instance-0000000003 of elasticsearch orders c0ffee: There is not enough capacity in zone [ece-zone-1]",
    );
    expect(errorsOf(refused)).toContain("Make room on other allocators");
    expect(refused.state).toEqual(created.state);
    expect(afterRefusal.filter((change) => change.endsWith("/_move"))).toHaveLength(1);
    expect(afterRefusal).not.toContain(`PUT runners/${ID}/roles`);
    expect(errorsOf(destroyed)).toBe("");
    expect(allocatorOf().instances).toEqual([]);
  });

  test("that runs out of time names what is left, and the next one waits for the moves that are under way", async () => {
    const created = await joined({ ...ALLOCATOR, ...SHORT });
    joinHost(["allocator"], OTHER);
    simulator().platform.placeInstances(ID, [{ clusterName: "orders", instanceName: "instance-0000000003" }]);
    simulator().platform.behaviour.moveSeconds = 3600;

    const late = await destroy(created);
    simulator().requests.length = 0;
    const stillLate = await destroy(late);
    simulator().clock.advance(3600);
    const destroyed = await destroy(stillLate);

    expect(errorsOf(late)).toContain("instance-0000000003 of elasticsearch orders");
    expect(late.state).toEqual(created.state);
    expect(errorsOf(stillLate)).toContain("instance-0000000003 of elasticsearch orders");
    expect(errorsOf(destroyed)).toBe("");
    expect(changes()).toEqual([`PUT runners/${ID}/roles`]);
  });

  test("with drain.force starts pending moves again", async () => {
    const created = await joined({ ...ALLOCATOR, drain: { force: true, skip: null }, ...SHORT });
    joinHost(["allocator"], OTHER);
    simulator().platform.placeInstances(ID, 1);
    simulator().platform.behaviour.moveSeconds = 3600;
    await destroy(created);
    simulator().platform.behaviour.moveSeconds = 0;

    const destroyed = await destroy(created);

    expect(errorsOf(destroyed)).toBe("");
    const moves = simulator().requests.filter(({ path }) => path.endsWith("/_move"));
    expect(moves.map(({ query }) => query.force_update)).toEqual(["true", "true", "true", "true"]);
  });

  test("with drain.skip drops the roles and leaves the instances", async () => {
    const created = await joined({ ...ALLOCATOR, drain: { skip: true, force: null } });
    simulator().platform.placeInstances(ID, 1);

    const destroyed = await destroy(created);

    expect(errorsOf(destroyed)).toBe("");
    expect(changes()).toEqual([`PUT runners/${ID}/roles`]);
    expect(allocatorOf().instances).toHaveLength(1);
  });

  test("with drain.skip and a machine is refused in the plan", async () => {
    const skip = { ...ALLOCATOR, drain: { skip: true, force: null } };

    const planned = await session.plan("ece_host_roles", { ...skip, machine: ACCESS });

    expect(planned.diagnostics).toMatchObject([
      { severity: "error", summary: "A host with a machine is always drained", path: ["drain", "skip"] },
    ]);
  });

  test("of a director drops the role, then gives up its seat, also when an earlier attempt could not", async () => {
    const created = await joined({ runner_id: ID, roles: ["director"], ...SHORT });
    const code = "coordinators.coordinator_demote_failed";
    const path = "/platform/infrastructure/coordinators/";
    const message = "still leading";
    simulator().faults.add({ method: "POST", path, kind: "status", status: 400, code, message, times: 100 });

    const refused = await destroy(created);
    simulator().faults.clear();
    const read = await session.read("ece_host_roles", refused);
    const destroyed = await destroy(read);

    expect(errorsOf(refused)).toContain("still leading");
    expect(errorsOf(destroyed)).toBe("");
    expect(
      simulator()
        .platform.ensemble.list()
        .map(({ name }) => name),
    ).not.toContain(ID);
  });

  test("with on_destroy keep leaves the host as it is", async () => {
    const created = await joined({ ...ALLOCATOR, on_destroy: "keep" });
    const before = simulator().requests.length;

    const destroyed = await destroy(created);

    expect(destroyed).toMatchObject({ state: null, diagnostics: [] });
    expect(simulator().requests).toHaveLength(before);
  });

  test("of a host that is gone is no error", async () => {
    const created = await joined();
    simulator().platform.disconnect(ID);
    simulator().platform.runners.delete(ID);

    expect(await destroy(created)).toMatchObject({ state: null, diagnostics: [] });
  });

  test("ends at once when Terraform is interrupted, and the next one goes on", async () => {
    const created = await joined();
    joinHost(["allocator"], OTHER);
    simulator().platform.placeInstances(ID, 1);
    simulator().platform.behaviour.moveSeconds = 3600;

    const destroying = destroy(created);
    await session.clock.holdAtSleepWhen(() => changes().some((change) => change.endsWith("/_move")));
    const begun = changes();
    session.server.stop();
    const interrupted = await destroying;
    session = await ProviderSession.start(simulator());
    simulator().clock.advance(3600);
    const destroyed = await destroy(interrupted);

    expect(begun).toContain(`POST allocators/${ID}/clusters/elasticsearch/_move`);
    expect(errorsOf(interrupted)).toContain("interrupted");
    expect(interrupted.state).toEqual(created.state);
    expect(errorsOf(destroyed)).toBe("");
  });
});

describe("import", () => {
  test("takes over a host with what it has, and the next plan is empty", async () => {
    joinHost(["allocator", "proxy"]);

    const imported = await session.import("ece_host_roles", ID);
    const { plan } = await session.plan("ece_host_roles", { runner_id: ID, roles: ["proxy", "allocator"] }, imported);

    expect(imported.state).toMatchObject({ runner_id: ID, connected: true, on_destroy: "drain" });
    expect({ ...plan, roles: null }).toEqual({ ...imported.state, roles: null });
    expect(new Set(plan?.roles as string[])).toEqual(new Set(imported.state?.roles as string[]));
  });

  test("of a host that the platform does not know is an error that names the platform", async () => {
    const imported = await session.import("ece_host_roles", "10.9.9.9");

    expect(errorsOf(imported)).toContain(simulator().endpoint);
  });

  test("with its arguments plans nothing, but shows roles that differ", async () => {
    joinHost(["allocator", "proxy"]);
    const config = { runner_id: ID, roles: ["allocator"], host_id: "a-b", timeouts: { create: "1h" } };

    const imported = await session.import("ece_host_roles", JSON.stringify(config));
    const asItIs = await session.plan("ece_host_roles", { ...config, roles: ["proxy", "allocator"] }, imported);
    const { plan } = await session.plan("ece_host_roles", config, imported);

    expect(errorsOf(imported)).toBe("");
    expect({ ...asItIs.plan, roles: null }).toEqual({ ...imported.state, roles: null });
    expect(imported.state).toMatchObject({ host_id: "a-b", roles: ["allocator", "proxy"] });
    expect(plan).toMatchObject({ roles: ["allocator"] });
  });
});
