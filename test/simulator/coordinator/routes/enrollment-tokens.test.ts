import { call, errorCode } from "../../http-call";
import { useSimulator } from "../../../support/use-simulator";

const TOKENS = "/api/v1/platform/configuration/security/enrollment-tokens";

const simulator = useSimulator();

test("POST accepts null for no roles, as Elastic's own client sends it", async () => {
  const { status, body } = await call(simulator(), "POST", TOKENS, { body: { persistent: true, roles: null } });

  expect([status, simulator().state().tokens.at(-1)]).toEqual([
    200,
    { id: (body as { token_id: string }).token_id, roles: [], persistent: true, live: true },
  ]);
});

test("POST returns the id of persistent tokens only", async () => {
  const [persistent, ephemeral] = await Promise.all(
    [true, false].map((persistent) => call(simulator(), "POST", TOKENS, { body: { persistent } })),
  );

  expect([Object.keys(persistent?.body as object), Object.keys(ephemeral?.body as object)]).toEqual([
    ["token", "token_id"],
    ["token"],
  ]);
});

test.each([
  ["an array instead of an object", [], "root.invalid_json_request"],
  ["persistent missing", { roles: [] }, "root.invalid_json_request"],
  ["roles as one string", { persistent: true, roles: "allocator,proxy" }, "root.invalid_json_request"],
  ["roles that are not strings", { persistent: true, roles: [1] }, "root.invalid_json_request"],
  ["a string for the validity", { persistent: false, validity_in_seconds: "60" }, "root.invalid_json_request"],
  ["an unknown role", { persistent: true, roles: ["master"] }, "enrollment_tokens.invalid_token_request"],
])("POST refuses a body with %s", async (_case, body, code) => {
  const reply = await call(simulator(), "POST", TOKENS, { body });

  expect([reply.status, errorCode(reply), simulator().state().tokens.length]).toEqual([400, code, 3]);
});

test("GET lists persistent tokens that are not revoked, including those of the installer", async () => {
  const { body: kept } = await call(simulator(), "POST", TOKENS, { body: { persistent: true, roles: ["proxy"] } });
  const { body: revoked } = await call(simulator(), "POST", TOKENS, { body: { persistent: true, roles: ["proxy"] } });
  await call(simulator(), "POST", TOKENS, { body: { persistent: false, roles: ["proxy"] } });
  await call(simulator(), "DELETE", `${TOKENS}/${(revoked as { token_id: string }).token_id}`);

  const { body } = await call(simulator(), "GET", TOKENS);

  expect((body as { tokens: unknown[] }).tokens.slice(3)).toEqual([
    { token_id: (kept as { token_id: string }).token_id, roles: ["proxy"] },
  ]);
});

test("DELETE of a revoked token is not found", async () => {
  const [{ id } = { id: "" }] = simulator().state().tokens;
  await call(simulator(), "DELETE", `${TOKENS}/${id}`);

  const reply = await call(simulator(), "DELETE", `${TOKENS}/${id}`);

  expect([reply.status, errorCode(reply)]).toEqual([404, "enrollment_tokens.invalid_token_id"]);
});
