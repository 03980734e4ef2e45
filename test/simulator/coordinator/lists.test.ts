import { useSimulator } from "../../support/use-simulator";
import { call, errorCode } from "../http-call";
import { addHost } from "../joining";

const RUNNERS = "/api/v1/platform/infrastructure/runners";
const ALLOCATORS = "/api/v1/platform/infrastructure/allocators";
const TOKENS = "/api/v1/platform/configuration/security/enrollment-tokens";

const simulator = useSimulator();

async function listedRunners(): Promise<string[]> {
  const { body } = await call(simulator(), "GET", RUNNERS);
  return (body as { runners: { runner_id: string }[] }).runners
    .map(({ runner_id: id }) => id)
    .filter((id) => id === "a");
}

async function listedTokens(id: string): Promise<boolean> {
  const { body } = await call(simulator(), "GET", TOKENS);
  return (body as { tokens: { token_id: string }[] }).tokens.some(({ token_id: other }) => other === id);
}

async function status(method: string, path: string): Promise<unknown> {
  const reply = await call(simulator(), method, path);
  return reply.status === 200 ? 200 : errorCode(reply);
}

describe("lists that lag", () => {
  test("show a new runner late, and a deleted one for a while; reads by id do not lag", async () => {
    Object.assign(simulator().platform.behaviour, { runnersListedAfterReads: 2, runnersUnlistedAfterReads: 1 });

    addHost(simulator().platform, { runnerId: "a", roles: [] });
    expect(await status("GET", `${RUNNERS}/a`)).toBe(200);
    expect([await listedRunners(), await listedRunners(), await listedRunners()]).toEqual([[], [], ["a"]]);
    simulator().platform.disconnect("a");
    await call(simulator(), "DELETE", `${RUNNERS}/a`);

    expect(await status("GET", `${RUNNERS}/a`)).toBe("runners.runner_not_found");
    expect([await listedRunners(), await listedRunners()]).toEqual([["a"], []]);
  });

  test("show a new token late, and a revoked one for a while", async () => {
    Object.assign(simulator().platform.behaviour, { tokensListedAfterReads: 1, tokensUnlistedAfterReads: 2 });

    const { body } = await call(simulator(), "POST", TOKENS, { body: { persistent: true, roles: [] } });
    const { token_id: id } = body as { token_id: string };
    expect([await listedTokens(id), await listedTokens(id)]).toEqual([false, true]);
    await call(simulator(), "DELETE", `${TOKENS}/${id}`);

    expect([await listedTokens(id), await listedTokens(id), await listedTokens(id)]).toEqual([true, true, false]);
    expect(await status("DELETE", `${TOKENS}/${id}`)).toBe("enrollment_tokens.invalid_token_id");
  });

  test("show nothing of one that was gone before its time to appear", async () => {
    Object.assign(simulator().platform.behaviour, { tokensListedAfterReads: 1 });
    const { id } = simulator().platform.tokens.mint({ persistent: true, roles: [] });
    simulator().platform.tokens.revoke(id);

    expect([await listedTokens(id), await listedTokens(id)]).toEqual([false, false]);
  });
});

describe("lists that are not complete", () => {
  test("lack a runner and its allocator, though reads by id have them", async () => {
    addHost(simulator().platform, { runnerId: "a", roles: ["allocator"] });
    simulator().platform.behaviour.unlisted = ["a"];

    expect(await listedRunners()).toEqual([]);
    expect((await call(simulator(), "GET", ALLOCATORS)).text).not.toContain('"allocator_id":"a"');
    expect([await status("GET", `${RUNNERS}/a`), await status("GET", `${ALLOCATORS}/a`)]).toEqual([200, 200]);
  });

  test("lack a token that lives", async () => {
    const { id } = simulator().platform.tokens.mint({ persistent: true, roles: [] });
    simulator().platform.behaviour.unlisted = [id];

    expect(await listedTokens(id)).toBe(false);
    expect(await status("DELETE", `${TOKENS}/${id}`)).toBe(200);
  });
});

test("refusals lag behind a host that disconnects, for its allocator and its runner", async () => {
  simulator().platform.behaviour.refusalsAfterDisconnect = 2;
  addHost(simulator().platform, { runnerId: "a", roles: ["allocator"] });
  simulator().platform.disconnect("a");

  expect(await status("DELETE", `${ALLOCATORS}/a`)).toBe("allocators.delete_connected_allocator_attempt");
  expect(await status("DELETE", `${RUNNERS}/a`)).toBe("runners.runner_deletion_failed");
  expect([await status("DELETE", `${ALLOCATORS}/a`), await status("DELETE", `${RUNNERS}/a`)]).toEqual([200, 200]);
});

test("a 404 with a code of somebody else's is a fault", async () => {
  addHost(simulator().platform, { runnerId: "a", roles: [] });
  const path = "/platform/infrastructure/runners/a";
  simulator().faults.add({ method: "GET", path, kind: "status", status: 404, code: "gateway.no_such_route" });

  expect(await status("GET", `${RUNNERS}/a`)).toBe("gateway.no_such_route");
  expect(await status("GET", `${RUNNERS}/a`)).toBe(200);
});
