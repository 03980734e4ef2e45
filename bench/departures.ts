import { addAllocators } from "../test/simulator/joining";
import { ProviderSession, type Outcome } from "../test/support/provider-session";
import { Simulator } from "../lib/simulator";
import type { Table } from "./table";

const LEAVING_SHARE = 0.1;
const INSTANCES = 2;

/**
 * What it takes to empty every tenth host of a platform at the same time, hosts in three zones with two instances each:
 * calls to the API, of which so many change something, and entries of lists that were read. The provider runs in this
 * process and its waits take no time, so the seconds are its own work and the simulator's.
 */
export async function measureDepartures(): Promise<Table> {
  const rows: (readonly (string | number)[])[] = [];
  for (const hosts of [30, 100, 300]) rows.push(await measure(hosts));
  return {
    title: "Hosts that leave together",
    head: [
      "hosts",
      "leaving",
      "instances moved",
      "calls",
      "of them changes",
      "calls per leaving host",
      "entries read",
      "s",
    ],
    rows,
  };
}

async function measure(hosts: number): Promise<readonly (string | number)[]> {
  const simulator = await Simulator.start();
  const ids = addAllocators(simulator.platform, hosts);
  const session = await ProviderSession.start(simulator);
  const leaving = ids.slice(0, hosts * LEAVING_SHARE);
  const made: Outcome[] = [];
  for (const id of leaving)
    made.push(succeed(await session.apply("ece_host_roles", { runner_id: id, roles: ["allocator"] })));
  simulator.requests.length = 0;
  const start = performance.now();

  await Promise.all(made.map(async (stored) => succeed(await session.destroy("ece_host_roles", stored))));

  const seconds = (performance.now() - start) / 1000;
  const { requests } = simulator;
  const lists = requests.filter(({ method, path }) => method === "GET" && /\/(runners|allocators)$/.test(path));
  const changes = requests.filter(({ method }) => method !== "GET");
  await simulator.stop();
  return [
    hosts,
    leaving.length,
    leaving.length * INSTANCES,
    requests.length,
    changes.length,
    (requests.length / leaving.length).toFixed(1),
    // Each of these lists names every host.
    lists.length * simulator.state().runners.length,
    seconds.toFixed(1),
  ];
}

function succeed(outcome: Outcome): Outcome {
  const error = outcome.diagnostics.find(({ severity }) => severity === "error");
  if (error !== undefined) throw new Error(`${error.summary}: ${error.detail}`);
  return outcome;
}
