import { call, errorCode } from "../../http-call";
import { addHost } from "../../joining";
import { useSimulator } from "../../../support/use-simulator";

const simulator = useSimulator({ version: "4.1.0" });

test("GET of the platform shows its version, zones, hosts and services", async () => {
  addHost(simulator().platform, {
    runnerId: "a",
    roles: ["allocator"],
    availabilityZone: "ece-zone-2",
    capacityMb: 9000,
  });
  for (const runnerId of ["d", "e"]) addHost(simulator().platform, { runnerId, roles: ["director"] });
  simulator().platform.placeInstances("a", 2);
  simulator().platform.disconnect("d");

  const { body } = await call(simulator(), "GET", "/api/v1/platform");

  expect(body).toMatchObject({
    version: "4.1.0",
    regions: [
      {
        region_id: "ece-region",
        zookeeper_states: {
          states: [
            { id: "192.168.44.10", state: "connected" },
            { id: "d", state: "lost" },
            { id: "e", state: "connected" },
          ],
        },
        runners: { total_runners: 4, connected_runners: 3 },
        allocators: {
          zone_summaries: [
            { zone_id: "ece-zone-1", total_allocators: 1, instances: 3 },
            { zone_id: "ece-zone-2", instances: 2, connected_capacity: 9000, max_available_capacity: 9000 - 2 * 1024 },
          ],
        },
      },
    ],
  });
});

test("the deployment domain names the first host, until it is set or taken away", async () => {
  const path = "/api/v1/platform/configuration/networking/deployment_domain_name";

  const first = await call(simulator(), "GET", path);
  await call(simulator(), "POST", "/_simulator/deployment-domain", { body: { value: "ece.example" } });
  const set = await call(simulator(), "GET", path);
  await call(simulator(), "POST", "/_simulator/deployment-domain", { body: { value: null } });
  const none = await call(simulator(), "GET", path);

  expect([first.body, set.body]).toEqual([{ value: "192.168.44.10.ip.es.io" }, { value: "ece.example" }]);
  expect([none.status, errorCode(none)]).toEqual([404, "networking.cname.not_found"]);
});

describe("the ensemble", () => {
  const COORDINATORS = "/api/v1/platform/infrastructure/coordinators";

  test("without a majority of its votes in sync leaves no API, and the control works on", async () => {
    for (const runnerId of ["d", "e"]) addHost(simulator().platform, { runnerId, roles: ["director"] });
    simulator().platform.disconnect("d");
    const withTwo = await call(simulator(), "GET", "/api/v1/platform");
    await call(simulator(), "POST", "/_simulator/ensemble/e", { body: { inSync: false } });
    const withOne = await call(simulator(), "GET", "/api/v1/platform");
    const { body } = await call(simulator(), "GET", "/_simulator/state");
    await call(simulator(), "POST", "/_simulator/ensemble/e", { body: {} });
    const mended = await call(simulator(), "GET", "/api/v1/platform");

    expect([withTwo.status, withOne.status, mended.status]).toEqual([200, 503, 200]);
    expect(errorCode(withOne)).toBe("controller_route.controller_not_ready");
    expect(body).toMatchObject({ ensemble: { voters: 3, inSync: 1 } });
  });

  test("shows a director that joins as a candidate until it has a vote", async () => {
    simulator().platform.behaviour.votingAfterReads = 2;
    addHost(simulator().platform, { runnerId: "d", roles: ["director"] });

    const pending = await call(simulator(), "GET", `${COORDINATORS}/candidates`);
    const without = await call(simulator(), "GET", COORDINATORS);
    const none = await call(simulator(), "GET", `${COORDINATORS}/candidates`);

    expect(pending.body).toMatchObject({ candidates: [{ name: "d", state: "pending" }] });
    expect(without.body).toMatchObject({ coordinators: [{ name: "192.168.44.10" }] });
    expect(none.body).toEqual({ candidates: [] });
    expect(simulator().state().ensemble).toEqual({
      members: ["192.168.44.10", "d"],
      candidates: [],
      voters: 2,
      inSync: 2,
    });
  });
});
