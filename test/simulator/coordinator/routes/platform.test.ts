import { call } from "../../http-call";
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
  addHost(simulator().platform, { runnerId: "d", roles: ["director"] });
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
          ],
        },
        runners: { total_runners: 3, connected_runners: 2 },
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
