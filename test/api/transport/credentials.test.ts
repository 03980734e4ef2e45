import { createClient, failureOf, refusal, StubPlatform, stopAll, type ReceivedRequest } from "../stub-platform";

const LOGIN = { kind: "bearer-login", username: "admin", password: "pä55:wörd" } as const;
const START = new Date("2026-01-01T12:00:00Z");

afterEach(stopAll);

test("basic credentials are sent as UTF-8", async () => {
  const stub = await StubPlatform.start(() => ({}));

  await createClient(stub.endpoint, { credentials: { ...LOGIN, kind: "basic" } }).authentication.whoAmI();

  const header = Buffer.from("admin:pä55:wörd").toString("base64");
  expect(stub.requests[0]).toMatchObject({ path: "/api/v1/users/auth", headers: { authorization: `Basic ${header}` } });
});

test("an API key is sent as it is", async () => {
  const stub = await StubPlatform.start(() => ({}));

  await createClient(stub.endpoint, { credentials: { kind: "api-key", apiKey: "a2V5" } }).authentication.whoAmI();

  expect(stub.requests[0]?.headers.authorization).toBe("ApiKey a2V5");
});

test.each(["", "key\n", "two words"])("an invalid API key is refused without showing it: %j", (apiKey) => {
  const create = (): unknown => createClient("https://ece.example", { credentials: { kind: "api-key", apiKey } });

  expect(create).toThrow("The API key is empty or holds characters that no API key has.");
});

describe("a login session", () => {
  test("is opened once for all requests", async () => {
    const stub = await StubPlatform.start(sessions());
    const client = createClient(stub.endpoint, { credentials: LOGIN, now: () => START });

    await Promise.all([client.authentication.whoAmI(), client.authentication.whoAmI()]);
    await client.authentication.whoAmI();

    expect(summary(stub)).toEqual(["_login -", "auth Bearer s1", "auth Bearer s1", "auth Bearer s1"]);
    expect(stub.requests[0]?.body).toEqual({ username: "admin", password: "pä55:wörd" });
  });

  test("is refreshed shortly before it ends", async () => {
    const stub = await StubPlatform.start(sessions());
    let now = START;
    const client = createClient(stub.endpoint, { credentials: LOGIN, now: () => now });

    await client.authentication.whoAmI();
    now = new Date("2026-01-01T12:59:30Z");
    await Promise.all([client.authentication.whoAmI(), client.authentication.whoAmI()]);

    expect(summary(stub)).toEqual([
      "_login -",
      "auth Bearer s1",
      "_refresh Bearer s1",
      "auth Bearer s2",
      "auth Bearer s2",
    ]);
  });

  test("is opened again if it cannot be refreshed", async () => {
    const answer = sessions();
    const stub = await StubPlatform.start((request) =>
      request.path.endsWith("_refresh") ? refusal(401, "root.unauthorized") : answer(request),
    );
    let now = START;
    const client = createClient(stub.endpoint, { credentials: LOGIN, now: () => now });

    await client.authentication.whoAmI();
    now = new Date("2026-01-01T13:10:00Z");
    await client.authentication.whoAmI();

    expect(summary(stub)).toEqual(["_login -", "auth Bearer s1", "_refresh Bearer s1", "_login -", "auth Bearer s2"]);
  });

  test("that the platform ended is opened again, even for a POST", async () => {
    const answer = sessions();
    const created = { body: { token: "t", token_id: "id-1" } };
    const stub = await StubPlatform.start((request) => {
      if (request.headers.authorization === "Bearer s1") return refusal(401, "root.unauthorized");
      return request.path.endsWith("enrollment-tokens") ? created : answer(request);
    });

    const token = await createClient(stub.endpoint, { credentials: LOGIN, now: () => START }).enrollmentTokens.create({
      roles: [],
      persistent: false,
    });

    expect(token.tokenId).toBe("id-1");
    expect(summary(stub)).toEqual([
      "_login -",
      "enrollment-tokens Bearer s1",
      "_login -",
      "enrollment-tokens Bearer s2",
    ]);
  });

  test("with wrong credentials fails with the platform's reason, and the next request tries again", async () => {
    const answer = sessions();
    let isLocked = true;
    const stub = await StubPlatform.start((request) =>
      isLocked ? refusal(401, "root.unauthenticated") : answer(request),
    );
    const client = createClient(stub.endpoint, { credentials: LOGIN, now: () => START });

    const failure = await failureOf(client.authentication.whoAmI());
    isLocked = false;
    await client.authentication.whoAmI();

    expect(failure).toMatchObject({ path: "/api/v1/users/auth/_login", isUnauthorized: true });
    expect(summary(stub)).toEqual(["_login -", "_login -", "auth Bearer s1"]);
  });

  test("is still opened when the caller who asked first gives up", async () => {
    const answer = sessions();
    const abort = new AbortController();
    const stub = await StubPlatform.start((request) => {
      abort.abort();
      return answer(request);
    });
    const client = createClient(stub.endpoint, { credentials: LOGIN, now: () => START });

    const leaving = failureOf(client.authentication.whoAmI({ signal: abort.signal }));
    const staying = client.authentication.whoAmI();

    expect(await leaving).toMatchObject({ name: "EceAbortedError" });
    expect(await staying).toEqual({});
    expect(summary(stub)).toEqual(["_login -", "auth Bearer s1"]);
  });
});

/** Gives sessions s1, s2, … that last an hour. */
function sessions() {
  let count = 0;
  return ({ path }: ReceivedRequest) =>
    /_login|_refresh/.test(path)
      ? { body: { token: `s${++count}`, session_expiration_time: "2026-01-01T13:00:00Z" } }
      : { body: {} };
}

function summary({ requests }: StubPlatform): string[] {
  return requests.map(({ path, headers }) => `${path.split("/").pop()} ${headers.authorization ?? "-"}`);
}
