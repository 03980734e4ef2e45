import { addHost } from "../../simulator/joining";
import { useProviderSession } from "../../support/provider-session";
import { useSimulator } from "../../support/use-simulator";

const simulator = useSimulator();
const session = useProviderSession(simulator);

test("ece_platform counts every allocator of a platform with more than the API shows at once", async () => {
  for (let i = 0; i < 230; i++)
    addHost(simulator().platform, { runnerId: `host-${i}`, hostIp: `10.1.0.${i}`, roles: ["allocator"] });
  simulator().platform.disconnect("host-7");

  const { state, diagnostics } = await session().readData("ece_platform");

  expect(diagnostics).toEqual([]);
  expect(state).toEqual({
    version: "4.0.3",
    region: "ece-region",
    runners: 231,
    connected_runners: 230,
    allocators: 231,
  });
  const pages = simulator().requests.filter(({ path }) => path === "/platform/infrastructure/allocators");
  expect(pages.map(({ query }) => query.from)).toEqual(["0", "100", "200"]);
});

test("ece_platform fails with what the API says", async () => {
  simulator().faults.add({ path: "/platform", kind: "status", status: 403, code: "root.unauthorized.rbac", times: 9 });

  const { state, diagnostics } = await session().readData("ece_platform");

  expect(state).toBeNull();
  expect(diagnostics).toEqual([
    expect.objectContaining({ detail: expect.stringContaining("root.unauthorized.rbac") as string }),
  ]);
});
