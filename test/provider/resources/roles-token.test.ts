import { createHmac } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodeRolesToken } from "../../../lib/api";
import type { Diagnostic } from "../../../lib/plugin/framework";
import type { FaultKind } from "../../../lib/simulator";
import { TimeLimits } from "../../api/stub-platform";
import { eventually } from "../../support/eventually";
import { ProviderSession, useProviderSession, type Outcome } from "../../support/provider-session";
import { useSimulator } from "../../support/use-simulator";

const TYPE = "ece_roles_token";
const TOKENS = "/platform/configuration/security/enrollment-tokens";

const simulator = useSimulator();
const session = useProviderSession(simulator);

function liveIds(): string[] {
  return simulator()
    .state()
    .tokens.filter(({ live }) => live)
    .map(({ id }) => id);
}

function asked(method: string): number {
  return simulator().requests.filter((request) => request.method === method && request.path.startsWith(TOKENS)).length;
}

function mint(...roles: string[]) {
  return simulator().platform.tokens.mint({ roles, persistent: true });
}

function texts({ diagnostics }: { readonly diagnostics: readonly Diagnostic[] }): string {
  return diagnostics.map(({ severity, summary, detail }) => `${severity}: ${summary}: ${detail}`).join("\n");
}

function idOf({ state }: Outcome): string {
  return state?.id as string;
}

function tokenOf({ state }: Outcome): string {
  return state?.token as string;
}

/** A token that this platform did not sign. */
function forge(claims: object): string {
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString("base64url");
  const content = `${encode({ typ: "JWT", alg: "HS256" })}.${encode(claims)}`;
  return `${content}.${createHmac("sha256", "another platform").update(content).digest("base64url")}`;
}

async function create(config = {}): Promise<Outcome> {
  const created = await session().apply(TYPE, { roles: ["allocator"], ...config });
  expect(created.diagnostics).toEqual([]);
  return created;
}

describe("create", () => {
  test("keeps the id and the token, and asks the platform for one persistent token", async () => {
    const created = await create();

    expect(created.state).toMatchObject({
      roles: ["allocator"],
      on_missing: "recreate",
      revoked: false,
      triggers: null,
    });
    expect(decodeRolesToken(tokenOf(created))).toMatchObject({ tokenId: idOf(created), roles: ["allocator"] });
    expect(simulator().requests.filter(({ method }) => method === "POST")).toMatchObject([
      { body: { persistent: true, roles: ["allocator"] } },
    ]);
  });

  test("tells the possible ids when the answer was lost, revokes none of them, and asks only once", async () => {
    const sibling = await create();
    const before = liveIds();
    simulator().faults.add({ method: "POST", path: TOKENS, kind: "reset-after-commit" });

    const failed = await session().apply(TYPE, { roles: ["allocator"] });

    const [lost] = liveIds().filter((id) => !before.includes(id));
    expect(failed.state).toBeNull();
    expect(texts(failed)).toContain(String(lost));
    expect(texts(failed)).toContain(`cdktf-ece tokens revoke`);
    expect(texts(failed)).not.toContain(idOf(sibling));
    expect(asked("POST")).toBe(2);
    expect(asked("DELETE")).toBe(0);
  });

  test("does not take for its own what other creations of the same apply made meanwhile", async () => {
    simulator().faults.add({ method: "POST", path: TOKENS, kind: "reset-after-commit" });

    const outcomes = await Promise.all(
      ["a", "b", "c"].map((name) => session().apply(TYPE, { roles: ["proxy"], triggers: { name } })),
    );

    const failed = outcomes.filter(({ state }) => state === null);
    const siblings = outcomes.flatMap(({ state }) => (state === null ? [] : [state.id as string]));
    expect(failed).toHaveLength(1);
    expect(siblings.filter((id) => texts(failed[0]!).includes(id))).toEqual([]);
  });

  test("says that nothing was created when the platform never saw the request", async () => {
    simulator().faults.add({ method: "POST", path: TOKENS, kind: "reset-before" });

    const failed = await session().apply(TYPE, { roles: ["allocator"] });

    expect(failed.state).toBeNull();
    expect(texts(failed)).toContain("nothing was created");
    expect(asked("POST")).toBe(1);
  });

  test("does not call nothing created what the platform may still be at", async () => {
    const limits = new TimeLimits();
    const { startTimeLimit } = limits;
    const impatient = await ProviderSession.start(simulator(), {}, { startTimeLimit });
    simulator().faults.add({ method: "POST", path: TOKENS, kind: "delay", milliseconds: 60_000 });

    const applying = impatient.apply(TYPE, { roles: ["allocator"] });
    await eventually(() => simulator().faults.pending().length === 0);
    limits.expire();
    const failed = await applying;

    expect(failed.state).toBeNull();
    expect(texts(failed)).toContain("may still make one");
    expect(texts(failed)).not.toContain("nothing was created");
  });

  test("that is interrupted keeps the token that the platform was at", async () => {
    const { tokens } = simulator().platform;
    const made = mint("allocator");
    jest.spyOn(tokens, "mint").mockImplementationOnce(() => {
      session().server.stop();
      return made;
    });

    const created = await session().apply(TYPE, { roles: ["allocator"] });

    expect(created).toMatchObject({ diagnostics: [], state: { id: made.id, token: made.token } });
  });

  test("says how to find the token when the platform is away afterwards", async () => {
    simulator().faults.add({ method: "POST", path: TOKENS, kind: "reset-after-commit" });
    // The look at who the platform is, and the one right before the creation.
    simulator().faults.add({ method: "GET", path: TOKENS, kind: "delay", milliseconds: 0, times: 2 });
    simulator().faults.add({ method: "GET", path: TOKENS, kind: "status", status: 503, times: 1000 });

    const failed = await session().apply(TYPE, { roles: ["allocator"] });

    expect(texts(failed)).toContain("could not be asked for its tokens afterwards");
    expect(texts(failed)).toContain("cdktf-ece tokens audit");
    expect(asked("POST")).toBe(1);
  });

  test("a refusal says why, and leaves nothing in state", async () => {
    simulator().faults.add({
      method: "POST",
      path: TOKENS,
      kind: "status",
      status: 403,
      code: "enrollment_tokens.signing_key_not_found",
    });

    const failed = await session().apply(TYPE, { roles: ["allocator"] });

    expect(failed.state).toBeNull();
    expect(texts(failed)).toContain("signing_key_not_found");
    expect(texts(failed)).toContain("the key that signs roles tokens");
  });

  describe.each<[what: string, fault: { kind: FaultKind; status?: number }]>([
    ["a broken connection", { kind: "reset-after-commit" }],
    ["400", { kind: "status-after-commit", status: 400 }],
    ["401", { kind: "status-after-commit", status: 401 }],
    ["403", { kind: "status-after-commit", status: 403 }],
    ["404", { kind: "status-after-commit", status: 404 }],
    ["429", { kind: "status-after-commit", status: 429 }],
    ["500", { kind: "status-after-commit", status: 500 }],
    ["503", { kind: "status-after-commit", status: 503 }],
  ])("that is answered by %s although the token was made", (_what, fault) => {
    test.each([0, 2])("names it, even if the list lags by %i looks, and asks only once", async (lag) => {
      const patient = await ProviderSession.start(simulator(), { max_retries: 4 });
      const before = liveIds();
      const { tokens } = simulator().platform;
      const list = jest.spyOn(tokens, "list");
      simulator().faults.add({ method: "POST", path: TOKENS, ...fault });
      const mintToken = tokens.mint.bind(tokens);
      jest.spyOn(tokens, "mint").mockImplementationOnce((request) => {
        const shown = tokens.list();
        for (let look = 0; look < lag; look++) list.mockImplementationOnce(() => shown);
        return mintToken(request);
      });

      const failed = await patient.apply(TYPE, { roles: ["allocator"] });

      const [lost, ...more] = liveIds().filter((id) => !before.includes(id));
      expect(more).toEqual([]);
      expect(failed.state).toBeNull();
      expect(texts(failed)).toContain(String(lost));
      expect(texts(failed)).toContain(String(fault.status ?? "POST"));
      expect(asked("POST")).toBe(1);
      expect(asked("DELETE")).toBe(0);
    });
  });

  test("that is answered by 401 in a login session is not asked for again in another one", async () => {
    const loggedIn = await ProviderSession.start(simulator(), { login: true });
    const before = liveIds();
    simulator().faults.add({ method: "POST", path: TOKENS, kind: "status-after-commit", status: 401 });

    const failed = await loggedIn.apply(TYPE, { roles: ["allocator"] });

    const made = liveIds().filter((id) => !before.includes(id));
    expect(made).toHaveLength(1);
    expect(failed.state).toBeNull();
    expect(texts(failed)).toContain(made[0]);
  });

  test.each<[what: string, fault: { kind: FaultKind; status?: number }]>([
    ["a broken connection", { kind: "reset-before" }],
    ["403", { kind: "status", status: 403 }],
    ["429", { kind: "status", status: 429 }],
    ["503", { kind: "status", status: 503 }],
    ["a page of a proxy", { kind: "html", status: 502 }],
  ])("that is answered by %s, and made nothing, names no token and says what to look for", async (_what, fault) => {
    const before = liveIds();
    mint("allocator");
    simulator().faults.add({ method: "POST", path: TOKENS, ...fault });

    const failed = await session().apply(TYPE, { roles: ["allocator"] });

    expect(failed.state).toBeNull();
    expect(texts(failed)).toContain("nothing was created");
    expect(texts(failed)).toContain("cdktf-ece tokens audit");
    expect(liveIds().filter((id) => texts(failed).includes(id))).toEqual([]);
    expect(liveIds()).toHaveLength(before.length + 1);
  });

  test("keeps a token that does not name its own id, with an error, so that the next apply revokes it", async () => {
    const { tokens } = simulator().platform;
    const id = "00000000-0000-4000-8000-000000000000";
    jest.spyOn(tokens, "mint").mockImplementationOnce(() => ({ ...mint("allocator"), id }));

    const created = await session().apply(TYPE, { roles: ["allocator"] });

    expect(created.state).toMatchObject({ id });
    expect(texts(created)).toContain("does not match its id");
    expect(created.diagnostics).toMatchObject([{ severity: "error", path: ["id"] }]);
  });

  test("keeps a token that lacks roles, with an error that says what would happen", async () => {
    const { tokens } = simulator().platform;
    jest.spyOn(tokens, "mint").mockImplementationOnce(() => mint("proxy"));

    const created = await session().apply(TYPE, { roles: ["allocator", "proxy"] });

    expect(liveIds()).toContain(created.state?.id);
    expect(created.diagnostics).toMatchObject([{ severity: "error", path: ["roles"] }]);
    expect(texts(created)).toContain("a host would join without allocator");
    expect(texts(created)).not.toContain(tokenOf(created));
  });
});

describe("read", () => {
  test.each<[string, string]>([
    ["recreate", "keeps a token that was revoked, and plans its replacement"],
    ["keep", "keeps a token that was revoked, and plans nothing"],
  ])("with on_missing %s %s", async (on_missing) => {
    const config = { roles: ["allocator"], on_missing };
    const created = await create(config);
    simulator().platform.tokens.revoke(idOf(created));

    const read = await session().read(TYPE, created);

    const { plan, requiresReplace } = await session().plan(TYPE, config, read);

    expect(read.state).toEqual({ ...created.state, revoked: true });
    expect(requiresReplace).toEqual(on_missing === "recreate" ? [["revoked"]] : []);
    if (on_missing === "keep") expect(plan).toEqual(read.state);
  });

  test("a token that a list lacked once is revoked by its replacement, so that none is left alive", async () => {
    const created = await create();
    const { tokens } = simulator().platform;
    jest.spyOn(tokens, "list").mockImplementationOnce(() => []);

    const read = await session().read(TYPE, created);
    await session().destroy(TYPE, read);

    expect(read.state).toMatchObject({ id: idOf(created), revoked: true });
    expect(tokens.list().map(({ id }) => id)).not.toContain(idOf(created));
  });

  test("a token is planned as not revoked", async () => {
    expect((await session().plan(TYPE, { roles: ["allocator"] })).plan).toMatchObject({ revoked: false });
  });

  test("a revoked token that shall be recreated after all is replaced", async () => {
    const created = await create({ on_missing: "keep" });
    simulator().platform.tokens.revoke(idOf(created));
    const read = await session().read(TYPE, created);

    const { requiresReplace } = await session().plan(TYPE, { roles: ["allocator"] }, read);

    expect(requiresReplace).toEqual([["revoked"]]);
  });

  test.each<[string, { kind: FaultKind; status?: number }]>([
    ["401", { kind: "status", status: 401 }],
    ["403", { kind: "status", status: 403 }],
    ["404 of something in front", { kind: "html", status: 404 }],
    ["503", { kind: "status", status: 503 }],
    ["a page of a proxy", { kind: "html" }],
    ["a broken connection", { kind: "reset-before" }],
  ])("%s is an error and keeps the token", async (_, fault) => {
    const created = await create();
    simulator().faults.add({ method: "GET", path: TOKENS, ...fault });

    const read = await session().read(TYPE, created);

    expect(read.diagnostics).toMatchObject([{ severity: "error" }]);
    expect(read.state).toEqual(created.state);
  });

  test("a thousand tokens read at once take a handful of list calls", async () => {
    const minted = Array.from({ length: 1000 }, () => mint("allocator"));
    const stored = minted.map(({ id, token, roles }) => ({
      state: { id, token, roles: [...roles], triggers: null, on_missing: "recreate", revoked: false },
      privateState: new Uint8Array(),
    }));

    const reads = await Promise.all(stored.map((each) => session().read(TYPE, each)));

    expect(reads.map(({ state }) => state)).toMatchObject(stored.map(({ state }) => state));
    expect(asked("GET")).toBeLessThan(5);
  });
});

describe("a list that lags behind a creation", () => {
  /** Makes a token that the platform does not list for so many looks after it. */
  async function createUnlisted(looks: number): Promise<Outcome> {
    const { tokens } = simulator().platform;
    const shown = tokens.list();
    const mintToken = tokens.mint.bind(tokens);
    const list = jest.spyOn(tokens, "list");
    jest.spyOn(tokens, "mint").mockImplementationOnce((request) => {
      for (let look = 0; look < looks; look++) list.mockImplementationOnce(() => shown);
      return mintToken(request);
    });
    return create();
  }

  async function readInAnotherProcess(stored: Outcome): Promise<Outcome> {
    return (await ProviderSession.start(simulator())).read(TYPE, stored);
  }

  afterEach(() => jest.restoreAllMocks());

  test("is waited out: a token that was listed since and is not any more was revoked", async () => {
    const created = await createUnlisted(3);
    simulator().platform.tokens.revoke(idOf(created));

    expect((await readInAnotherProcess(created)).state).toEqual({ ...created.state, revoked: true });
  });

  test("for long does not make the token a revoked one, in this process or the next", async () => {
    const created = await createUnlisted(100);

    const outcomes = [await session().read(TYPE, created), await readInAnotherProcess(created)];

    for (const { state, diagnostics } of outcomes) {
      expect(state).toEqual(created.state);
      expect(diagnostics).toMatchObject([{ severity: "warning" }]);
      expect(texts({ diagnostics })).toContain(idOf(created));
    }
  });

  test("and shows the token at last: from then on its absence counts", async () => {
    const created = await createUnlisted(100);
    const lagging = await readInAnotherProcess(created);
    jest.restoreAllMocks();
    const listed = await readInAnotherProcess(lagging);
    simulator().platform.tokens.revoke(idOf(created));

    const read = await readInAnotherProcess(listed);

    expect(listed).toMatchObject({ state: created.state, diagnostics: [] });
    expect(read.state).toEqual({ ...created.state, revoked: true });
  });

  test("for good: the token is replaced after some refreshes, and the old one revoked or named", async () => {
    let stored = await createUnlisted(1000);
    for (let refresh = 0; refresh < 3; refresh++) {
      stored = await readInAnotherProcess(stored);
      expect(stored.state).toMatchObject({ revoked: false });
    }
    stored = await readInAnotherProcess(stored);
    const { requiresReplace } = await session().plan(TYPE, { roles: ["allocator"] }, stored);
    jest.restoreAllMocks();
    simulator().faults.add({
      method: "DELETE",
      path: TOKENS,
      kind: "status",
      status: 404,
      code: "enrollment_tokens.invalid_token_id",
    });
    jest.spyOn(simulator().platform.tokens, "list").mockImplementationOnce(() => []);
    const unknown = await session().destroy(TYPE, stored);
    const revoked = await session().destroy(TYPE, stored);

    expect(stored.state).toMatchObject({ revoked: true });
    expect(requiresReplace).toEqual([["revoked"]]);
    expect(texts(unknown)).toContain(idOf({ ...stored }));
    expect(unknown.diagnostics).toMatchObject([{ severity: "warning" }]);
    expect(revoked).toMatchObject({ state: null, diagnostics: [] });
    expect(liveIds()).not.toContain(idOf(stored));
  });
});

describe("plan", () => {
  test.each([
    ["roles", { roles: ["proxy"] }],
    ["triggers", { roles: ["allocator"], triggers: { month: "2" } }],
  ])("a change of %s replaces the token", async (attribute, config) => {
    const created = await create();

    expect((await session().plan(TYPE, config, created)).requiresReplace).toEqual([[attribute]]);
  });

  test("a change of on_missing asks nothing of the platform", async () => {
    const created = await create();
    const before = simulator().requests.length;

    const updated = await session().apply(TYPE, { roles: ["allocator"], on_missing: "keep" }, created);

    expect(updated).toMatchObject({ diagnostics: [], state: { ...created.state, on_missing: "keep" } });
    expect(simulator().requests).toHaveLength(before);
  });

  test.each([
    [{ roles: [] }, "empty"],
    [{ roles: ["alocator"] }, "alocator"],
    [{ roles: ["proxy"], on_missing: "forget" }, "forget"],
  ])("%j is refused offline", async (config, named) => {
    const offline = new ProviderSession().server;

    const { diagnostics } = await offline.validateResourceConfig({
      typeName: TYPE,
      config: { triggers: null, on_missing: null, ...config },
    });

    expect(texts({ diagnostics })).toContain(named);
  });
});

describe("destroy", () => {
  test("revokes the token", async () => {
    const before = liveIds();

    const destroyed = await session().destroy(TYPE, await create());

    expect(destroyed).toMatchObject({ diagnostics: [], state: null });
    expect(liveIds()).toEqual(before);
  });

  test("a token that is gone already is destroyed", async () => {
    const created = await create();
    simulator().platform.tokens.revoke(idOf(created));

    expect(await session().destroy(TYPE, created)).toMatchObject({ diagnostics: [], state: null });
  });

  test("a list that still shows the token for a while is waited out", async () => {
    const created = await create();
    const { tokens } = simulator().platform;
    const before = tokens.list();
    jest
      .spyOn(tokens, "list")
      .mockImplementationOnce(() => before)
      .mockImplementationOnce(() => before);

    expect(await session().destroy(TYPE, created)).toMatchObject({ diagnostics: [], state: null });
  });

  test("a token that stays although its revocation was accepted is an error, and kept", async () => {
    const created = await create();
    jest.spyOn(simulator().platform.tokens, "revoke").mockImplementationOnce(() => undefined);

    const destroyed = await session().destroy(TYPE, created);

    expect(destroyed.state).toEqual(created.state);
    expect(texts(destroyed)).toContain("still alive");
    expect(texts(destroyed)).toContain(idOf(created));
  });

  test("a refusal is an error, and the token is kept", async () => {
    const created = await create();
    simulator().faults.add({ method: "DELETE", path: TOKENS, kind: "status", status: 403 });

    const destroyed = await session().destroy(TYPE, created);

    expect(destroyed.state).toEqual(created.state);
    expect(destroyed.diagnostics).toMatchObject([{ severity: "error" }]);
  });
});

describe("import", () => {
  const folder = mkdtempSync(join(tmpdir(), "cdktf-ece-test-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("by id knows everything but the token", async () => {
    const { id } = mint("allocator", "proxy");

    const imported = await session().import(TYPE, id);

    expect(imported.diagnostics).toEqual([]);
    expect(imported.state).toMatchObject({ id, token: null, roles: ["allocator", "proxy"], revoked: false });
  });

  test.each(["as it is", "from a file"])("by the token %s is complete: a plan changes nothing", async (way) => {
    const { id, token } = mint("allocator");
    const file = join(folder, "token");
    writeFileSync(file, `${token}\n`);

    const imported = await session().import(TYPE, way === "from a file" ? `file:${file}` : token);
    const { plan } = await session().plan(TYPE, { roles: ["allocator"] }, imported);

    expect(imported.state).toMatchObject({ id, token, roles: ["allocator"] });
    expect(imported.diagnostics.map(({ summary }) => summary)).toEqual(
      way === "from a file" ? [] : ["Terraform has shown the roles token"],
    );
    expect(plan).toEqual(imported.state);
  });

  const live = "LIVE";
  test.each<[string, object, string]>([
    [
      "a token of another platform",
      { sub: "11111111-1111-4111-8111-111111111111", roles: ["proxy"] },
      "no roles token with the id 11111111",
    ],
    [
      "a token whose roles are not the platform's",
      { sub: live, roles: ["allocator", "proxy"] },
      "the platform says proxy",
    ],
    ["an expired token", { sub: live, roles: ["proxy"], exp: 1_493_646_213 }, "expired at 2017-05-01"],
    ["an ephemeral token", { sub: live, roles: ["proxy"], exp: 4_102_444_800 }, "expires by itself at 2100-01-01"],
    ["a token without an id", { roles: ["proxy"] }, "not a readable one"],
  ])("%s is refused without showing it", async (_, claims, text) => {
    const { id } = mint("proxy");
    const token = forge(JSON.parse(JSON.stringify(claims).replace(live, id)) as object);

    const imported = await session().import(TYPE, token);

    expect(imported.state).toBeNull();
    expect(imported.diagnostics).toMatchObject([{ severity: "error", summary: "Unable to import the roles token" }]);
    expect(texts(imported)).toContain(text);
    expect(texts(imported)).not.toContain(token.split(".")[1]);
  });

  test("a text that only looks like a token is refused without showing it", async () => {
    const imported = await session().import(TYPE, "eyJhbGciOi.secret-part.x");

    expect(texts(imported)).toContain("Give the token's id, or the whole token");
    expect(texts(imported)).not.toContain("secret-part");
  });

  test("what has not the form of an id is refused, and shown only where Terraform shows it anyway", async () => {
    const file = join(folder, "password");
    writeFileSync(file, "open sesame");

    const typed = texts(await session().import(TYPE, "my token"));
    const inFile = texts(await session().import(TYPE, `file:${file}`));

    expect(typed).toContain('"my token" is neither the id of a roles token nor one');
    expect(typed).toContain("`cdktf-ece tokens list`");
    expect(inFile).toContain(`What stands in ${file} is neither`);
    expect(inFile).not.toContain("sesame");
  });

  test("a file that is not there is refused by its name", async () => {
    expect(texts(await session().import(TYPE, `file:${folder}/missing`))).toContain(
      `${folder}/missing cannot be read (ENOENT)`,
    );
  });

  test("what may be the emergency token comes with a warning of what destroying would do", async () => {
    const { id = "" } =
      simulator()
        .state()
        .tokens.find(({ roles }) => roles.length === 3) ?? {};

    const imported = await session().import(TYPE, id);

    expect(imported.state).toMatchObject({ id });
    expect(imported.diagnostics).toMatchObject([{ severity: "warning" }]);
    expect(texts(imported)).toContain("revokes it");
    expect((await session().import(TYPE, mint("proxy").id)).diagnostics).toEqual([]);
  });
});
