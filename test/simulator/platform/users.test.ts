import { call, errorCode } from "../http-call";
import { useSimulator } from "../../support/use-simulator";

const AUTH = "/api/v1/users/auth";

const simulator = useSimulator();

async function login(): Promise<string> {
  const { body } = await call(simulator(), "POST", `${AUTH}/_login`, {
    body: { username: "admin", password: simulator().password },
    authorization: "",
  });
  return (body as { token: string }).token;
}

async function status(authorization: string, path = AUTH): Promise<number> {
  return (await call(simulator(), "GET", path, { authorization })).status;
}

test.each([
  ["no credentials", ""],
  ["a wrong password", `Basic ${Buffer.from("admin:wrong").toString("base64")}`],
  ["a wrong user", `Basic ${Buffer.from("wrong:wrong").toString("base64")}`],
  ["a wrong API key", "ApiKey d3Jvbmc="],
  ["a wrong session", "Bearer wrong"],
  ["an unknown scheme", "Digest x"],
])("refuses a caller with %s, on the API and on /_simulator/", async (_case, authorization) => {
  for (const path of ["/api/v1/platform", "/api/v1/platform/unknown", "/_simulator/state"]) {
    const reply = await call(simulator(), "GET", path, { authorization });

    expect([path, reply.status, errorCode(reply)]).toEqual([path, 401, "root.unauthenticated"]);
  }
});

test("accepts the API key until it expires, and sends its expiry with each reply", async () => {
  const authorization = `ApiKey ${simulator().apiKey}`;
  const reply = await call(simulator(), "GET", "/api/v1/platform", { authorization });
  const controls = await status(authorization, "/_simulator/state");

  simulator().clock.advance(90 * 24 * 3600);

  const days = (Date.parse(String(reply.headers["x-elastic-api-key-expiration"])) - Date.now()) / 86_400_000;
  expect([reply.status, controls, Math.round(days)]).toEqual([200, 200, 90]);
  expect(await status(authorization)).toBe(401);
});

test("sends no expiry of an API key to other callers", async () => {
  const { headers } = await call(simulator(), "GET", "/api/v1/platform");

  expect(headers["x-elastic-api-key-expiration"]).toBeUndefined();
});

test("opens a session by login, which expires", async () => {
  const token = await login();
  const before = await status(`Bearer ${token}`);

  simulator().clock.advance(15 * 60);

  expect([before, await status(`Bearer ${token}`)]).toEqual([200, 401]);
});

test("refuses a login with a wrong password", async () => {
  const reply = await call(simulator(), "POST", `${AUTH}/_login`, { body: { username: "admin", password: "wrong" } });

  expect([reply.status, errorCode(reply)]).toEqual([401, "root.unauthenticated"]);
});

test("refreshes a session: the new one expires later than the old one", async () => {
  const token = await login();
  simulator().clock.advance(10 * 60);

  const { body } = await call(simulator(), "POST", `${AUTH}/_refresh`, { authorization: `Bearer ${token}` });
  const { token: refreshed } = body as { token: string };
  simulator().clock.advance(10 * 60);

  expect([await status(`Bearer ${token}`), await status(`Bearer ${refreshed}`)]).toEqual([401, 200]);
});

test("refreshes sessions only", async () => {
  const reply = await call(simulator(), "POST", `${AUTH}/_refresh`);

  expect([reply.status, errorCode(reply)]).toEqual([401, "root.unauthorized"]);
});

test("closes a session by logout", async () => {
  const token = await login();

  await call(simulator(), "POST", `${AUTH}/_logout`, { authorization: `Bearer ${token}` });

  expect(await status(`Bearer ${token}`)).toBe(401);
});

test("shows a caller when its credentials expire, unless they are a password", async () => {
  const [basic, apiKey] = await Promise.all([
    call(simulator(), "GET", AUTH),
    call(simulator(), "GET", AUTH, { authorization: `ApiKey ${simulator().apiKey}` }),
  ]);

  expect(basic.body).not.toHaveProperty("expires_at");
  expect(apiKey.body).toHaveProperty("expires_at", apiKey.headers["x-elastic-api-key-expiration"]);
});
