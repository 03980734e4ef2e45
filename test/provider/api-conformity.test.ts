import type { ObjectValue } from "../../lib/plugin/framework";
import { Simulator } from "../../lib/simulator";
import { addHost } from "../simulator/joining";
import { errorsOf } from "../support/diagnostics";
import { loadOpenApi } from "../support/openapi";
import { ProviderSession, type Outcome } from "../support/provider-session";
import { WireTap } from "../support/wire-tap";

const ID = "192.168.44.11";
const openApi = loadOpenApi();

let simulator: Simulator;
let tap: WireTap;
let session: ProviderSession;

beforeEach(async () => {
  simulator = await Simulator.start();
  tap = await WireTap.start(simulator);
  session = await ProviderSession.start(simulator, { endpoint: tap.endpoint, login: true });
});

afterEach(async () => {
  await tap?.stop();
  await simulator?.stop();
});

async function applied(typeName: string, config: ObjectValue, before?: Outcome): Promise<Outcome> {
  const outcome = await session.apply(typeName, config, before);
  expect(errorsOf(outcome)).toBe("");
  const read = await session.read(typeName, outcome);
  expect(errorsOf(read)).toBe("");
  return read;
}

async function destroyed(typeName: string, stored: Outcome): Promise<void> {
  expect(errorsOf(await session.destroy(typeName, stored))).toBe("");
}

/** Everything that the provider does with a platform, from the first token to the last record. */
async function wholeLife(): Promise<void> {
  const roles = ["allocator", "director", "coordinator"];
  const token = await applied("ece_roles_token", { roles });
  expect(errorsOf(await session.import("ece_roles_token", String(token.state?.id as string)))).toBe("");
  expect(errorsOf(await session.open("ece_roles_token", { roles, validity_in_seconds: 60 }))).toBe("");
  const host = await applied("ece_host", { runner_id: ID });
  addHost(simulator.platform, { runnerId: ID, roles });
  addHost(simulator.platform, { runnerId: "192.168.44.12", roles: ["allocator"] });
  const hostRoles = await applied("ece_host_roles", { runner_id: ID, roles });
  const allocator = await applied("ece_allocator", { allocator_id: ID, tags: { a: "b", c: "d" }, capacity: 20_000 });
  const changed = await applied("ece_allocator", { allocator_id: ID, tags: { a: "e" }, capacity: 21_000 }, allocator);
  simulator.platform.placeInstances(ID, 2);
  for (const name of ["ece_platform", "ece_hosts", "ece_roles_tokens"])
    expect(errorsOf(await session.readData(name))).toBe("");

  const fewer = await applied("ece_host_roles", { runner_id: ID, roles: ["coordinator", "allocator"] }, hostRoles);
  await destroyed("ece_allocator", changed);
  await destroyed("ece_host_roles", fewer);
  simulator.platform.disconnect(ID);
  await destroyed("ece_host", host);
  await destroyed("ece_roles_token", token);
  await destroyed("ece_roles_token", token);
}

(openApi ? test : test.skip)(
  "all that a provider sends in a whole life, and gets, is what the API describes",
  async () => {
    await wholeLife();

    const deviations = tap.exchanges.flatMap(({ method, path, body, status, reply }) => [
      ...(openApi?.checkRequest({ method, path, body }) ?? []),
      ...(openApi?.checkResponse({ method, path, status, body: reply }) ?? []).map(
        (deviation) => `${method} ${path}: ${deviation}`,
      ),
    ]);
    const operations = new Set(
      tap.exchanges.map(({ method, path }) => `${method} ${path.split("?")[0]?.split("/").pop()}`),
    );
    expect(deviations).toEqual([]);
    expect([...operations]).toEqual(
      expect.arrayContaining([
        "POST _login",
        "POST enrollment-tokens",
        "PUT roles",
        "POST _move",
        "POST _demote",
        `DELETE ${ID}`,
      ]),
    );
  },
);
