import { addHost } from "../../simulator/joining";
import { useProviderSession } from "../../support/provider-session";
import { useSimulator } from "../../support/use-simulator";

const ID = "192.168.44.11";

const simulator = useSimulator();
const session = useProviderSession(simulator);

test("the guard of a state of 0.1.0 is forgotten without a change on the platform", async () => {
  addHost(simulator().platform, { runnerId: ID, roles: ["allocator"] });
  simulator().platform.placeInstances(ID, 1);
  const before = simulator().state();
  const stored = await session().apply("ece_host_guard", { runner_id: ID });

  const read = await session().read("ece_host_guard", stored);
  const destroyed = await session().destroy("ece_host_guard", read);

  expect(read.state).toEqual(stored.state);
  expect(destroyed).toMatchObject({ state: null, diagnostics: [] });
  expect(simulator().state()).toEqual(before);
});
