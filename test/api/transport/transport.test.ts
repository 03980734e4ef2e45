import {
  EceAbortedError,
  EceApiError,
  EceConnectionError,
  EceTimeoutError,
  EceUnexpectedReplyError,
  type RequestLogEntry,
} from "../../../lib/api";
import { freePort } from "../../support/free-port";
import { createClient, failureOf, inTurn, refusal, StubPlatform, stopAll, TimeLimits } from "../stub-platform";

const NO_TOKENS = { body: { tokens: [] } };
const CREATED = { body: { token: "eyJh.eyJz.sig", token_id: "id-1" } };
const TOKEN = { roles: ["allocator"], persistent: true };

afterEach(stopAll);

describe("addresses", () => {
  test.each([
    ["an endpoint without a path", "", "/api/v1/regions/ece-region/platform"],
    ["an endpoint with a slash at its end", "/", "/api/v1/regions/ece-region/platform"],
    ["an endpoint behind a path", "/ece/", "/ece/api/v1/regions/ece-region/platform"],
    ["an endpoint that names the API itself", "/api/v1", "/api/v1/regions/ece-region/platform"],
  ])("%s reaches the API", async (_case, suffix, path) => {
    const stub = await StubPlatform.start(() => ({ body: { version: "4.0.3" } }));

    const platform = await createClient(stub.endpoint + suffix).platform.get();

    expect(platform).toEqual({ version: "4.0.3", regions: [], unreachable_regions: [] });
    expect(stub.requests[0]?.path).toBe(path);
  });

  test("an empty region gives the short form of the paths", async () => {
    const stub = await StubPlatform.start(() => NO_TOKENS);

    await createClient(stub.endpoint, { region: "" }).enrollmentTokens.list();

    expect(stub.requests[0]?.path).toBe("/api/v1/platform/configuration/security/enrollment-tokens");
  });

  test("an IPv6 endpoint is reached", async () => {
    const stub = await StubPlatform.start(() => NO_TOKENS, { host: "::1" });

    expect(await createClient(stub.endpoint).enrollmentTokens.list()).toEqual([]);
  });

  test("ids stay in their own segment of the path", async () => {
    const stub = await StubPlatform.start(() => ({ body: { runner_id: "a/b" } }));
    const client = createClient(stub.endpoint);

    await client.runners.find("a/b?c=d");

    expect(stub.requests[0]?.path).toBe("/api/v1/regions/ece-region/platform/infrastructure/runners/a%2Fb%3Fc%3Dd");
    await expect(client.runners.delete("..")).rejects.toThrow('Invalid ECE id "..".');
    await expect(client.runners.delete("")).rejects.toThrow('Invalid ECE id "".');
    expect(stub.requests).toHaveLength(1);
  });

  test("a request names its client and the type of its body", async () => {
    const stub = await StubPlatform.start(() => CREATED);

    await createClient(stub.endpoint, { userAgent: "probe/1" }).enrollmentTokens.create(TOKEN);

    expect(stub.requests[0]?.headers).toMatchObject({
      accept: "application/json",
      "content-type": "application/json",
      "user-agent": "probe/1",
    });
  });
});

describe("retries", () => {
  const passing: [string, Parameters<typeof inTurn>[0]][] = [
    ["a cut connection", "reset"],
    ["429", refusal(429, "root.rate_limited")],
    ["502", { status: 502, body: "<html><title>Bad Gateway</title></html>" }],
    ["503", refusal(503, "internal.server.error")],
    ["504", refusal(504, "internal.server.error")],
    ["a control plane that is not ready", refusal(500, "controller_route.controller_not_ready")],
  ];

  test.each(passing)("a GET is repeated after %s", async (_case, answer) => {
    const stub = await StubPlatform.start(inTurn(answer, answer, NO_TOKENS));

    expect(await createClient(stub.endpoint).enrollmentTokens.list()).toEqual([]);
    expect(stub.requests).toHaveLength(3);
  });

  test.each(passing)("a DELETE is repeated after %s", async (_case, answer) => {
    const stub = await StubPlatform.start(inTurn(answer, {}));

    await createClient(stub.endpoint).enrollmentTokens.delete("id-1");

    expect(stub.requests.map(({ method }) => method)).toEqual(["DELETE", "DELETE"]);
  });

  test("a PUT is repeated with the same body", async () => {
    const stub = await StubPlatform.start(inTurn("reset", {}));

    await createClient(stub.endpoint).runners.setRoles("r1", ["proxy"]);

    expect(stub.requests.map(({ body }) => body)).toEqual([
      { roles: [{ role_name: "proxy" }] },
      { roles: [{ role_name: "proxy" }] },
    ]);
  });

  test.each(passing.filter(([name]) => name !== "429"))(
    "a POST is not repeated after %s, and its outcome is unknown",
    async (_case, answer) => {
      const stub = await StubPlatform.start(inTurn(answer, CREATED));

      const failure = await failureOf(createClient(stub.endpoint).enrollmentTokens.create(TOKEN));

      expect(failure).toMatchObject({ outcomeUnknown: true });
      expect(stub.requests).toHaveLength(1);
    },
  );

  test("a POST is repeated after 429, unless a second success would do harm", async () => {
    const answers = inTurn(refusal(429, "root.rate_limited"), CREATED, refusal(429, "root.rate_limited"), CREATED);
    const stub = await StubPlatform.start(answers);
    const { enrollmentTokens } = createClient(stub.endpoint);

    const ephemeral = await enrollmentTokens.create({ ...TOKEN, persistent: false });
    const persistent = await failureOf(enrollmentTokens.create({ ...TOKEN, persistent: true }));

    expect(ephemeral.tokenId).toBe("id-1");
    expect(persistent).toMatchObject({ status: 429 });
    expect(stub.requests).toHaveLength(3);
  });

  test("a POST is repeated after a refused connection, because it was not carried out", async () => {
    const port = await freePort();
    const log: RequestLogEntry[] = [];

    const client = createClient(`http://127.0.0.1:${port}`, { maxRetries: 2, log: (entry) => log.push(entry) });
    const failure = await failureOf(client.enrollmentTokens.create(TOKEN));

    expect(failure).toMatchObject({ name: "EceConnectionError", reason: "refused", outcomeUnknown: false });
    expect(log.map(({ attempt, error }) => [attempt, error])).toEqual([
      [1, "ECONNREFUSED"],
      [2, "ECONNREFUSED"],
      [3, "ECONNREFUSED"],
    ]);
  });

  test("a POST never goes over a connection that was used before", async () => {
    const stub = await StubPlatform.start(({ method }) => (method === "GET" ? NO_TOKENS : CREATED));
    const client = createClient(stub.endpoint);
    await client.enrollmentTokens.list();
    await client.enrollmentTokens.list();
    expect(stub.connections).toBe(1);

    await client.enrollmentTokens.create(TOKEN);

    expect(stub.requests.map(({ headers }) => headers.connection)).toEqual(["keep-alive", "keep-alive", "close"]);
  });

  test("a request that ECE refuses is not repeated", async () => {
    const stub = await StubPlatform.start(() => refusal(403, "root.unauthorized.rbac"));

    await failureOf(createClient(stub.endpoint).enrollmentTokens.list());

    expect(stub.requests).toHaveLength(1);
  });

  test("attempts end after maxRetries with the last error", async () => {
    const stub = await StubPlatform.start(() => refusal(503, "internal.server.error"));

    const failure = await failureOf(createClient(stub.endpoint, { maxRetries: 2 }).enrollmentTokens.list());

    expect(failure).toBeInstanceOf(EceApiError);
    expect(failure).toMatchObject({ status: 503, outcomeUnknown: false });
    expect(stub.requests).toHaveLength(3);
  });

  test("an abort ends the pause between two attempts at once", async () => {
    const stub = await StubPlatform.start(() => refusal(503, "internal.server.error"));
    const abort = new AbortController();
    const retryDelayMs = (): number => {
      setImmediate(() => abort.abort());
      return 2 ** 30;
    };

    const failure = await failureOf(
      createClient(stub.endpoint, { retryDelayMs }).platform.get({ signal: abort.signal }),
    );

    expect(failure).toBeInstanceOf(EceAbortedError);
    expect(stub.requests).toHaveLength(1);
  });
});

describe("time limits and cancellation", () => {
  test("a request that gets no answer ends with the time limit and is repeated when that is safe", async () => {
    const limits = new TimeLimits();
    const stub = await StubPlatform.start(() => limits.expire());
    const { startTimeLimit } = limits;
    const client = createClient(stub.endpoint, { requestTimeoutMs: 40, maxRetries: 1, startTimeLimit });

    const failure = await failureOf(client.platform.get());

    expect(failure).toBeInstanceOf(EceTimeoutError);
    expect(failure).toMatchObject({
      message: "GET /api/v1/regions/ece-region/platform: no complete answer within 0.04 s",
      outcomeUnknown: false,
    });
    expect(stub.requests).toHaveLength(2);
  });

  test("a reply that begins and has no end ends with the time limit", async () => {
    const limits = new TimeLimits();
    const stub = await StubPlatform.start((_request, response) => {
      response.writeHead(200, { "content-type": "application/json" });
      // More than the sockets' buffers hold, so that it is written only while the client reads.
      response.write(Buffer.alloc(16 * 1024 * 1024, " "), () => limits.expire());
    });
    const { startTimeLimit } = limits;
    const client = createClient(stub.endpoint, { maxRetries: 0, startTimeLimit });

    const failure = await failureOf(client.platform.get());

    expect(failure).toBeInstanceOf(EceTimeoutError);
  });

  test("a POST that gets no answer is not repeated, and its outcome is unknown", async () => {
    const limits = new TimeLimits();
    const stub = await StubPlatform.start(() => limits.expire());
    const { startTimeLimit } = limits;

    const failure = await failureOf(createClient(stub.endpoint, { startTimeLimit }).enrollmentTokens.create(TOKEN));

    expect(failure).toMatchObject({ name: "EceTimeoutError", outcomeUnknown: true });
    expect(stub.requests).toHaveLength(1);
  });

  test("an abort ends a request that waits for its answer", async () => {
    const abort = new AbortController();
    const stub = await StubPlatform.start(() => {
      abort.abort();
      return "hang";
    });

    const failure = await failureOf(createClient(stub.endpoint).platform.get({ signal: abort.signal }));

    expect(failure).toBeInstanceOf(EceAbortedError);
    expect(stub.requests).toHaveLength(1);
  });

  test("an aborted signal sends nothing", async () => {
    const stub = await StubPlatform.start(() => CREATED);

    const failure = await failureOf(
      createClient(stub.endpoint).enrollmentTokens.create(TOKEN, { signal: AbortSignal.abort() }),
    );

    expect(failure).toMatchObject({ name: "EceAbortedError", outcomeUnknown: false });
    expect(stub.requests).toEqual([]);
  });
});

describe("replies that are not ECE's", () => {
  test("HTML with a status of success is an error that names the page", async () => {
    const page = { body: "<!DOCTYPE html><html><head><title>Corporate login</title></head></html>" };
    const stub = await StubPlatform.start(() => page);

    const failure = await failureOf(createClient(stub.endpoint).enrollmentTokens.delete("id-1"));

    expect(failure).toBeInstanceOf(EceUnexpectedReplyError);
    expect(failure).toMatchObject({
      message: expect.stringContaining('200 with an HTML page titled "Corporate login"') as string,
      remedy: expect.stringContaining("proxy") as string,
      outcomeUnknown: true,
    });
  });

  test("a 404 that is not ECE's does not count as not found", async () => {
    const elsewhere = {
      errors: [{ code: "root.resource_not_found", message: "The requested resource could not be found" }],
    };
    for (const body of ["<html>no such site</html>", { message: "no Route matched" }, "", elsewhere]) {
      const stub = await StubPlatform.start(() => ({ status: 404, body }));

      await expect(createClient(stub.endpoint).runners.tryFind("r1")).rejects.toThrow("404");
    }
  });

  test.each([
    ["a string", '"hello"'],
    ["nothing at all", ""],
    ["an object without the list", "{}"],
    ["a list that is none", '{"tokens":"all"}'],
    ["a token without an id", '{"tokens":[{"roles":[]}]}'],
  ])("%s instead of a list of tokens is an error", async (_case, body) => {
    const stub = await StubPlatform.start(() => ({ body, headers: { "content-type": "application/json" } }));

    const failure = await failureOf(createClient(stub.endpoint).enrollmentTokens.list());

    expect(failure).toBeInstanceOf(EceUnexpectedReplyError);
  });

  test("a redirect is not followed, and the error names only where it leads", async () => {
    const elsewhere = await StubPlatform.start(() => NO_TOKENS);
    const stub = await StubPlatform.start(() => ({
      status: 302,
      headers: { location: `${elsewhere.endpoint}/login?session=hush` },
    }));

    const failure = await failureOf(createClient(stub.endpoint).enrollmentTokens.list());

    expect((failure as Error).message).toMatch(new RegExp(`302 redirects to ${elsewhere.endpoint}$`));
    expect(elsewhere.requests).toEqual([]);
  });

  test("a reply that breaks off is a broken connection", async () => {
    const stub = await StubPlatform.start((_request, response) => {
      response.writeHead(200, { "content-length": "1000" });
      response.write('{"tokens":', () => response.socket?.destroy());
    });

    const failure = await failureOf(createClient(stub.endpoint, { maxRetries: 1 }).enrollmentTokens.list());

    expect(failure).toBeInstanceOf(EceConnectionError);
    expect(failure).toMatchObject({ reason: "reset" });
    expect(stub.requests).toHaveLength(2);
  });

  test("an endless reply is given up", async () => {
    const chunk = Buffer.alloc(4 * 1024 * 1024, " ");
    const stub = await StubPlatform.start((_request, response) => {
      const pour = (): void => {
        while (!response.destroyed && response.write(chunk));
      };
      response.on("drain", pour).on("error", () => undefined);
      pour();
    });

    const failure = await failureOf(createClient(stub.endpoint).platform.get());

    expect(failure).toBeInstanceOf(EceUnexpectedReplyError);
    expect((failure as Error).message).toContain("too large");
  });
});

test("the log has an entry for every attempt and holds no secret", async () => {
  const stub = await StubPlatform.start(inTurn(refusal(503, "internal.server.error"), {}));
  const log: RequestLogEntry[] = [];

  const jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl";
  await createClient(stub.endpoint, { log: (entry) => log.push(entry) }).enrollmentTokens.delete(jwt);

  expect(log).toEqual([
    expect.objectContaining({ method: "DELETE", attempt: 1, status: 503 }),
    expect.objectContaining({ method: "DELETE", attempt: 2, status: 200 }),
  ]);
  expect(log[0]?.path).toMatch(/enrollment-tokens\/\[redacted\]$/);
});
