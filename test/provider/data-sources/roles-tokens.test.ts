import { useProviderSession } from "../../support/provider-session";
import { useSimulator } from "../../support/use-simulator";

const simulator = useSimulator();
const session = useProviderSession(simulator);

test("lists ids and roles of the persistent tokens, sorted, and no token", async () => {
  const { id, token } = simulator().platform.tokens.mint({ roles: ["proxy"], persistent: true });
  simulator().platform.tokens.mint({ roles: ["proxy"], persistent: false });

  const { state, diagnostics } = await session().readData("ece_roles_tokens");

  const listed = state?.tokens as { id: string; roles: string[] }[];
  expect(diagnostics).toEqual([]);
  expect(listed).toHaveLength(4);
  expect(listed).toContainEqual({ id, roles: ["proxy"] });
  expect(listed).toContainEqual({ id: expect.any(String) as string, roles: [] });
  expect(listed.map((each) => each.id)).toEqual(listed.map((each) => each.id).sort());
  expect(JSON.stringify(state)).not.toContain(token);
});

test("a refusal is an error", async () => {
  simulator().faults.add({ method: "GET", path: "/platform", kind: "status", status: 403 });

  expect(await session().readData("ece_roles_tokens")).toMatchObject({
    state: null,
    diagnostics: [{ severity: "error" }],
  });
});
