import { UNKNOWN, type ObjectValue } from "../../../lib/plugin/framework";
import { Simulator } from "../../../lib/simulator";
import { errorsOf } from "../../support/diagnostics";
import { changesOf } from "../../support/simulator-state";
import { made, useTwoPlatforms } from "../../support/two-platforms";
import { ProviderSession, type Outcome } from "../../support/provider-session";

const ID = "192.168.44.11";
const SECURITY = "/platform/configuration/security/deployment";
const TOKENS = "/platform/configuration/security/enrollment-tokens";
const HOST = { runner_id: ID, adopt: true };

/** What takes the argument, with a configuration that any platform would take. */
const TYPES: readonly [typeName: string, config: ObjectValue][] = [
  ["ece_roles_token", { roles: ["allocator"] }],
  ["ece_host_roles", { runner_id: ID, roles: ["allocator"] }],
];

const platforms = useTwoPlatforms(ID);

function hide(simulator: Simulator, status: number, ...paths: string[]): void {
  for (const path of paths) simulator.faults.add({ method: "GET", path, kind: "status", status, times: 100 });
}

async function idOf(simulator: Simulator): Promise<string> {
  return (await made("ece_host", HOST, simulator)).state?.platform_id as string;
}

/** A creation that was planned on one platform, carried out in a process that points to another. */
async function applied(typeName: string, config: ObjectValue, own: Simulator, other: Simulator): Promise<Outcome> {
  const { plan, privateState } = await (await ProviderSession.start(own)).plan(typeName, config);
  return (await ProviderSession.start(other)).server.applyResourceChange({
    typeName,
    priorState: null,
    config: plan,
    plan,
    privateState,
  });
}

describe("of a host", () => {
  test("is planned as it will be, the same in each process, and stays through refreshes", async () => {
    const [own, other] = platforms();
    const planned = await (await ProviderSession.start(own)).plan("ece_host", HOST);
    own.platform.tokens.mint({ roles: [], persistent: true });
    const created = await made("ece_host", HOST, own);
    const read = await (await ProviderSession.start(own)).read("ece_host", created);

    expect(planned.plan?.platform_id).toMatch(/^security-cluster:\w+$/);
    expect(created.state?.platform_id).toBe(planned.plan?.platform_id);
    expect(read.state).toEqual(created.state);
    expect(await idOf(other)).not.toBe(created.state?.platform_id);
  });

  test("is made of tokens where there is no security deployment, each of which proves it", async () => {
    const [own] = platforms();
    own.platform.securityDeployment = undefined;
    const planned = await (await ProviderSession.start(own)).plan("ece_host", HOST);
    const id = await idOf(own);
    own.platform.tokens.revoke(/token:([^,]+)/.exec(id)![1]!);

    const token = await made("ece_roles_token", { roles: ["proxy"], platform_id: id }, own);

    expect(planned.plan?.platform_id).toBe(UNKNOWN);
    expect(id.split(",").length).toBeGreaterThan(1);
    expect(token.state).toMatchObject({ platform_id: id });
  });

  test("is told by a refresh where a state of before has none", async () => {
    const [own] = platforms();
    const { state, privateState } = await made("ece_host", HOST, own);

    const read = await (
      await ProviderSession.start(own)
    ).read("ece_host", {
      state: { ...state, platform_id: null },
      privateState,
    });

    expect(read.state).toEqual(state);
  });

  test("is told anew when the platform shows nothing of it any more, though it is proven", async () => {
    const [own] = platforms();
    const { state, privateState } = await made("ece_host", HOST, own);
    own.platform.securityDeployment = { ...own.platform.securityDeployment!, clusterId: "anew", deploymentId: "anew" };

    const read = await (await ProviderSession.start(own)).read("ece_host", { state, privateState });

    expect(read.state).toEqual({ ...state, platform_id: "security-cluster:anew" });
  });
});

describe.each(TYPES)("as argument of %s", (typeName, config) => {
  test("lets it be made on that platform", async () => {
    const [own] = platforms();
    const platform_id = await idOf(own);

    expect((await made(typeName, { ...config, platform_id }, own)).state).toMatchObject({ platform_id });
  });

  test("makes nothing on another, neither by a plan nor by one that was saved", async () => {
    const [own, other] = platforms();
    const platform_id = await idOf(own);
    const before = changesOf(other);

    const planned = await (await ProviderSession.start(other)).plan(typeName, { ...config, platform_id });
    const created = await applied(typeName, { ...config, platform_id }, own, other);

    for (const outcome of [planned, created]) {
      expect(errorsOf(outcome)).toContain("This is another ECE platform");
      expect(errorsOf(outcome)).toContain(platform_id);
      expect(errorsOf(outcome)).toContain(other.endpoint);
    }
    expect(created.state).toBeNull();
    expect(changesOf(other)).toEqual(before);
  });

  test.each([401, 403, 404, 503])("makes nothing where the platform answers %i to who it is", async (status) => {
    const [own] = platforms();
    const platform_id = await idOf(own);
    const before = changesOf(own);
    hide(own, status, SECURITY, TOKENS);

    const created = await applied(typeName, { ...config, platform_id }, own, own);

    expect(errorsOf(created)).toContain("Unable to prove that this is the right ECE platform");
    expect(created.state).toBeNull();
    expect(changesOf(own)).toEqual(before);
  });

  test("is filled in where it is not given, so that giving it later plans nothing", async () => {
    const [own] = platforms();
    const platform_id = await idOf(own);
    const created = await made(typeName, config, own);
    const session = await ProviderSession.start(own);
    const old = await session.read(typeName, { ...created, state: { ...created.state, platform_id: null } });

    const planned = await session.plan(typeName, { ...config, platform_id }, old);

    expect(created.state).toMatchObject({ platform_id });
    expect(old.state).toEqual(created.state);
    expect(planned).toMatchObject({ plan: old.state, requiresReplace: [], diagnostics: [] });
  });

  test("changes in place without touching anything else, and only to one of the same platform", async () => {
    const [own, other] = platforms();
    const created = await made(typeName, config, own);
    const before = [own, other].map(changesOf);
    const { id } = own.platform.tokens.list()[0]!;
    const session = await ProviderSession.start(own);

    const changed = await session.apply(typeName, { ...config, platform_id: `token:${id}` }, created);
    const refused = await session.plan(typeName, { ...config, platform_id: await idOf(other) }, created);

    expect(changed).toMatchObject({ diagnostics: [], state: { ...created.state, platform_id: `token:${id}` } });
    expect(errorsOf(refused)).toContain("This is another ECE platform");
    expect([own, other].map(changesOf)).toEqual(before);
  });
});

test("an id that the platform does not show is proven by what this process has proven to belong to it", async () => {
  const [own] = platforms();
  const platform_id = await idOf(own);
  const config = { roles: ["allocator"], platform_id };
  const first = await made("ece_roles_token", config, own);
  hide(own, 403, SECURITY);
  const session = await ProviderSession.start(own);

  const alone = await session.apply("ece_roles_token", config);
  const destroyed = await session.destroy("ece_roles_token", first);
  const rotated = await session.apply("ece_roles_token", config);

  expect(errorsOf(alone)).toContain("Unable to prove");
  expect(errorsOf(destroyed)).toBe("");
  expect(errorsOf(rotated)).toBe("");
});
