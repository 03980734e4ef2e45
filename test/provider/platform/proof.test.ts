import type { ObjectValue } from "../../../lib/plugin/framework";
import { Simulator } from "../../../lib/simulator";
import { errorsOf } from "../../support/diagnostics";
import { changesOf } from "../../support/simulator-state";
import { machineConfig } from "../../support/installed-machine";
import { made, useTwoPlatforms } from "../../support/two-platforms";
import { ProviderSession } from "../../support/provider-session";

const ID = "192.168.44.11";
const SECURITY = "/platform/configuration/security/deployment";
const TOKENS = "/platform/configuration/security/enrollment-tokens";

/** A configuration, or what makes one for the platform on which the resource is made. */
type Config = ObjectValue | ((own: Simulator) => ObjectValue);

/** Each type that changes a platform, with a configuration that both platforms would take, and a change of it. */
const TYPES: readonly [typeName: string, config: Config, change: ObjectValue][] = [
  ["ece_roles_token", { roles: ["allocator"] }, { on_missing: "keep" }],
  ["ece_host", { runner_id: ID, adopt: true }, { on_destroy: "abandon" }],
  ["ece_host_machine", ({ hosts }) => machineConfig(hosts[0]!), { ssh_host: "localhost" }],
  ["ece_host_guard", { runner_id: ID }, { drain: { force: true } }],
  ["ece_host_roles", { runner_id: ID, roles: ["allocator"] }, { roles: ["proxy"] }],
  ["ece_allocator", { allocator_id: ID, tags: { a: "b" } }, { tags: { a: "c" } }],
];

function configOn(own: Simulator, config: Config): ObjectValue {
  return typeof config === "function" ? config(own) : config;
}

/** The platform answers, but does not say who it is. */
function hideIdentity(simulator: Simulator, status: number): void {
  for (const path of [SECURITY, TOKENS])
    simulator.faults.add({ method: "GET", path, kind: "status", status, times: 100 });
}

describe.each(TYPES)("%s of one platform, on another with the same runner ids", (typeName, given, change) => {
  const platforms = useTwoPlatforms(ID, { instances: 2, hasMachine: typeName === "ece_host_machine" });

  test("is neither read, planned, changed nor destroyed there, and the error names both platforms", async () => {
    const [own, other] = platforms();
    const config = configOn(own, given);
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
    const config = configOn(own, given);
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

describe.each(TYPES)("%s of a platform that is given up", (typeName, given, change) => {
  const platforms = useTwoPlatforms(ID, { instances: 2, hasMachine: typeName === "ece_host_machine" });

  const giving = (ids: readonly string[]) => ({ given_up: { platforms: [...ids], machines: null, last_of: null } });

  /** The id that the error advises to give up. */
  function advisedId(outcome: Parameters<typeof errorsOf>[0]): string {
    return /given_up { platforms = \["([^"]+)"\] }/.exec(errorsOf(outcome))![1]!;
  }

  test("is kept in a refresh, and taken out of the state by a destroy that touches no platform", async () => {
    const [own, other] = platforms();
    const config = configOn(own, given);
    const stored = await made(typeName, config, own);
    const id = advisedId(await (await ProviderSession.start(other)).destroy(typeName, stored));
    const before = [own, other].map(changesOf);
    const asked = other.requests.length;
    const session = await ProviderSession.start(other, giving([id]));

    const read = await session.read(typeName, stored);
    const destroyed = await session.destroy(typeName, stored);

    expect(read).toEqual({ ...stored, diagnostics: [] });
    expect(destroyed).toMatchObject({ state: null, diagnostics: [] });
    expect([own, other].map(changesOf)).toEqual(before);
    expect(other.requests).toHaveLength(asked);
  });

  test("is planned with a warning that lists what is given up, once", async () => {
    const [own, other] = platforms();
    const config = configOn(own, given);
    const stored = await made(typeName, config, own);
    const id = advisedId(await (await ProviderSession.start(other)).destroy(typeName, stored));
    const session = await ProviderSession.start(other, giving([id, "token:another"]));

    const kept = await session.plan(typeName, config, stored);
    const { privateState } = kept;
    const replacement = await session.plan(typeName, config, { state: null, privateState });
    const destroyed = await session.planDestroy(typeName, stored);

    for (const { diagnostics } of [kept, destroyed]) {
      expect(diagnostics).toMatchObject([{ severity: "warning", summary: "Its ECE platform is given up" }]);
      expect(diagnostics[0]?.detail).toContain("nothing is revoked or removed there");
      expect(diagnostics[0]?.detail).toContain(`given_up.platforms lists ${[id, "token:another"].sort().join(", ")}`);
    }
    expect(replacement.diagnostics).toEqual([]);
  });

  test("is not changed, and nothing is made there", async () => {
    const [own, other] = platforms();
    const config = configOn(own, given);
    const stored = await made(typeName, config, own);
    const id = advisedId(await (await ProviderSession.start(other)).destroy(typeName, stored));
    const before = [own, other].map(changesOf);

    const changed = await (
      await ProviderSession.start(other, giving([id]))
    ).apply(typeName, { ...config, ...change }, stored);
    const created = await (await ProviderSession.start(own, giving([id]))).apply(typeName, config);

    expect(errorsOf(changed)).toContain("This is another ECE platform");
    expect(errorsOf(created)).toContain("This ECE platform is given up");
    expect(created.state).toBeNull();
    expect([own, other].map(changesOf)).toEqual(before);
  });
});

describe("a host that is given up", () => {
  const platforms = useTwoPlatforms(ID, { instances: 2 });
  const config = { runner_id: ID, roles: ["allocator"] };

  test.each<[what: string, givenUp: { [argument: string]: string[] }, summary: string]>([
    ["by its machine", { machines: [ID, "10.0.0.9"] }, `The machine of the host ${ID} is given up`],
    ["as the last of its role", { last_of: ["allocator"] }, "The last host with the role allocator may go"],
  ])("%s is planned with a warning where the plan relies on it", async (_what, givenUp, summary) => {
    const [own] = platforms();
    const stored = await made("ece_host_roles", config, own);
    const session = await ProviderSession.start(own, {
      given_up: { platforms: null, machines: null, last_of: null, ...givenUp },
    });

    const destroyed = await session.planDestroy("ece_host_roles", stored);
    const quiet = await session.plan("ece_host_roles", config, stored);

    expect(destroyed.diagnostics).toMatchObject([{ severity: "warning", summary }]);
    expect(destroyed.diagnostics[0]?.detail).toContain(Object.values(givenUp).flat().sort().join(", "));
    expect(quiet.diagnostics).toEqual([]);
  });
});

describe("a host", () => {
  const platforms = useTwoPlatforms(ID, { instances: 2 });

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
});
