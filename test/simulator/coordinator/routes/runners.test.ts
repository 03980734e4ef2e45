import { call, errorCode } from "../../http-call";
import { addHost } from "../../joining";
import { useSimulator } from "../../../support/use-simulator";

const RUNNERS = "/api/v1/platform/infrastructure/runners";

const simulator = useSimulator();
beforeEach(() => {
  addHost(simulator().platform, {
    runnerId: "a",
    hostIp: "10.0.0.1",
    roles: ["proxy"],
    availabilityZone: "ece-zone-2",
  });
});

test("GET shows a host with its roles, zone and version", async () => {
  const { body } = await call(simulator(), "GET", `${RUNNERS}/a`);

  expect(body).toMatchObject({
    runner_id: "a",
    host_ip: "10.0.0.1",
    zone: "ece-zone-2",
    connected: true,
    healthy: true,
    build_info: { version: "4.0.3" },
    roles: [{ role_name: "beats-runner" }, { role_name: "services-forwarder" }, { role_name: "proxy" }],
  });
});

test("GET of the list shows every host in the same way as GET of one host", async () => {
  const { body: list } = await call(simulator(), "GET", RUNNERS);
  const { body: one } = await call(simulator(), "GET", `${RUNNERS}/a`);

  const { runners } = list as { runners: { runner_id: string }[] };
  expect(runners.map(({ runner_id }) => runner_id)).toEqual(["192.168.44.10", "a"]);
  expect(runners[1]).toEqual(one);
});

test("DELETE refuses a connected host and removes a disconnected one", async () => {
  const connected = await call(simulator(), "DELETE", `${RUNNERS}/a`);
  simulator().platform.disconnect("a");
  const disconnected = await call(simulator(), "DELETE", `${RUNNERS}/a`);

  expect([connected.status, errorCode(connected)]).toEqual([400, "runners.runner_deletion_failed"]);
  expect([disconnected.status, disconnected.body]).toEqual([200, {}]);
  expect(
    simulator()
      .state()
      .runners.map(({ runnerId }) => runnerId),
  ).toEqual(["192.168.44.10"]);
});

test.each<[string, string, unknown]>([
  ["GET", "", undefined],
  ["DELETE", "", undefined],
  ["PUT", "/roles", { roles: [] }],
])("%s %s of an unknown host is not found", async (method, suffix, body) => {
  const reply = await call(simulator(), method, `${RUNNERS}/stranger${suffix}`, { body });

  expect([reply.status, errorCode(reply)]).toEqual([404, "runners.runner_not_found"]);
});

test("PUT of roles replaces all roles and returns the new ones", async () => {
  const roles = [{ role_name: "allocator" }, { role_name: "beats-runner" }];

  const reply = await call(simulator(), "PUT", `${RUNNERS}/a/roles?bless=true`, { body: { roles } });

  expect([reply.status, reply.body]).toEqual([200, { roles }]);
  expect(
    simulator()
      .state()
      .allocators.map(({ allocatorId }) => allocatorId),
  ).toEqual(["192.168.44.10", "a"]);
});

test.each([
  ["an unknown role", { roles: [{ role_name: "master" }] }, "runners.runner_set_roles_failed"],
  ["roles as plain strings", { roles: ["proxy"] }, "root.invalid_json_request"],
  ["roles missing", {}, "root.invalid_json_request"],
])("PUT of roles refuses %s", async (_case, body, code) => {
  const reply = await call(simulator(), "PUT", `${RUNNERS}/a/roles`, { body });

  expect([reply.status, errorCode(reply)]).toEqual([400, code]);
});
