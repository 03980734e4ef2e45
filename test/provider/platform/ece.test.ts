import type { ObjectValue, Reply } from "../../../lib/plugin/framework";
import { Simulator, type Fault } from "../../../lib/simulator";
import { StubPlatform, stopAll } from "../../api/stub-platform";
import { addHost } from "../../simulator/joining";
import { errorsOf } from "../../support/diagnostics";
import { ProviderSession, type Outcome, type Stored } from "../../support/provider-session";
import { useSimulator } from "../../support/use-simulator";

const TOKENS = "/platform/configuration/security/enrollment-tokens";
const TOKEN = { roles: ["proxy"] };
const NO_USER = { username: null, password: null };

const simulator = useSimulator();

afterEach(async () => {
  await stopAll();
});

/** The calls since a moment, such as `GET runners`. */
function callsSince(start: number): string[] {
  return simulator()
    .requests.slice(start)
    .map(({ method, path }) => `${method} ${path.split("/").pop()}`);
}

function stored(state: ObjectValue): Stored {
  return { state, privateState: new Uint8Array() };
}

describe("a refresh", () => {
  // Terraform's own default; each worker asks for the next as soon as it has its answer.
  const PARALLELISM = 10;

  async function refresh(session: ProviderSession, resources: (readonly [string, ObjectValue])[]): Promise<Outcome[]> {
    const outcomes: Outcome[] = [];
    const waiting = [...resources];
    const work = async (): Promise<void> => {
      for (let next = waiting.shift(); next; next = waiting.shift())
        outcomes.push(await session.read(next[0], stored(next[1])));
    };
    await Promise.all(Array.from({ length: PARALLELISM }, work));
    return outcomes;
  }

  test("of a thousand tokens is one list, and one look at who the platform is", async () => {
    const session = await ProviderSession.start(simulator());
    const tokens = Array.from({ length: 1000 }, () => {
      const { id = "" } = simulator().platform.tokens.mint({ persistent: true, roles: ["proxy"] });
      const state = { id, ...TOKEN, triggers: null, on_missing: "recreate", token: null, revoked: false };
      return ["ece_roles_token", state] as const;
    });

    const outcomes = await refresh(session, tokens);

    expect(outcomes.every(({ state, diagnostics }) => state !== null && diagnostics.length === 0)).toBe(true);
    expect(callsSince(0)).toEqual(["GET deployment", "GET enrollment-tokens"]);
  });

  test("of hosts, their roles and their tokens is one list of each kind and one look at the platform", async () => {
    const session = await ProviderSession.start(simulator());
    const resources = Array.from({ length: 30 }, (_, index) => {
      const runner_id = `192.168.45.${index}`;
      addHost(simulator().platform, { runnerId: runner_id, roles: ["proxy"] });
      const host = { runner_id, id: "i", adopt: false, on_destroy: "delete", platform_version: "4.0.3" };
      const roles = { runner_id, ...TOKEN, on_destroy: "drain", connected: true, healthy: true, drain: null };
      const shown = { host_ip: null, public_hostname: null, zone: null, version: null };
      return [
        ["ece_host", { ...host, install_fingerprint: null, timeouts: null }],
        ["ece_host_roles", { ...roles, ...shown, timeouts: null }],
      ] as const;
    }).flat();

    const outcomes = await refresh(session, resources);

    expect(outcomes.map(errorsOf).join("")).toBe("");
    expect(outcomes.every(({ state }) => state !== null)).toBe(true);
    expect(callsSince(0).sort()).toEqual(["GET deployment", "GET enrollment-tokens", "GET platform", "GET runners"]);
  });

  test("sees what this process changed before, and what others changed since it last looked at the same", async () => {
    const session = await ProviderSession.start(simulator());
    const first = await session.apply("ece_roles_token", TOKEN);
    await session.read("ece_roles_token", first);
    const second = await session.apply("ece_roles_token", TOKEN);

    expect((await session.read("ece_roles_token", second)).state).toMatchObject({ revoked: false });
    simulator().platform.tokens.revoke(second.state?.id as string);
    expect((await session.read("ece_roles_token", second)).state).toMatchObject({ revoked: true });
  });
});

describe("a transient error", () => {
  const passing: [string, Omit<Fault, "path">][] = [
    ["a broken connection", { kind: "reset-before" }],
    ["429 with Retry-After", { kind: "status", status: 429, headers: { "Retry-After": "1" } }],
    ["502", { kind: "status", status: 502 }],
    ["503", { kind: "status", status: 503 }],
    ["504", { kind: "status", status: 504 }],
    ["a control plane that starts", { kind: "status", status: 500, code: "controller_route.controller_not_ready" }],
  ];

  test.concurrent.each(passing)("is waited out in a refresh and in a destroy: %s", async (_what, fault) => {
    const other = await Simulator.start();
    try {
      const session = await ProviderSession.start(other, { max_retries: 1 });
      const token = await session.apply("ece_roles_token", TOKEN);
      other.faults.add({ ...fault, method: "GET", path: TOKENS });
      other.faults.add({ ...fault, method: "DELETE", path: TOKENS });

      const read = await session.read("ece_roles_token", token);
      const destroyed = await session.destroy("ece_roles_token", token);

      expect(errorsOf(read)).toBe("");
      expect(read.state).toEqual(token.state);
      expect(errorsOf(destroyed)).toBe("");
      expect(other.faults.pending()).toEqual([]);
      expect(other.state().tokens.find(({ id }) => id === token.state?.id)).toMatchObject({ live: false });
    } finally {
      await other.stop();
    }
  });

  test("is not waited out with max_retries 0", async () => {
    const session = await ProviderSession.start(simulator(), { max_retries: 0 });
    const token = await session.apply("ece_roles_token", TOKEN);
    simulator().faults.add({ kind: "status", status: 503, method: "GET", path: TOKENS });

    const read = await session.read("ece_roles_token", token);

    expect(errorsOf(read)).toContain("503");
    expect(errorsOf(read)).toContain("control plane");
    expect(read.state).toEqual(token.state);
  });

  test("never makes a creation happen twice when its outcome is unknown", async () => {
    const session = await ProviderSession.start(simulator(), { max_retries: 4 });
    simulator().faults.add({ kind: "reset-after-commit", method: "POST", path: TOKENS });

    const created = await session.apply("ece_roles_token", TOKEN);

    expect(callsSince(0).filter((call) => call.startsWith("POST"))).toHaveLength(1);
    expect(errorsOf(created)).toContain("Unable to tell whether the roles token was created");
  });
});

describe("an API key that expires soon", () => {
  const STORED = { id: "t", ...TOKEN, triggers: null, on_missing: "keep", token: null, revoked: false };

  test.each<[what: string, run: (session: ProviderSession) => Promise<Reply>]>([
    ["a creation", (session) => session.apply("ece_roles_token", TOKEN)],
    ["a refresh", (session) => session.read("ece_roles_token", stored(STORED))],
    ["a destroy", (session) => session.destroy("ece_roles_token", stored(STORED))],
    ["an import", (session) => session.import("ece_roles_token", "t")],
    ["a data source", (session) => session.readData("ece_roles_tokens")],
    ["an ephemeral resource", (session) => session.open("ece_roles_token", TOKEN)],
  ])("is warned of with %s, once a process", async (_what, run) => {
    const headers = { "x-elastic-api-key-expiration": new Date(Date.now() + 3_600_000).toISOString() };
    const stub = await StubPlatform.start(({ method }) => {
      if (method === "POST") return { headers, body: { token: "secret", token_id: "u" } };
      return { headers, body: method === "DELETE" ? {} : { tokens: [{ token_id: "other", roles: [] }] } };
    });
    const session = await ProviderSession.start(simulator(), { endpoint: stub.endpoint, api_key: "k", ...NO_USER });

    const { diagnostics } = await run(session);
    const again = await run(session);

    const summary = expect.stringMatching(/^The ECE API key expires on \d{4}-\d\d-\d\d$/) as string;
    expect(diagnostics.filter(({ severity }) => severity === "warning")).toMatchObject([{ summary }]);
    expect(again.diagnostics.filter(({ severity }) => severity === "warning")).toEqual([]);
  });
});

test("an error of the platform shows neither the password nor a token, whatever the platform says", async () => {
  const session = await ProviderSession.start(simulator());
  const token = await session.apply("ece_roles_token", TOKEN);
  const secret = token.state?.token as string;
  const message = `admin:${simulator().password} may not see ${secret}`;
  simulator().faults.add({ kind: "status", status: 403, code: "root.unauthorized.rbac", message, path: TOKENS });

  const read = await session.read("ece_roles_token", token);

  expect(errorsOf(read)).toContain("admin:[redacted] may not see [redacted]");
  expect(errorsOf(read)).toContain("Platform admin");
});
