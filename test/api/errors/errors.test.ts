import { inspect } from "node:util";
import { EceApiError, EceError } from "../../../lib/api";
import { createClient, failureOf, StubPlatform, stopAll, TimeLimits, type Answer } from "../stub-platform";

const PASSWORD = "open-sesame-4711";
const API_KEY = "bXkta2V5OnNlY3JldA==";
const ROLES_TOKEN = "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl";
const BASIC = Buffer.from(`admin:${PASSWORD}`).toString("base64");

afterEach(stopAll);

test("an ECE error reads as request, status, code and message", async () => {
  const stub = await StubPlatform.start(() => ({
    status: 404,
    body: { errors: [{ code: "enrollment_tokens.invalid_token_id", message: "Token not found", fields: ["token"] }] },
  }));

  const failure = await failureOf(createClient(stub.endpoint, { region: "" }).enrollmentTokens.delete("4c89"));

  expect(failure).toBeInstanceOf(EceApiError);
  expect(failure).toMatchObject({
    message:
      "DELETE /api/v1/platform/configuration/security/enrollment-tokens/4c89: " +
      "404 enrollment_tokens.invalid_token_id – Token not found (token)",
    name: "EceApiError",
    method: "DELETE",
    status: 404,
    isNotFound: true,
    isUnauthorized: false,
    isForbidden: false,
    outcomeUnknown: false,
    errors: [{ code: "enrollment_tokens.invalid_token_id", message: "Token not found", fields: ["token"] }],
  });
  expect((failure as EceApiError).hasCode("enrollment_tokens.invalid_token_id")).toBe(true);
  expect((failure as EceApiError).hasCode("root.unauthorized")).toBe(false);
});

test("an error in the form of the API before version 1 is understood", async () => {
  const message = "The supplied authentication is invalid";
  const stub = await StubPlatform.start(() => ({ status: 401, body: { ok: false, message } }));

  const failure = await failureOf(createClient(stub.endpoint).platform.get());

  expect(failure).toMatchObject({ isUnauthorized: true, errors: [{ code: "", message, fields: [] }] });
});

test("an error without a body still has its status and a remedy", async () => {
  const stub = await StubPlatform.start(() => ({ status: 401, body: "" }));

  const failure = await failureOf(createClient(stub.endpoint).platform.get());

  expect(failure).toMatchObject({ isUnauthorized: true, errors: [] });
  expect((failure as EceError).remedy).toContain("password");
});

const SECRETS = { basic: [PASSWORD, BASIC], "api-key": [API_KEY], "bearer-login": [PASSWORD] };

const chatty = `the password ${PASSWORD}, the key ${API_KEY}, the header ${BASIC} and the token ${ROLES_TOKEN}`;
const answers: [string, Answer][] = [
  [
    "an ECE error that repeats them",
    { status: 400, body: { errors: [{ code: chatty, message: chatty, fields: [chatty] }] } },
  ],
  ["HTML that repeats them", { status: 502, body: `<html><head><title>${chatty}</title></head></html>` }],
  [
    "a redirect that repeats them",
    { status: 302, headers: { location: `https://elsewhere/?${PASSWORD}&${ROLES_TOKEN}` } },
  ],
  ["another kind of JSON", { body: [chatty] }],
  ["a cut connection", "reset"],
  ["no answer", "hang"],
];

describe.each(["basic", "api-key", "bearer-login"] as const)("with %s credentials", (kind) => {
  test.each(answers)("%s shows none of the secrets", async (_case, answer) => {
    const limits = new TimeLimits();
    const stub = await StubPlatform.start(({ path }) => {
      if (path.endsWith("/_login")) return { body: { token: ROLES_TOKEN } };
      if (answer === "hang") limits.expire();
      return answer;
    });
    const { startTimeLimit } = limits;
    const credentials =
      kind === "api-key" ? { kind, apiKey: API_KEY } : { kind, username: "admin", password: PASSWORD };
    const client = createClient(stub.endpoint, { credentials, maxRetries: 0, startTimeLimit });

    const failures = [
      await failureOf(client.platform.get()),
      await failureOf(client.enrollmentTokens.create({ roles: ["allocator"], persistent: true })),
      await failureOf(client.enrollmentTokens.delete(ROLES_TOKEN)),
    ];

    for (const failure of failures) {
      expect(failure).toBeInstanceOf(EceError);
      const shown = [
        inspect(failure, { depth: Infinity, showHidden: true }),
        JSON.stringify(failure),
        (failure as Error).stack,
        inspect(client, { depth: Infinity }),
      ].join("\n");
      for (const secret of [...SECRETS[kind], ROLES_TOKEN]) {
        expect(shown).not.toContain(secret.slice(0, 10));
        expect(shown).not.toContain(secret.slice(-10));
      }
    }
  });
});
