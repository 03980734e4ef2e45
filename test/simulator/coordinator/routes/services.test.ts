import { call, errorCode } from "../../http-call";
import { addHost } from "../../joining";
import { useSimulator } from "../../../support/use-simulator";

const INFRASTRUCTURE = "/api/v1/platform/infrastructure";

const simulator = useSimulator();
beforeEach(() => {
  addHost(simulator().platform, { runnerId: "a", roles: ["coordinator", "director", "proxy"] });
});

async function get<T>(path: string): Promise<T> {
  return (await call(simulator(), "GET", INFRASTRUCTURE + path)).body as T;
}

test("a host with the coordinator role is a constructor", async () => {
  const { constructors } = await get<{ constructors: unknown[] }>("/constructors");

  expect(constructors[1]).toEqual({ constructor_id: "a", status: { connected: true, maintenance_mode: false } });
  expect(await get("/constructors/a")).toEqual(constructors[1]);
});

test("a host with the proxy role is a proxy with an id of its own", async () => {
  const { proxies, ...overview } = await get<{ proxies: { proxy_id: string }[] }>("/proxies");
  const { proxy_id: id = "" } = proxies[1] ?? {};

  expect(overview).toMatchObject({ proxies_count: 2 });
  expect(id).toMatch(/^[0-9a-f]{12}$/);
  expect(await get(`/proxies/${id}`)).toMatchObject({ proxy_id: id, runner_id: "a", healthy: true });
});

test("a host with the director role is a coordinator in the API, until it is demoted", async () => {
  const { coordinators } = await get<{ coordinators: { name: string }[] }>("/coordinators");
  const one = await get("/coordinators/a");
  const early = await call(simulator(), "POST", `${INFRASTRUCTURE}/coordinators/a/_demote`);
  simulator().platform.setRoles("a", ["proxy"]);
  const late = await call(simulator(), "POST", `${INFRASTRUCTURE}/coordinators/a/_demote`);

  expect(coordinators.map(({ name }) => name)).toEqual(["192.168.44.10", "a"]);
  expect(one).toEqual(coordinators[1]);
  expect([early.status, errorCode(early)]).toEqual([400, "coordinators.coordinator_demote_failed"]);
  expect([late.status, late.body]).toEqual([200, {}]);
});

test.each([
  ["constructors", "constructors.constructor_not_found"],
  ["proxies", "proxies.proxy_not_found"],
  ["coordinators", "coordinators.coordinator_not_found"],
])("an unknown id of %s is not found", async (list, code) => {
  const reply = await call(simulator(), "GET", `${INFRASTRUCTURE}/${list}/stranger`);

  expect([reply.status, errorCode(reply)]).toEqual([404, code]);
});
