import { UNKNOWN, type Value } from "../../../lib/plugin/framework";
import { addHost } from "../../simulator/joining";
import { errorsOf } from "../../support/diagnostics";
import { useProviderSession, type Outcome } from "../../support/provider-session";
import { useSimulator } from "../../support/use-simulator";

const TYPE = "ece_host_roles";
const ID = "192.168.44.11";
const HOST = { runner_id: ID, roles: ["allocator"], host_id: "host-1", vm_id: "vm-1" };

const simulator = useSimulator();
const session = useProviderSession(simulator);

async function joined(): Promise<Outcome> {
  addHost(simulator().platform, { runnerId: ID, roles: ["allocator"] });
  return session().apply(TYPE, HOST);
}

test.each<[string, { host_id?: Value; vm_id?: Value }, string]>([
  ["its VM", { vm_id: UNKNOWN }, `The VM of the host ${ID} would be replaced, and the host kept`],
  ["the host", { host_id: UNKNOWN }, `The host ${ID} would be replaced, and its VM kept`],
])("a plan that replaces %s alone is refused, with the remedy", async (_, change, summary) => {
  const stored = await joined();

  const refused = await session().plan(TYPE, { ...HOST, ...change }, stored);

  expect(errorsOf(refused)).toContain(summary);
  expect(errorsOf(refused)).toMatch(/-replace=ADDRESS|replace_triggered_by/);
});

test("host and VM together are replaced, and a VM that becomes known to the state changes it alone", async () => {
  const stored = await joined();
  const before = await session().apply(TYPE, { ...HOST, vm_id: null }, stored);

  const together = await session().plan(TYPE, { ...HOST, host_id: UNKNOWN, vm_id: UNKNOWN }, stored);
  const named = await session().apply(TYPE, HOST, before);

  expect(together).toMatchObject({ diagnostics: [], requiresReplace: [["host_id"]] });
  expect(named).toMatchObject({ diagnostics: [], state: { ...stored.state } });
});

test("a VM that vanished with its host is a warning, and the host is waited for", async () => {
  const stored = await joined();
  simulator().platform.disconnect(ID);
  const read = await session().read(TYPE, stored);

  const planned = await session().plan(TYPE, { ...HOST, vm_id: UNKNOWN }, read);

  expect(errorsOf(planned)).toBe("");
  expect(planned.diagnostics).toMatchObject([
    { severity: "warning", summary: `The VM of the host ${ID} is made anew, and the host kept` },
  ]);
  expect(planned.plan).toMatchObject({ connected: true });
});
