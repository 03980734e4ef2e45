import type { ObjectValue } from "../../../lib/plugin/framework";
import { Simulator } from "../../../lib/simulator";
import { addHost } from "../../simulator/joining";
import { errorsOf } from "../../support/diagnostics";
import { ProviderSession, type Outcome } from "../../support/provider-session";

const ID = "192.168.44.11";
const SECURITY = "/platform/configuration/security/deployment";
const TOKENS = "/platform/configuration/security/enrollment-tokens";

/** Each type that changes a platform, with a configuration that both platforms would take. */
const TYPES: readonly [typeName: string, config: ObjectValue, change: ObjectValue][] = [
  ["ece_roles_token", { roles: ["allocator"] }, { on_missing: "keep" }],
  ["ece_host", { runner_id: ID, adopt: true }, { on_destroy: "abandon" }],
  ["ece_host_guard", { runner_id: ID }, { drain: { force: true } }],
  ["ece_host_roles", { runner_id: ID, roles: ["allocator"] }, { roles: ["proxy"] }],
  ["ece_allocator", { allocator_id: ID, tags: { a: "b" } }, { tags: { a: "c" } }],
];

let simulators: Simulator[];

beforeEach(async () => {
  simulators = [await Simulator.start(), await Simulator.start()];
  for (const { platform } of simulators) {
    addHost(platform, { runnerId: ID, roles: ["allocator"] });
    platform.placeInstances(ID, 2);
  }
});

afterEach(async () => {
  for (const simulator of simulators) await simulator.stop();
});

function platforms(): [own: Simulator, other: Simulator] {
  return simulators as [Simulator, Simulator];
}

function changesOf(simulator: Simulator): string[] {
  return simulator.requests.filter(({ method }) => method !== "GET").map(({ method, path }) => `${method} ${path}`);
}

async function made(typeName: string, config: ObjectValue, simulator: Simulator): Promise<Outcome> {
  const outcome = await (await ProviderSession.start(simulator)).apply(typeName, config);
  expect(errorsOf(outcome)).toBe("");
  return outcome;
}

/** The platform answers, but does not say who it is. */
function hideIdentity(simulator: Simulator, status: number): void {
  for (const path of [SECURITY, TOKENS])
    simulator.faults.add({ method: "GET", path, kind: "status", status, times: 100 });
}

describe.each(TYPES)("%s of one platform, on another with the same runner ids", (typeName, config, change) => {
  test("is neither read, planned, changed nor destroyed there, and the error names both platforms", async () => {
    const [own, other] = platforms();
    const stored = await made(typeName, config, own);
    const there = await ProviderSession.start(other);
    const planned = await (await ProviderSession.start(own)).plan(typeName, { ...config, ...change }, stored);

    const read = await there.read(typeName, stored);
    const plan = await there.plan(typeName, { ...config, ...change }, stored);
    const updated = await there.server.applyResourceChange({
      typeName,
      priorState: stored.state,
      config: plan.plan,
      plan: planned.plan,
      privateState: stored.privateState,
    });
    const destroyed = await there.destroy(typeName, stored);

    for (const outcome of [read, plan, updated, destroyed]) {
      expect(errorsOf(outcome)).toContain("This is another ECE platform");
      expect(errorsOf(outcome)).toContain(own.endpoint);
      expect(errorsOf(outcome)).toContain(other.endpoint);
    }
    for (const { state } of [read, updated, destroyed]) expect(state).toEqual(stored.state);
    expect(changesOf(other)).toEqual([]);
  });

  test.each([401, 403, 404, 503])("is not destroyed where the platform answers %i to who it is", async (status) => {
    const [own] = platforms();
    const stored = await made(typeName, config, own);
    const before = changesOf(own);
    hideIdentity(own, status);

    const destroyed = await (await ProviderSession.start(own)).destroy(typeName, stored);

    expect(errorsOf(destroyed)).toContain("Unable to prove that this is the right ECE platform");
    expect(errorsOf(destroyed)).toContain(String(status));
    expect(destroyed.state).toEqual(stored.state);
    expect(changesOf(own)).toEqual(before);
  });
});

describe("one witness proves the platform", () => {
  test.each([
    [
      "its tokens, where the security deployment is missing",
      (own: Simulator) => (own.platform.securityDeployment = undefined),
    ],
    [
      "its security deployment, where every token was revoked",
      (own: Simulator) => own.platform.tokens.list().forEach(({ id }) => own.platform.tokens.revoke(id)),
    ],
    [
      "its security deployment, where tokens cannot be listed",
      (own: Simulator) => own.faults.add({ method: "GET", path: TOKENS, kind: "status", status: 403, times: 100 }),
    ],
  ])("%s", async (_witness, change) => {
    const [own] = platforms();
    const stored = await made("ece_host", { runner_id: ID, adopt: true, on_destroy: "abandon" }, own);
    change(own);

    const destroyed = await (await ProviderSession.start(own)).destroy("ece_host", stored);

    expect(errorsOf(destroyed)).toBe("");
    expect(destroyed.state).toBeNull();
  });
});

test("a host that a platform does not show stays in the state while the platform is not proven", async () => {
  const [own] = platforms();
  const created = await made("ece_host", { runner_id: ID, adopt: true }, own);
  hideIdentity(own, 403);
  own.platform.disconnect(ID);
  own.platform.runners.delete(ID);

  const read = await (await ProviderSession.start(own)).read("ece_host", created);

  expect(read.state).toEqual(created.state);
  expect(read.diagnostics).toEqual([
    expect.objectContaining({ severity: "warning", summary: "Not found on a platform that may be another one" }),
  ]);
});

test("state of version 0.1.0, which remembers no platform, takes on the one that it is read from", async () => {
  const [own, other] = platforms();
  const { state } = await made("ece_host", { runner_id: ID, adopt: true }, own);
  const old = { state, privateState: new TextEncoder().encode(JSON.stringify({ joined: true })) };

  const read = await (await ProviderSession.start(own)).read("ece_host", old);
  const elsewhere = await (await ProviderSession.start(other)).read("ece_host", read);

  expect(read.state).toEqual(state);
  expect(errorsOf(elsewhere)).toContain("This is another ECE platform");
});

test("what was imported remembers its platform", async () => {
  const [own, other] = platforms();
  const imported = await (await ProviderSession.start(own)).import("ece_host", ID);

  const elsewhere = await (await ProviderSession.start(other)).destroy("ece_host", imported);

  expect(errorsOf(elsewhere)).toContain("This is another ECE platform");
  expect(changesOf(other)).toEqual([]);
});
