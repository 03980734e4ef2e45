import { errorsOf } from "../../support/diagnostics";
import { useProviderSession } from "../../support/provider-session";
import { useSimulator } from "../../support/use-simulator";

const TYPE = "ece_roles_token_revocation";

const simulator = useSimulator();
const session = useProviderSession(simulator);

function mint(): string {
  return simulator().platform.tokens.mint({ roles: ["allocator"], persistent: true }).id;
}

function isLive(id: string): boolean {
  return simulator()
    .state()
    .tokens.some((token) => token.id === id && token.live);
}

test("revokes the token, stays as it is, and leaves everything alone when it goes", async () => {
  const id = mint();

  const created = await session().apply(TYPE, { token_id: id });
  const read = await session().read(TYPE, created);
  const destroyed = await session().destroy(TYPE, read);

  expect(isLive(id)).toBe(false);
  expect(created).toMatchObject({ diagnostics: [], state: { token_id: id } });
  expect(read).toMatchObject({ diagnostics: [], state: { token_id: id } });
  expect(destroyed).toMatchObject({ diagnostics: [], state: null });
});

test("a token that is revoked already is fine", async () => {
  const id = mint();
  simulator().platform.tokens.revoke(id);

  expect(await session().apply(TYPE, { token_id: id })).toMatchObject({ diagnostics: [], state: { token_id: id } });
});

test("is imported for a token that is revoked, not for one that lives, and by its id alone", async () => {
  const id = mint();
  const live = await session().import(TYPE, id);
  const malformed = await session().import(TYPE, "eyJ.secret.x");
  simulator().platform.tokens.revoke(id);

  const imported = await session().import(TYPE, id);
  const { plan } = await session().plan(TYPE, { token_id: id }, imported);

  expect(errorsOf(live)).toContain(`The roles token ${id} lives`);
  expect(errorsOf(malformed)).toContain("`cdktf-ece tokens list`");
  expect(errorsOf(malformed)).not.toContain("secret");
  expect(imported).toMatchObject({ diagnostics: [], state: { token_id: id } });
  expect(plan).toEqual(imported.state);
});

test("a revocation that fails leaves nothing in state, so that the next apply tries again", async () => {
  const id = mint();
  simulator().faults.add({ method: "DELETE", path: "/platform", kind: "status", status: 503 });

  const failed = await session().apply(TYPE, { token_id: id });

  expect(failed).toMatchObject({ state: null, diagnostics: [{ severity: "error" }] });
  expect(isLive(id)).toBe(true);
  expect(await session().apply(TYPE, { token_id: id })).toMatchObject({ diagnostics: [] });
  expect(isLive(id)).toBe(false);
});

test("is planned anew when the token lives again, and for another token", async () => {
  const created = await session().apply(TYPE, { token_id: mint() });
  const other = mint();

  const { requiresReplace } = await session().plan(TYPE, { token_id: other }, created);
  const restored = await session().read(TYPE, { ...created, state: { token_id: other } });

  expect(requiresReplace).toEqual([["token_id"]]);
  expect(restored).toMatchObject({ diagnostics: [], state: null });
});

test("a platform that is away is an error, and the revocation stays in state", async () => {
  const created = await session().apply(TYPE, { token_id: mint() });
  simulator().faults.add({ method: "GET", path: "/platform", kind: "status", status: 503 });

  expect(await session().read(TYPE, created)).toMatchObject({
    state: created.state,
    diagnostics: [{ severity: "error" }],
  });
});
