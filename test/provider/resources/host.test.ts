import type { ObjectValue, Reply } from "../../../lib/plugin/framework";
import { addHost } from "../../simulator/joining";
import { errorsOf } from "../../support/diagnostics";
import { ProviderSession, useProviderSession, type Outcome } from "../../support/provider-session";
import { useSimulator } from "../../support/use-simulator";

const ID = "192.168.44.11";
const CONFIG = { runner_id: ID };

const simulator = useSimulator();
const session = useProviderSession(simulator);

function joinHost(roles = ["allocator"]): void {
  addHost(simulator().platform, { runnerId: ID, roles });
}

/** Method and path of the calls that change something. */
function changes(): string[] {
  return simulator()
    .requests.filter(({ method }) => method !== "GET")
    .map(({ method, path }) => `${method} ${path}`);
}

function runnerIds(): string[] {
  return simulator()
    .state()
    .runners.map(({ runnerId }) => runnerId);
}

describe("create", () => {
  test.each(["connected", "disconnected"])("refuses a runner id of a %s host, and makes nothing", async (presence) => {
    joinHost();
    if (presence === "disconnected") simulator().platform.disconnect(ID);

    const created = await session().apply("ece_host", CONFIG);

    expect(created.state).toBeNull();
    expect(created.diagnostics).toEqual([
      expect.objectContaining({ summary: `The runner id ${ID} is taken`, path: ["runner_id"] }),
    ]);
    expect(errorsOf(created)).toContain(`a ${presence} host`);
    expect(errorsOf(created)).toMatch(/delete that host in the Cloud UI.*set adopt to true/);
  });

  test("takes over a known host where adopt says so, and tells the platform's version", async () => {
    joinHost();

    const { state } = await session().apply("ece_host", { ...CONFIG, adopt: true });

    expect(state).toMatchObject({ runner_id: ID, platform_version: "4.0.3" });
  });

  test("gives each creation another id", async () => {
    const first = await session().apply("ece_host", CONFIG);
    const second = await (await ProviderSession.start(simulator())).apply("ece_host", CONFIG);

    expect(first.state?.id).toEqual(expect.any(String));
    expect(second.state?.id).toEqual(expect.any(String));
    expect(second.state?.id).not.toBe(first.state?.id);
  });
});

describe("read", () => {
  test("keeps a host that has not joined yet", async () => {
    const created = await session().apply("ece_host", CONFIG);

    const read = await session().read("ece_host", created);

    expect(read.state).toEqual(created.state);
  });

  test("takes a host that had joined for gone when its record was deleted", async () => {
    const created = await session().apply("ece_host", CONFIG);
    joinHost();
    const joined = await session().read("ece_host", created);

    simulator().platform.disconnect(ID);
    simulator().platform.runners.delete(ID);
    const read = await session().read("ece_host", joined);

    expect(joined.state).toEqual(created.state);
    expect(read.state).toBeNull();
  });

  test("keeps a host that the list lacks and the platform knows by its id", async () => {
    const created = await session().apply("ece_host", CONFIG);
    joinHost();
    const joined = await session().read("ece_host", created);
    jest.spyOn(simulator().platform.runners, "list").mockImplementationOnce(() => []);

    const read = await (await ProviderSession.start(simulator())).read("ece_host", joined);

    expect(read.state).toEqual(created.state);
  });

  test.each([401, 403, 503])("keeps the host when the platform answers %i", async (status) => {
    const created = await session().apply("ece_host", CONFIG);
    simulator().faults.add({ path: "/platform/infrastructure/runners", kind: "status", status });

    const read = await session().read("ece_host", created);

    expect(read.state).toEqual(created.state);
    expect(errorsOf(read)).toContain(String(status));
  });
});

describe("plan", () => {
  test("a changed install_fingerprint replaces the host, and the plan shows both", async () => {
    const created = await session().apply("ece_host", { ...CONFIG, install_fingerprint: "zone 1" });

    const plan = await session().plan("ece_host", { ...CONFIG, install_fingerprint: "zone 2" }, created);

    expect(plan.requiresReplace).toEqual([["install_fingerprint"]]);
    expect(plan.plan).toMatchObject({ install_fingerprint: "zone 2" });
  });

  test("the first install_fingerprint of an imported host replaces nothing", async () => {
    joinHost();
    const imported = await session().import("ece_host", ID);

    const plan = await session().plan("ece_host", { ...CONFIG, install_fingerprint: "zone 1" }, imported);
    const without = await session().plan("ece_host", CONFIG, imported);

    expect(imported.state).toMatchObject({ runner_id: ID, platform_version: "4.0.3" });
    expect(plan.requiresReplace).toEqual([]);
    expect(without.plan).toEqual(imported.state);
  });

  test("a trait with another value replaces the host; one that is new or goes away does not", async () => {
    const created = await session().apply("ece_host", { ...CONFIG, traits: { zone: "1", engine: "docker" } });
    const planned = (traits: ObjectValue | null) => session().plan("ece_host", { ...CONFIG, traits }, created);

    expect((await planned({ zone: "2", engine: "docker" })).requiresReplace).toEqual([["traits", "zone"]]);
    expect((await planned({ zone: "1", engine: "docker", ip: "10.0.0.11" })).requiresReplace).toEqual([]);
    expect((await planned({ zone: "1" })).requiresReplace).toEqual([]);
    expect((await planned(null)).requiresReplace).toEqual([]);
  });

  test("what an EceHost of 0.1.0 wrote into install_fingerprint counts as its traits", async () => {
    const install_fingerprint =
      "zone 1, storage /mnt/data/elastic, engine docker, host ip 10.0.0.11, heaps runner:1G/proxy:8G, version 4.0.3, ssh host a";
    const created = await session().apply("ece_host", { ...CONFIG, install_fingerprint });
    const traits = {
      availabilityZone: "1",
      hostStoragePath: "/mnt/data/elastic",
      containerEngine: "docker",
      hostIp: "10.0.0.11",
    };

    const same = await session().plan("ece_host", { ...CONFIG, traits }, created);
    const other = await session().plan(
      "ece_host",
      { ...CONFIG, traits: { ...traits, availabilityZone: "2" } },
      created,
    );

    expect([same.requiresReplace, other.requiresReplace]).toEqual([[], [["traits", "availabilityZone"]]]);
  });

  test("what only an install takes is changed in place, and the plan says what it is for", async () => {
    const created = await session().apply("ece_host", {
      ...CONFIG,
      install_arguments: { capacityMb: "", tags: "a:b" },
    });
    const install_arguments = { capacityMb: "9000", tags: "a:b", heaps: "large" };

    const { requiresReplace, diagnostics } = await session().plan(
      "ece_host",
      { ...CONFIG, install_arguments },
      created,
    );
    const updated = await session().apply("ece_host", { ...CONFIG, install_arguments }, created);
    const again = await session().plan("ece_host", { ...CONFIG, install_arguments }, updated);

    expect(requiresReplace).toEqual([]);
    expect(diagnostics).toMatchObject([{ severity: "warning", summary: `For the next install of ${ID}: capacityMb` }]);
    expect([again.plan, again.diagnostics]).toEqual([updated.state, []]);
  });

  test("what destroy shall do is changed in place, without asking the platform", async () => {
    const created = await session().apply("ece_host", CONFIG);
    const before = simulator().requests.length;

    const updated = await session().apply("ece_host", { ...CONFIG, on_destroy: "abandon" }, created);

    expect(updated.state).toEqual({ ...created.state, on_destroy: "abandon" });
    expect(simulator().requests).toHaveLength(before);
  });
});

describe("one runner id", () => {
  const TWO = `Two ece_host resources have the runner id ${ID}`;

  async function another(): Promise<ProviderSession> {
    return ProviderSession.start(simulator());
  }

  test("planned for two new hosts is refused, and the error says what to do", async () => {
    const first = await session().plan("ece_host", CONFIG);
    const second = await session().plan("ece_host", CONFIG);

    expect(errorsOf(first)).toBe("");
    expect(second.diagnostics).toMatchObject([{ severity: "error", summary: TWO, path: ["runner_id"] }]);
    expect(errorsOf(second)).toContain("moved");
  });

  test.each<[what: string, plan: (session: ProviderSession, stored: Outcome) => Promise<Reply>]>([
    ["is kept", (there, stored) => there.plan("ece_host", CONFIG, stored)],
    ["is changed", (there, stored) => there.plan("ece_host", { ...CONFIG, on_destroy: "abandon" }, stored)],
    ["is destroyed, as by a new name without a moved block", (there, stored) => there.planDestroy("ece_host", stored)],
    ["gets another runner id", (there, stored) => there.plan("ece_host", { runner_id: "10.0.0.9" }, stored)],
  ])("of a host that %s is refused to a new one, whichever is planned first", async (_what, planStored) => {
    const stored = await (await another()).apply("ece_host", CONFIG);
    const [one, other] = [await another(), await another()];

    const before = [await planStored(one, stored), await one.plan("ece_host", CONFIG)];
    const after = [await other.plan("ece_host", CONFIG), await planStored(other, stored)];

    expect(before.map(({ diagnostics }) => diagnostics.map(({ summary }) => summary))).toEqual([[], [TWO]]);
    expect(after.map(({ diagnostics }) => diagnostics.map(({ summary }) => summary))).toEqual([[], [TWO]]);
  });

  test("of two hosts in the state is refused, unless both are destroyed", async () => {
    const first = await (await another()).apply("ece_host", CONFIG);
    const second = await (await another()).apply("ece_host", CONFIG);
    const destroying = await another();

    await session().plan("ece_host", CONFIG, first);
    const kept = await session().plan("ece_host", CONFIG, second);
    const destroyed = [
      await destroying.planDestroy("ece_host", first),
      await destroying.planDestroy("ece_host", second),
    ];

    expect(errorsOf(kept)).toContain("terraform state rm");
    expect(destroyed.map(errorsOf)).toEqual(["", ""]);
  });

  test("of a host that is replaced may be planned twice, and is free again once it is destroyed", async () => {
    const stored = await (await another()).apply("ece_host", CONFIG);

    const first = await session().plan("ece_host", { ...CONFIG, install_fingerprint: "zone 2" }, stored);
    const second = await session().plan("ece_host", CONFIG, { state: null, privateState: first.privateState });
    const applying = await another();
    const destroyed = await applying.destroy("ece_host", stored);
    const created = await applying.apply("ece_host", CONFIG);

    for (const outcome of [first, second, destroyed, created]) expect(errorsOf(outcome)).toBe("");
  });

  test("that two creations learn only at apply goes to one of them", async () => {
    const plans = await Promise.all([1, 2].map(async () => (await another()).plan("ece_host", CONFIG)));

    const created = await Promise.all(
      plans.map(({ plan, privateState }) =>
        session().server.applyResourceChange({
          typeName: "ece_host",
          priorState: null,
          config: plan,
          plan,
          privateState,
        }),
      ),
    );

    expect(created.filter(({ state }) => state === null).map(errorsOf)).toEqual([expect.stringContaining(TWO)]);
  });

  test("of a creation that failed is free again", async () => {
    joinHost();
    const failed = await session().apply("ece_host", CONFIG);

    const created = await session().apply("ece_host", { ...CONFIG, adopt: true });

    expect(errorsOf(failed)).toContain("is taken");
    expect(errorsOf(created)).toBe("");
  });
});

describe("import", () => {
  test("of a host that the platform does not know is an error that names the platform", async () => {
    const imported = await session().import("ece_host", "10.9.9.9");

    expect(imported.state).toBeNull();
    expect(errorsOf(imported)).toContain(simulator().endpoint);
    expect(errorsOf(imported)).toContain("10.9.9.9");
    expect(errorsOf(imported)).toContain("`cdktf-ece hosts` lists");
  });

  test("with its arguments plans nothing, whatever they are", async () => {
    joinHost();
    const config = { ...CONFIG, adopt: true, install_fingerprint: "zone a", timeouts: { delete: "20m" } };

    const imported = await session().import("ece_host", JSON.stringify({ ...config, id: "a-b" }));
    const planned = await session().plan("ece_host", config, imported);

    expect(imported).toMatchObject({ diagnostics: [], state: { ...config, id: "a-b" } });
    expect(planned).toMatchObject({ diagnostics: [], plan: imported.state, requiresReplace: [] });
  });
});

describe("delete", () => {
  test("waits until the host is disconnected, then removes the allocator's record and the runner's", async () => {
    const created = await session().apply("ece_host", CONFIG);
    joinHost();
    simulator().platform.setRoles(ID, ["beats-runner", "services-forwarder"]);

    const destroying = session().destroy("ece_host", created);
    await session().clock.holdAtSleep();
    const whileConnected = changes();
    simulator().platform.disconnect(ID);
    session().clock.release();
    const destroyed = await destroying;

    expect(whileConnected).toEqual([]);
    expect(errorsOf(destroyed)).toBe("");
    expect(destroyed.state).toBeNull();
    expect(changes()).toEqual([
      `DELETE /platform/infrastructure/allocators/${ID}`,
      `DELETE /platform/infrastructure/runners/${ID}`,
    ]);
  });

  test("of a host that stays connected fails, says what to do, and keeps the host", async () => {
    const created = await session().apply("ece_host", { ...CONFIG, timeouts: { delete: "100ms" } });
    joinHost();

    const destroyed = await session().destroy("ece_host", created);

    expect(errorsOf(destroyed)).toContain(`The host ${ID} is still connected`);
    expect(errorsOf(destroyed)).toContain("frc-runners-runner");
    expect(destroyed.state).toEqual(created.state);
    expect(changes()).toEqual([]);
  });

  test("outlasts a coordinator that is away", async () => {
    const created = await session().apply("ece_host", CONFIG);
    joinHost([]);
    simulator().platform.disconnect(ID);
    const path = "/platform/infrastructure/runners";
    simulator().faults.add({ path, kind: "status", status: 503 });
    simulator().faults.add({ path, kind: "reset-before" });
    simulator().faults.add({ path, kind: "html", status: 200 });

    const destroyed = await session().destroy("ece_host", created);

    expect(errorsOf(destroyed)).toBe("");
    expect(simulator().faults.pending()).toEqual([]);
    expect(runnerIds()).not.toContain(ID);
  });

  test("of what others have deleted is no error", async () => {
    const created = await session().apply("ece_host", CONFIG);
    joinHost();
    simulator().platform.disconnect(ID);
    for (const [path, code] of [
      ["/platform/infrastructure/allocators", "allocators.allocator_not_found"],
      ["/platform/infrastructure/runners", "runners.runner_not_found"],
    ] as const)
      simulator().faults.add({ method: "DELETE", path, kind: "status", status: 404, code, message: "gone" });

    const destroyed = await session().destroy("ece_host", created);

    expect(errorsOf(destroyed)).toBe("");
    expect(simulator().faults.pending()).toEqual([]);
  });

  test("is tried again while the platform refuses although it shows the host disconnected", async () => {
    const created = await session().apply("ece_host", CONFIG);
    joinHost();
    simulator().platform.disconnect(ID);
    for (const [path, code] of [
      ["/platform/infrastructure/allocators", "allocators.delete_connected_allocator_attempt"],
      ["/platform/infrastructure/runners", "runners.runner_deletion_failed"],
    ] as const)
      simulator().faults.add({ method: "DELETE", path, kind: "status", status: 400, code, times: 2 });

    const destroyed = await session().destroy("ece_host", created);

    expect(errorsOf(destroyed)).toBe("");
    expect(runnerIds()).not.toContain(ID);
  });

  test("of a host that never joined asks whether it did, and changes nothing", async () => {
    const created = await session().apply("ece_host", CONFIG);

    const destroyed = await session().destroy("ece_host", created);

    expect(destroyed).toMatchObject({ state: null, diagnostics: [] });
    expect(changes()).toEqual([]);
  });

  test("of a host that still holds instances fails and names them; remove_instances gives them up", async () => {
    const created = await session().apply("ece_host", CONFIG);
    joinHost();
    simulator().platform.placeInstances(ID, [{ clusterName: "orders", instanceName: "instance-0000000007" }]);
    simulator().platform.disconnect(ID);

    const refused = await session().destroy("ece_host", created);
    const changed = await session().apply("ece_host", { ...CONFIG, remove_instances: true }, created);
    const destroyed = await session().destroy("ece_host", changed);

    expect(errorsOf(refused)).toContain("instance-0000000007 of elasticsearch orders");
    expect(errorsOf(refused)).toContain("remove_instances");
    expect(refused.state).toEqual(created.state);
    expect(errorsOf(destroyed)).toBe("");
    expect(runnerIds()).not.toContain(ID);
    expect(
      simulator()
        .state()
        .allocators.map(({ allocatorId }) => allocatorId),
    ).not.toContain(ID);
  });

  test("of a director that kept its role demotes it", async () => {
    const created = await session().apply("ece_host", CONFIG);
    addHost(simulator().platform, { runnerId: "192.168.44.12", roles: ["director"] });
    joinHost(["director"]);
    simulator().platform.disconnect(ID);

    const destroyed = await session().destroy("ece_host", created);

    expect(errorsOf(destroyed)).toBe("");
    expect(
      simulator()
        .platform.ensemble.list()
        .map(({ name }) => name),
    ).not.toContain(ID);
    expect(changes()).toEqual([
      `PUT /platform/infrastructure/runners/${ID}/roles`,
      `POST /platform/infrastructure/coordinators/${ID}/_demote`,
      `DELETE /platform/infrastructure/runners/${ID}`,
    ]);
  });

  test("with on_destroy abandon leaves the platform alone", async () => {
    const created = await session().apply("ece_host", { ...CONFIG, on_destroy: "abandon" });
    joinHost();
    const before = simulator().requests.length;

    const destroyed = await session().destroy("ece_host", created);

    expect(destroyed).toMatchObject({ state: null, diagnostics: [] });
    expect(simulator().requests).toHaveLength(before);
  });

  test("ends at once when Terraform is interrupted, and keeps the host", async () => {
    const created = await session().apply("ece_host", CONFIG);
    joinHost();

    const destroying = session().destroy("ece_host", created);
    await session().clock.holdAtSleep();
    session().server.stop();
    const destroyed = await destroying;

    expect(errorsOf(destroyed)).toContain("interrupted");
    expect(destroyed.state).toEqual(created.state);
  });
});
