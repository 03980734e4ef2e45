import { loadOpenApi } from "../support/openapi";
import { call } from "./http-call";
import { addHost, joinRequest, tokenFor } from "./joining";
import { useSimulator } from "../support/use-simulator";

const simulator = useSimulator();
const openApi = loadOpenApi();
const PLATFORM = "/api/v1/platform";
const INFRASTRUCTURE = `${PLATFORM}/infrastructure`;
const TOKENS = `${PLATFORM}/configuration/security/enrollment-tokens`;
const ONE_ALLOCATOR = `${INFRASTRUCTURE}/allocators/a`;

/** Method, path, status and body. The order matters, as some calls change the state. */
const CALLS: readonly [string, string, number, unknown?][] = [
  ["GET", "/api/v1/user", 200],
  ["GET", PLATFORM, 200],
  ["GET", "/api/v1/regions/ece-region/platform", 200],
  ["POST", TOKENS, 200, { persistent: true, roles: ["allocator"] }],
  ["POST", TOKENS, 200, { persistent: false, roles: ["allocator"], validity_in_seconds: 60 }],
  ["POST", TOKENS, 400, { persistent: true, roles: ["unknown"] }],
  ["GET", TOKENS, 200],
  ["DELETE", `${TOKENS}/unknown`, 404],
  ["GET", `${PLATFORM}/configuration/networking/deployment_domain_name`, 200],
  ["GET", `${INFRASTRUCTURE}/runners`, 200],
  ["GET", `${INFRASTRUCTURE}/runners/a`, 200],
  ["GET", `${INFRASTRUCTURE}/runners/unknown`, 404],
  ["POST", `${INFRASTRUCTURE}/runners/_search`, 200, { query: { match_all: {} } }],
  ["POST", `${INFRASTRUCTURE}/runners/_resync`, 202],
  ["POST", `${INFRASTRUCTURE}/runners/a/_resync`, 200],
  ["POST", `${INFRASTRUCTURE}/runners/unknown/_resync`, 500],
  ["PUT", `${INFRASTRUCTURE}/runners/a/roles?bless=true`, 200, { roles: [{ role_name: "allocator" }] }],
  ["PUT", `${INFRASTRUCTURE}/runners/a/roles`, 400, { roles: [{ role_name: "unknown" }] }],
  ["DELETE", `${INFRASTRUCTURE}/runners/a`, 400],
  ["GET", `${INFRASTRUCTURE}/allocators?size=10&from=0`, 200],
  ["GET", ONE_ALLOCATOR, 200],
  ["POST", `${INFRASTRUCTURE}/allocators/_search`, 200, { query: { match_all: {} } }],
  ["POST", `${INFRASTRUCTURE}/allocators/_resync`, 202],
  ["POST", `${ONE_ALLOCATOR}/_resync`, 200],
  ["POST", `${INFRASTRUCTURE}/allocators/unknown/_resync`, 500],
  ["POST", "/api/v1/deployments/_search", 200],
  ["GET", "/api/v1/deployments/unknown", 404],
  ["POST", `${ONE_ALLOCATOR}/maintenance-mode/_start?reason=drain`, 202],
  ["GET", ONE_ALLOCATOR, 200],
  ["PUT", `${ONE_ALLOCATOR}/settings`, 200, { capacity: 30_000 }],
  ["GET", `${ONE_ALLOCATOR}/settings`, 200],
  ["PATCH", `${ONE_ALLOCATOR}/settings`, 200, '{"capacity":31000}'],
  ["PUT", `${ONE_ALLOCATOR}/metadata`, 200, { items: [{ key: "k", value: "v" }] }],
  ["GET", `${ONE_ALLOCATOR}/metadata`, 200],
  ["PUT", `${ONE_ALLOCATOR}/metadata/l`, 200, { value: "w" }],
  ["DELETE", `${ONE_ALLOCATOR}/metadata/l`, 200],
  ["POST", `${ONE_ALLOCATOR}/clusters/_move?validate_only=true`, 202],
  ["POST", `${ONE_ALLOCATOR}/clusters/_move?validate_only=true&allocator_down=true`, 202, {}],
  ["POST", `${ONE_ALLOCATOR}/clusters/kibana/_move`, 202, { kibana_clusters: [{ cluster_ids: ["k1"] }] }],
  ["POST", `${ONE_ALLOCATOR}/maintenance-mode/_stop`, 202],
  ["DELETE", ONE_ALLOCATOR, 400],
  ["GET", `${INFRASTRUCTURE}/constructors`, 200],
  ["GET", `${INFRASTRUCTURE}/constructors/192.168.44.10`, 200],
  ["GET", `${INFRASTRUCTURE}/proxies`, 200],
  ["GET", `${INFRASTRUCTURE}/proxies/unknown`, 404],
  ["GET", `${INFRASTRUCTURE}/coordinators`, 200],
  ["GET", `${INFRASTRUCTURE}/coordinators/candidates`, 200],
  ["GET", `${INFRASTRUCTURE}/coordinators/192.168.44.10`, 200],
  ["POST", `${INFRASTRUCTURE}/coordinators/192.168.44.10/_demote`, 400],
  ["GET", `${INFRASTRUCTURE}/blueprinter/roles`, 200],
  ["GET", `${INFRASTRUCTURE}/blueprinter/roles/allocator`, 200],
  ["PUT", `${INFRASTRUCTURE}/blueprinter/roles/proxy/blessings/a`, 200, { value: true }],
  [
    "PUT",
    `${INFRASTRUCTURE}/blueprinter/roles/proxy/blessings`,
    200,
    { runner_ids_to_blessing: { a: { value: false } } },
  ],
  ["GET", "/api/v1/users/auth", 200],
  ["GET", "/api/v1/users/auth/methods", 200],
  ["POST", "/api/v1/users/auth/_login", 401, { username: "admin", password: "wrong" }],
  ["POST", "/api/v1/users/auth/_refresh", 401],
  ["POST", "/api/v1/users/auth/_logout", 200],
];

(openApi === undefined ? test.skip : test)(
  "every reply conforms to Elastic's description of the API (ECE_OPENAPI)",
  async () => {
    const { platform } = simulator();
    addHost(platform, { runnerId: "a", roles: ["allocator"], allocatorTags: "disk:ssd" });
    platform.join(joinRequest(platform, { runnerId: "p", rolesToken: tokenFor(platform, []), roles: ["proxy"] }));
    platform.behaviour.votingAfterReads = 2;
    addHost(platform, { runnerId: "d", roles: ["director"] });
    platform.placeInstances("a", [{}, { clusterType: "kibana", clusterId: "k1" }, { nodeMemoryMb: 100_000 }]);

    for (const [method, path, status, body] of CALLS) {
      const reply = await call(simulator(), method, path, { body });

      const problems = openApi?.checkResponse({ method, path, status: reply.status, body: reply.body });
      expect([method, path, reply.status, problems]).toEqual([method, path, status, []]);
    }
  },
);
