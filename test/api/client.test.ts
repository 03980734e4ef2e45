import type { EceClient } from "../../lib/api";
import { remedyFor } from "../../lib/api/errors/remedies";
import { loadOpenApi } from "../support/openapi";
import { createClient, refusal, StubPlatform, stopAll } from "./stub-platform";

const ALLOCATOR = {
  allocator_id: "10.0.0.11",
  zone_id: "ece-zone-1",
  host_ip: "10.0.0.11",
  public_hostname: "10.0.0.11",
  status: { connected: true, healthy: true, maintenance_mode: false },
  capacity: { memory: { total: 26000, used: 0 }, storage: { total: 832000 } },
  settings: { capacity: 26000 },
  instances: [{ cluster_type: "kibana", cluster_id: "c1", instance_name: "instance-1", node_memory: 1024 }],
  metadata: [{ key: "ssd", value: "true" }],
  features: [],
  external_links: [],
};
const RUNNER = {
  runner_id: "10.0.0.11",
  host_ip: "10.0.0.11",
  public_hostname: "10.0.0.11",
  connected: true,
  healthy: true,
  roles: [{ role_name: "allocator" }, { role_name: "beats-runner" }],
  containers: [{ container_name: "runner", container_set_name: "runners" }],
};
const SECURITY_DEPLOYMENT = {
  cluster_id: "c0ffee",
  deployment_id: "d0cked",
  name: "security",
  status: "started",
  has_pending_plan: false,
  is_healthy: true,
  is_enabled: true,
};
const CANDIDATE = {
  name: "10.0.0.11",
  public_hostname: "10.0.0.11",
  acl: { scheme: "digest", id: "a", perms: 1 },
  attributes: {},
  state: "pending",
};
const META = { created_time: "2026-01-01T00:00:00Z", modified_time: "2026-01-01T00:00:00Z", version: "1" };
const NO_MOVES = {
  elasticsearch_clusters: [],
  kibana_clusters: [{ cluster_id: "c1" }],
  apm_clusters: [],
  appsearch_clusters: [],
  enterprise_search_clusters: [],
};

interface Call {
  readonly call: (client: EceClient) => Promise<unknown>;
  readonly sends: string;
  readonly body?: unknown;
  readonly status?: number;
  readonly reply: unknown;
  readonly gives: unknown;
}

const INFRASTRUCTURE = "/platform/infrastructure";
const TOKENS = "/platform/configuration/security/enrollment-tokens";

/** Every operation: what is called, what must go over the wire, what comes back, and what the caller gets. */
const CALLS: Record<string, Call> = {
  "enrollmentTokens.list": {
    call: ({ enrollmentTokens }) => enrollmentTokens.list(),
    sends: `GET ${TOKENS}`,
    reply: { tokens: [{ token_id: "a", roles: ["proxy"] }] },
    gives: [{ token_id: "a", roles: ["proxy"] }],
  },
  "enrollmentTokens.create of a persistent token": {
    call: ({ enrollmentTokens }) => enrollmentTokens.create({ roles: ["allocator"], persistent: true }),
    sends: `POST ${TOKENS}`,
    body: { persistent: true, roles: ["allocator"] },
    reply: { token: "t", token_id: "a" },
    gives: { token: "t", tokenId: "a" },
  },
  "enrollmentTokens.create of an ephemeral token": {
    call: ({ enrollmentTokens }) =>
      enrollmentTokens.create({ roles: ["allocator"], persistent: false, validityInSeconds: 600 }),
    sends: `POST ${TOKENS}`,
    body: { persistent: false, roles: ["allocator"], validity_in_seconds: 600 },
    reply: { token: "t" },
    gives: { token: "t" },
  },
  "enrollmentTokens.delete": {
    call: ({ enrollmentTokens }) => enrollmentTokens.delete("a"),
    sends: `DELETE ${TOKENS}/a`,
    reply: {},
    gives: undefined,
  },
  "runners.list": {
    call: ({ runners }) => runners.list(),
    sends: `GET ${INFRASTRUCTURE}/runners`,
    reply: { runners: [RUNNER] },
    gives: [RUNNER],
  },
  "runners.find": {
    call: ({ runners }) => runners.find("10.0.0.11"),
    sends: `GET ${INFRASTRUCTURE}/runners/10.0.0.11`,
    reply: RUNNER,
    gives: RUNNER,
  },
  "runners.setRoles": {
    call: ({ runners }) => runners.setRoles("10.0.0.11", ["beats-runner", "proxy"]),
    sends: `PUT ${INFRASTRUCTURE}/runners/10.0.0.11/roles`,
    body: { roles: [{ role_name: "beats-runner" }, { role_name: "proxy" }] },
    reply: { roles: [{ role_name: "beats-runner" }, { role_name: "proxy" }] },
    gives: undefined,
  },
  "runners.delete": {
    call: ({ runners }) => runners.delete("10.0.0.11"),
    sends: `DELETE ${INFRASTRUCTURE}/runners/10.0.0.11`,
    reply: {},
    gives: undefined,
  },
  "allocators.list": {
    call: ({ allocators }) => allocators.list(),
    sends: `GET ${INFRASTRUCTURE}/allocators?size=100&from=0&sort=allocator_id`,
    reply: { zones: [{ zone_id: "ece-zone-1", allocators: [ALLOCATOR] }] },
    gives: [ALLOCATOR],
  },
  "allocators.find": {
    call: ({ allocators }) => allocators.find("10.0.0.11"),
    sends: `GET ${INFRASTRUCTURE}/allocators/10.0.0.11`,
    reply: ALLOCATOR,
    gives: ALLOCATOR,
  },
  "allocators.delete": {
    call: ({ allocators }) => allocators.delete("10.0.0.11"),
    sends: `DELETE ${INFRASTRUCTURE}/allocators/10.0.0.11`,
    reply: {},
    gives: undefined,
  },
  "allocators.delete with its instances": {
    call: ({ allocators }) => allocators.delete("10.0.0.11", { removeInstances: true }),
    sends: `DELETE ${INFRASTRUCTURE}/allocators/10.0.0.11?remove_instances=true`,
    reply: {},
    gives: undefined,
  },
  "allocators.startMaintenance": {
    call: ({ allocators }) => allocators.startMaintenance("10.0.0.11", "rebuilt"),
    sends: `POST ${INFRASTRUCTURE}/allocators/10.0.0.11/maintenance-mode/_start?reason=rebuilt`,
    status: 202,
    reply: {},
    gives: undefined,
  },
  "allocators.stopMaintenance": {
    call: ({ allocators }) => allocators.stopMaintenance("10.0.0.11"),
    sends: `POST ${INFRASTRUCTURE}/allocators/10.0.0.11/maintenance-mode/_stop`,
    status: 202,
    reply: {},
    gives: undefined,
  },
  "allocators.validateMove": {
    call: ({ allocators }) => allocators.validateMove("10.0.0.11", { allocatorDown: true }),
    sends: `POST ${INFRASTRUCTURE}/allocators/10.0.0.11/clusters/_move?allocator_down=true&validate_only=true`,
    status: 202,
    reply: { moves: NO_MOVES, failures: NO_MOVES },
    gives: { moves: NO_MOVES, failures: NO_MOVES },
  },
  "allocators.move": {
    call: ({ allocators }) =>
      allocators.move("10.0.0.11", {
        clusters: { kibana_clusters: [{ cluster_ids: ["c1"] }] },
        moveOnly: true,
        forceUpdate: true,
        forceMove: false,
      }),
    sends:
      `POST ${INFRASTRUCTURE}/allocators/10.0.0.11/clusters/_move` +
      "?move_only=true&force_update=true&force_move=false&validate_only=false",
    body: { kibana_clusters: [{ cluster_ids: ["c1"] }] },
    status: 202,
    reply: { moves: NO_MOVES, failures: NO_MOVES },
    gives: { moves: NO_MOVES, failures: NO_MOVES },
  },
  "allocators.metadata": {
    call: ({ allocators }) => allocators.metadata("10.0.0.11"),
    sends: `GET ${INFRASTRUCTURE}/allocators/10.0.0.11/metadata`,
    reply: [{ key: "ssd", value: "true" }],
    gives: [{ key: "ssd", value: "true" }],
  },
  "allocators.setMetadata": {
    call: ({ allocators }) => allocators.setMetadata("10.0.0.11", [{ key: "ssd", value: "true" }]),
    sends: `PUT ${INFRASTRUCTURE}/allocators/10.0.0.11/metadata`,
    body: { items: [{ key: "ssd", value: "true" }] },
    reply: [{ key: "ssd", value: "true" }],
    gives: [{ key: "ssd", value: "true" }],
  },
  "allocators.putMetadataItem": {
    call: ({ allocators }) => allocators.putMetadataItem("10.0.0.11", "ssd", "true"),
    sends: `PUT ${INFRASTRUCTURE}/allocators/10.0.0.11/metadata/ssd`,
    body: { value: "true" },
    reply: [{ key: "ssd", value: "true" }],
    gives: [{ key: "ssd", value: "true" }],
  },
  "allocators.deleteMetadataItem": {
    call: ({ allocators }) => allocators.deleteMetadataItem("10.0.0.11", "ssd"),
    sends: `DELETE ${INFRASTRUCTURE}/allocators/10.0.0.11/metadata/ssd`,
    reply: [],
    gives: [],
  },
  "allocators.settings": {
    call: ({ allocators }) => allocators.settings("10.0.0.11"),
    sends: `GET ${INFRASTRUCTURE}/allocators/10.0.0.11/settings`,
    reply: { capacity: 26000 },
    gives: { capacity: 26000 },
  },
  "allocators.setSettings": {
    call: ({ allocators }) => allocators.setSettings("10.0.0.11", { capacity: 32000 }),
    sends: `PUT ${INFRASTRUCTURE}/allocators/10.0.0.11/settings`,
    body: { capacity: 32000 },
    reply: { capacity: 32000 },
    gives: { capacity: 32000 },
  },
  "coordinators.list": {
    call: ({ coordinators }) => coordinators.list(),
    sends: `GET ${INFRASTRUCTURE}/coordinators`,
    reply: { coordinators: [] },
    gives: [],
  },
  "coordinators.listCandidates": {
    call: ({ coordinators }) => coordinators.listCandidates(),
    sends: `GET ${INFRASTRUCTURE}/coordinators/candidates`,
    reply: { candidates: [CANDIDATE] },
    gives: [CANDIDATE],
  },
  "coordinators.demote": {
    call: ({ coordinators }) => coordinators.demote("10.0.0.11"),
    sends: `POST ${INFRASTRUCTURE}/coordinators/10.0.0.11/_demote`,
    reply: {},
    gives: undefined,
  },
  "blueprinterRoles.bless": {
    call: ({ blueprinterRoles }) => blueprinterRoles.bless("allocator", "10.0.0.11"),
    sends: `PUT ${INFRASTRUCTURE}/blueprinter/roles/allocator/blessings/10.0.0.11`,
    body: { value: true },
    reply: {
      id: "allocator",
      role: { value: { id: "allocator", auto_blessed: false, containers: [] }, meta: META },
    },
    gives: undefined,
  },
  "blueprinterRoles.tryFind": {
    call: ({ blueprinterRoles }) => blueprinterRoles.tryFind("allocator"),
    sends: `GET ${INFRASTRUCTURE}/blueprinter/roles/allocator`,
    reply: {
      id: "allocator",
      role: { value: { id: "allocator", auto_blessed: false, containers: [] }, meta: META },
      blessings: { value: { runner_ids_to_blessing: { a: { value: true }, b: { value: false } } }, meta: META },
      pending: { value: { runner_ids_to_pending_state: { c: { value: true }, d: { value: false } } }, meta: META },
    },
    gives: { id: "allocator", blessedRunnerIds: ["a"], pendingRunnerIds: ["c"] },
  },
  "deployments.tryFindPlans": {
    call: ({ deployments }) => deployments.tryFindPlans("d1"),
    sends: "GET /deployments/d1?show_plans=true&show_plan_logs=true&show_plan_history=true",
    reply: {
      id: "d1",
      name: "orders",
      healthy: true,
      resources: {
        elasticsearch: [],
        kibana: [],
        apm: [],
        appsearch: [],
        enterprise_search: [],
        integrations_server: [],
      },
    },
    gives: [],
  },
  "securityDeployment.find": {
    call: ({ securityDeployment }) => securityDeployment.find(),
    sends: "GET /platform/configuration/security/deployment",
    reply: SECURITY_DEPLOYMENT,
    gives: SECURITY_DEPLOYMENT,
  },
  "platform.tryFindDeploymentDomain": {
    call: ({ platform }) => platform.tryFindDeploymentDomain(),
    sends: "GET /platform/configuration/networking/deployment_domain_name",
    reply: { value: "10.0.0.10.ip.es.io" },
    gives: "10.0.0.10.ip.es.io",
  },
  "platform.get": {
    call: ({ platform }) => platform.get(),
    sends: "GET /platform",
    reply: {
      version: "4.0.3",
      services: [],
      phone_home_enabled: false,
      eula_accepted: true,
      regions: [],
      unreachable_regions: [],
    },
    gives: {
      version: "4.0.3",
      services: [],
      phone_home_enabled: false,
      eula_accepted: true,
      regions: [],
      unreachable_regions: [],
    },
  },
  "authentication.whoAmI": {
    call: ({ authentication }) => authentication.whoAmI(),
    sends: "GET /users/auth",
    reply: { has_elevated_permissions: false, refresh_token_url: "/api/v1/users/auth/_refresh" },
    gives: { has_elevated_permissions: false, refresh_token_url: "/api/v1/users/auth/_refresh" },
  },
  "authentication.currentUser": {
    call: ({ authentication }) => authentication.currentUser(),
    sends: "GET /user",
    reply: { user_name: "admin", security: { roles: ["ece_platform_admin"] } },
    gives: { user_name: "admin", security: { roles: ["ece_platform_admin"] } },
  },
};
const openApi = loadOpenApi();

afterEach(stopAll);

describe.each(Object.entries(CALLS))("%s", (_name, { call, sends, body, status = 200, reply, gives }) => {
  test("sends the request and returns the decoded reply", async () => {
    const stub = await StubPlatform.start(() => ({ status, body: reply }));

    const given = await call(createClient(stub.endpoint, { region: "" }));

    expect(given).toEqual(gives);
    expect(stub.requests).toHaveLength(1);
    expect(sent(stub)).toBe(sends.replace(" ", " /api/v1"));
    expect(stub.requests[0]?.body).toEqual(body);
  });

  (openApi ? test : test.skip)("agrees with the API description", async () => {
    const stub = await StubPlatform.start(() => ({ status, body: reply }));

    await call(createClient(stub.endpoint));

    const [request] = stub.requests;
    expect(openApi?.checkRequest(request!)).toEqual([]);
    expect(openApi?.checkResponse({ ...request!, status, body: reply })).toEqual([]);
  });

  (openApi ? test : test.skip)("has a remedy for every error that the API description declares", () => {
    const [method = "", path = ""] = sends.split(" ");

    const codes = openApi?.errorCodes(method, path) ?? [];

    expect(codes.filter((code) => remedyFor(0, [{ code, message: "", fields: [] }]) === undefined)).toEqual([]);
  });
});

(openApi ? test : test.skip)("the API description declares errors", () => {
  expect(openApi?.errorCodes("DELETE", "/platform/infrastructure/runners/x")).toEqual(
    expect.arrayContaining(["runners.runner_not_found", "runners.runner_deletion_failed"]),
  );
});

test("every operation of the client is among the calls above", () => {
  const groups = Object.entries(createClient("https://ece.example")).filter(([, group]) => typeof group === "object");
  const operations = groups.flatMap(([name, group]) =>
    Object.getOwnPropertyNames(Object.getPrototypeOf(group))
      .filter((operation) => operation !== "constructor")
      .map((operation) => `${name}.${operation}`),
  );

  expect(operations.length).toBeGreaterThan(15);
  const isCalled = (operation: string) => Object.keys(CALLS).some((name) => name.startsWith(operation));
  // What may find nothing sends what `find` sends.
  expect(operations.filter((name) => !isCalled(name) && !isCalled(name.replace(".tryFind", ".find")))).toEqual([]);
});

(openApi ? test : test.skip)("logging in agrees with the API description", async () => {
  const session = { token: "s", session_expiration_time: "2026-01-01T13:00:00Z" };
  const stub = await StubPlatform.start(({ path }) => ({ body: path.endsWith("/auth") ? {} : session }));
  const credentials = { kind: "bearer-login", username: "admin", password: "open-sesame" } as const;
  const client = createClient(stub.endpoint, { credentials, now: () => new Date("2026-01-02T00:00:00Z") });

  await client.authentication.whoAmI();
  await client.authentication.whoAmI();

  expect(stub.requests.map(({ path }) => path)).toContain("/api/v1/users/auth/_refresh");
  for (const request of stub.requests) expect(openApi?.checkRequest(request)).toEqual([]);
});

describe("tryFind", () => {
  test.each([
    ["runner", (client: EceClient) => client.runners.tryFind("r1"), "runners.runner_not_found"],
    ["allocator", (client: EceClient) => client.allocators.tryFind("r1"), "allocators.allocator_not_found"],
    ["role", (client: EceClient) => client.blueprinterRoles.tryFind("proxy"), "roles.not_found"],
  ])(
    "gives undefined if the platform does not know the %s, and fails with any other error",
    async (_what, call, code) => {
      const missing = await StubPlatform.start(() => refusal(404, code));
      const forbidden = await StubPlatform.start(() => refusal(403, "root.unauthorized.rbac"));

      expect(await call(createClient(missing.endpoint))).toBeUndefined();
      await expect(call(createClient(forbidden.endpoint))).rejects.toMatchObject({ isForbidden: true });
    },
  );
});

describe("replies without what the API promises", () => {
  test("a runner with nothing but an id is not connected and has no roles", async () => {
    const stub = await StubPlatform.start(() => ({ body: { runners: [{ runner_id: "r1", roles: null }] } }));

    expect(await createClient(stub.endpoint).runners.list()).toEqual([
      { runner_id: "r1", connected: false, healthy: false, roles: [], containers: [] },
    ]);
  });

  test("a token whose roles are null has none", async () => {
    const stub = await StubPlatform.start(() => ({ body: { tokens: [{ token_id: "a", roles: null }] } }));

    expect(await createClient(stub.endpoint).enrollmentTokens.list()).toEqual([{ token_id: "a", roles: [] }]);
  });

  test("an allocator without a list of instances is an error, because it may hold data", async () => {
    const stub = await StubPlatform.start(() => ({ body: { allocator_id: "r1" } }));

    await expect(createClient(stub.endpoint).allocators.find("r1")).rejects.toThrow('a list "instances"');
  });

  test("unknown fields are kept", async () => {
    const stub = await StubPlatform.start(() => ({ body: { ...RUNNER, colour: "green" } }));

    expect(await createClient(stub.endpoint).runners.find("r1")).toMatchObject({ colour: "green" });
  });
});

describe("a list of allocators", () => {
  test("is read to its end, page by page", async () => {
    const all = Array.from({ length: 230 }, (_, index) => ({ ...ALLOCATOR, allocator_id: `10.0.1.${index}` }));
    const stub = await StubPlatform.start(({ query }) => {
      const page = all.slice(Number(query.from), Number(query.from) + Number(query.size));
      const zones = ["ece-zone-1", "ece-zone-2"].map((zone_id, zone) => ({
        zone_id,
        allocators: page.filter((_, index) => index % 2 === zone).map(({ zone_id: _dropped, ...rest }) => rest),
      }));
      return { body: { zones } };
    });

    const listed = await createClient(stub.endpoint).allocators.list();

    expect(new Set(listed.map(({ allocator_id }) => allocator_id)).size).toBe(230);
    expect(listed.filter(({ zone_id }) => zone_id === "ece-zone-2")).toHaveLength(115);
    expect(stub.requests.map(({ query }) => query.from)).toEqual(["0", "100", "200"]);
  });

  test("ends when the platform shows the same page again", async () => {
    const page = Array.from({ length: 100 }, (_, index) => ({ ...ALLOCATOR, allocator_id: `10.0.1.${index}` }));
    const stub = await StubPlatform.start(() => ({ body: { zones: [{ zone_id: "z", allocators: page }] } }));

    expect(await createClient(stub.endpoint).allocators.list()).toHaveLength(100);
    expect(stub.requests).toHaveLength(2);
  });
});

function sent({ requests: [request] }: StubPlatform): string {
  const query = new URLSearchParams(request?.query).toString();
  return `${request?.method} ${request?.path}${query && `?${query}`}`;
}
