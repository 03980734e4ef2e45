import { call, errorCode } from "../../http-call";
import { joinRequest, tokenFor } from "../../joining";
import { useSimulator } from "../../../support/use-simulator";

const ROLES = "/api/v1/platform/infrastructure/blueprinter/roles";

const simulator = useSimulator();
beforeEach(() => {
  const rolesToken = tokenFor(simulator().platform, []);
  simulator().platform.join(joinRequest(simulator().platform, { rolesToken, runnerId: "a", roles: ["allocator"] }));
});

function rolesOfHost(): readonly string[] | undefined {
  return simulator()
    .state()
    .runners.find(({ runnerId }) => runnerId === "a")?.roles;
}

test("a role that the token does not carry is shown as pending", async () => {
  const { body } = await call(simulator(), "GET", `${ROLES}/allocator`);

  expect(body).toMatchObject({
    id: "allocator",
    blessings: { value: { runner_ids_to_blessing: { "192.168.44.10": { value: true } } } },
    pending: { value: { runner_ids_to_pending_state: { a: { value: true } } } },
  });
  expect(rolesOfHost()).not.toContain("allocator");
});

test("PUT of a blessing approves a pending role, or removes the role", async () => {
  const blessed = await call(simulator(), "PUT", `${ROLES}/allocator/blessings/a`, { body: { value: true } });
  const roles = rolesOfHost();
  await call(simulator(), "PUT", `${ROLES}/allocator/blessings/a`, { body: { value: false } });

  expect(blessed.body).toMatchObject({ pending: { value: { runner_ids_to_pending_state: {} } } });
  expect([roles?.includes("allocator"), rolesOfHost()?.includes("allocator")]).toEqual([true, false]);
});

test("PUT of blessings replaces all blessings of a role", async () => {
  await call(simulator(), "PUT", `${ROLES}/proxy/blessings`, {
    body: { runner_ids_to_blessing: { a: { value: true } } },
  });

  expect(
    simulator()
      .state()
      .runners.filter(({ roles }) => roles.includes("proxy"))
      .map(({ runnerId }) => runnerId),
  ).toEqual(["a"]);
});

test("GET of the list shows every role and which ones need no blessing", async () => {
  const { body } = await call(simulator(), "GET", ROLES);

  const { values } = body as { values: { id: string; role: { value: { auto_blessed: boolean } } }[] };
  expect(values.map(({ id, role }) => [id, role.value.auto_blessed])).toEqual([
    ["allocator", false],
    ["coordinator", false],
    ["director", false],
    ["proxy", false],
    ["beats-runner", true],
    ["services-forwarder", true],
  ]);
});

test.each<[string, string, string, unknown, number, string]>([
  ["an unknown role", "GET", "/master", undefined, 404, "roles.role_not_found"],
  ["an unknown host", "PUT", "/proxy/blessings/x", { value: true }, 404, "runners.runner_not_found"],
  ["no blessing", "PUT", "/proxy/blessings/a", {}, 400, "root.invalid_json_request"],
  ["no blessings", "PUT", "/proxy/blessings", {}, 400, "root.invalid_json_request"],
])("%s is refused", async (_case, method, suffix, body, status, code) => {
  const reply = await call(simulator(), method, ROLES + suffix, { body });

  expect([reply.status, errorCode(reply)]).toEqual([status, code]);
});
