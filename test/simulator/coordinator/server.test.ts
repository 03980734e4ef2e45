import type { Fault } from "../../../lib/simulator";
import { call, errorCode } from "../http-call";
import { useSimulator } from "../../support/use-simulator";

const TOKENS = "/platform/configuration/security/enrollment-tokens";

const simulator = useSimulator();

function mint() {
  return call(simulator(), "POST", `/api/v1${TOKENS}`, { body: { persistent: true, roles: ["allocator"] } });
}

describe("faults", () => {
  test("answer with a status, an error and headers instead of carrying out the call", async () => {
    simulator().faults.add({
      path: TOKENS,
      kind: "status",
      status: 429,
      code: "root.too_many",
      headers: { "Retry-After": "7" },
    });

    const reply = await mint();

    expect([reply.status, errorCode(reply), reply.headers["retry-after"]]).toEqual([429, "root.too_many", "7"]);
    expect(simulator().state().tokens).toHaveLength(3);
  });

  test("answer with an HTML page, as a proxy would", async () => {
    simulator().faults.add({ path: "/platform", kind: "html", status: 502 });

    const reply = await mint();

    expect([reply.status, reply.headers["content-type"]]).toEqual([502, "text/html; charset=UTF-8"]);
    expect(reply.text).toMatch(/^<!DOCTYPE html>/);
  });

  test.each<[Fault["kind"], number]>([
    ["reset-before", 3],
    ["reset-after-commit", 4],
  ])("drop the connection: after %s there are %i tokens", async (kind, expected) => {
    simulator().faults.add({ method: "POST", path: TOKENS, kind });

    await expect(mint()).rejects.toMatchObject({ code: "ECONNRESET" });
    expect(simulator().state().tokens).toHaveLength(expected);
    expect(simulator().requests.map(({ status }) => status)).toEqual([undefined]);
  });

  test("answer with an error although the call was carried out", async () => {
    simulator().faults.add({
      method: "POST",
      path: TOKENS,
      kind: "status-after-commit",
      status: 429,
      code: "too.many",
    });

    const reply = await mint();

    expect([reply.status, errorCode(reply)]).toEqual([429, "too.many"]);
    expect(simulator().state().tokens).toHaveLength(4);
    expect(simulator().requests.map(({ status }) => status)).toEqual([429]);
  });

  test.each<[kind: Fault["kind"], type: string, text: RegExp, tokens: number]>([
    ["empty", "application/json", /^$/, 3],
    ["truncated", "application/json", /^\{[^}]+$/, 4],
    ["plain-text", "text/plain", /^\{.*\}$/, 4],
    ["drip", "application/json", /^\{.*\}$/, 4],
  ])("spoil the reply: %s", async (kind, type, text, tokens) => {
    simulator().faults.add({ method: "POST", path: TOKENS, kind, milliseconds: 0 });

    const reply = await mint();

    expect([reply.status, reply.headers["content-type"]]).toEqual([200, `${type}; charset=UTF-8`]);
    expect(reply.text).toMatch(text);
    expect(simulator().state().tokens).toHaveLength(tokens);
  });

  test("let a list be what it was first, or lack its second half", async () => {
    const list = async () => {
      const { body } = await call(simulator(), "GET", `/api/v1${TOKENS}`);
      return (body as { tokens: unknown[] }).tokens.length;
    };
    const first = await list();
    for (let count = 0; count < 3; count++) await mint();
    simulator().faults.add({ path: TOKENS, kind: "stale" });
    simulator().faults.add({ path: TOKENS, kind: "partial-list" });

    const lengths = [await list(), await list(), await list()];

    expect(lengths).toEqual([first, Math.floor((first + 3) / 2), first + 3]);
  });

  test("let a coordinator go away after a call, until it is started again", async () => {
    simulator().faults.add({ path: "/platform", kind: "leave" });

    expect((await call(simulator(), "GET", `/api/v1${TOKENS}`)).status).toBe(200);
    await expect(mint()).rejects.toMatchObject({ code: "ECONNREFUSED" });
    await simulator().startCoordinator(1);

    expect((await mint()).status).toBe(200);
  });

  test("delay a call without changing its reply", async () => {
    simulator().faults.add({ path: TOKENS, kind: "delay", milliseconds: 1 });

    expect((await mint()).status).toBe(200);
    expect(simulator().faults.pending()).toEqual([]);
  });

  test("apply to calls of their method and path, in either form, as often as given", async () => {
    simulator().faults.add({ method: "GET", path: TOKENS, kind: "status", status: 503, times: 2 });
    const statuses: number[] = [];

    for (const path of [
      "/api/v1/platform",
      `/api/v1${TOKENS}`,
      `/api/v1/regions/ece-region${TOKENS}`,
      `/api/v1${TOKENS}`,
    ])
      statuses.push((await call(simulator(), "GET", path)).status);

    expect((await mint()).status).toBe(200);
    expect(statuses).toEqual([200, 503, 503, 200]);
  });

  test("for the same path apply one after the other", async () => {
    simulator().faults.add({ path: TOKENS, kind: "status", status: 500 });
    simulator().faults.add({ path: TOKENS, kind: "status", status: 502 });

    const statuses = [(await mint()).status, (await mint()).status, (await mint()).status];

    expect(statuses).toEqual([500, 502, 200]);
  });
});

describe("recorded requests", () => {
  test("have method, path, query, status and time, but no secret", async () => {
    const { body } = await mint();
    const { token } = body as { token: string };

    await call(simulator(), "DELETE", `/api/v1/regions/ece-region${TOKENS}/${token}?x=1`);
    await call(simulator(), "POST", "/api/v1/users/auth/_login", { body: { username: "admin", password: "hunter2" } });

    expect(simulator().requests).toMatchObject([
      { method: "POST", path: TOKENS, status: 200, body: { persistent: true, roles: ["allocator"] } },
      { method: "DELETE", path: `${TOKENS}/[redacted]`, query: { x: "1" }, status: 200, authentication: "Basic" },
      { method: "POST", path: "/users/auth/_login", status: 401, body: { username: "admin", password: "[redacted]" } },
    ]);
    expect(simulator().requests[0]?.at).toMatch(/^\d{4}-.*Z$/);
    const recorded = JSON.stringify(simulator().requests);
    for (const secret of [token, simulator().password, "hunter2"]) expect(recorded).not.toContain(secret);
  });

  test("do not include calls to /_simulator/", async () => {
    await call(simulator(), "GET", "/_simulator/state");

    expect(simulator().requests).toEqual([]);
  });
});

describe("unknown paths", () => {
  const lenient = useSimulator({ failOnUnknownRoute: false });

  test.each([
    "/platform",
    "/_simulator/nothing",
    "/api/v1/_simulator/state",
    "/api/v1/regions/elsewhere/platform/x",
    "/",
  ])("%s", async (path) => {
    expect(errorCode(await call(lenient(), "GET", path))).toBe("simulator.unknown_route");
  });
});

describe("invalid requests", () => {
  test("a body that is not JSON is an error", async () => {
    const reply = await call(simulator(), "POST", `/api/v1${TOKENS}`, { body: undefined });

    expect([reply.status, errorCode(reply)]).toEqual([400, "root.invalid_json_request"]);
  });

  test.each(["runners", "allocators"])(
    "the query language of %s, which is not simulated, is an error",
    async (list) => {
      const reply = await call(simulator(), "GET", `/api/v1/platform/infrastructure/${list}?q=zone:x`);

      expect([reply.status, errorCode(reply)]).toEqual([501, "simulator.unknown_query"]);
    },
  );
});
