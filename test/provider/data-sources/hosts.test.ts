import { addHost } from "../../simulator/joining";
import { useProviderSession } from "../../support/provider-session";
import { useSimulator } from "../../support/use-simulator";

const simulator = useSimulator();
const session = useProviderSession(simulator);

test("ece_hosts lists the hosts by runner id, without the platform's own roles", async () => {
  addHost(simulator().platform, { runnerId: "192.168.44.12", roles: ["proxy"], availabilityZone: "ece-zone-2" });
  addHost(simulator().platform, { runnerId: "192.168.44.11", roles: [] });
  simulator().platform.disconnect("192.168.44.12");

  const { state, diagnostics } = await session().readData("ece_hosts");

  expect(diagnostics).toEqual([]);
  expect(state?.hosts).toEqual([
    expect.objectContaining({ runner_id: "192.168.44.10", roles: ["allocator", "coordinator", "director", "proxy"] }),
    expect.objectContaining({ runner_id: "192.168.44.11", roles: [], connected: true, version: "4.0.3" }),
    expect.objectContaining({ runner_id: "192.168.44.12", zone: "ece-zone-2", connected: false, healthy: false }),
  ]);
});

test("ece_hosts fails with what the API says", async () => {
  simulator().faults.add({ path: "/platform", kind: "status", status: 403, code: "root.unauthorized.rbac", times: 9 });

  const { state, diagnostics } = await session().readData("ece_hosts");

  expect(state).toBeNull();
  expect(diagnostics).toEqual([
    expect.objectContaining({ detail: expect.stringContaining("root.unauthorized.rbac") as string }),
  ]);
});
