import type { RunnerInfo } from "../../../lib/api";
import type { MachineFacts } from "../../../lib/machine";
import { DiagnosticError } from "../../../lib/plugin/framework";
import { expectationOf } from "../../../lib/provider/hosts/machine-access";
import { proveMachine, type PlatformRecord } from "../../../lib/provider/hosts/machine-proof";

const CA = "a".repeat(64);
const expected = expectationOf({
  runner_id: "10.0.0.11",
  host_id: "our-host",
  ssh_host: "10.0.0.11",
  ssh_user: "elastic",
  storage_path: "/mnt/data/elastic",
});

/** A machine that is the host, as everything on it says. */
const FACTS: MachineFacts = {
  engineError: undefined,
  containers: [
    {
      name: "frc-runners-runner",
      image: "docker.elastic.co/cloud-enterprise/elastic-cloud-enterprise:4.0.3",
      isRunning: true,
    },
    { name: "fac-c1-instance-0000000000", image: "docker.elastic.co/cloud-assets/elasticsearch:8", isRunning: true },
  ],
  otherEngine: [],
  runnerIds: ["10.0.0.11"],
  isRunnerRunning: true,
  version: "4.0.3",
  storageError: undefined,
  missingMount: undefined,
  caSha256: CA,
  platformHosts: ["10.0.0.10"],
  addresses: ["10.0.0.11", "172.17.0.1"],
  clusters: ["c1"],
  hasZooKeeperData: false,
  marker: { runnerId: "10.0.0.11", hostId: "our-host" },
};

const RECORD: PlatformRecord = {
  runner: { runner_id: "10.0.0.11", host_ip: "10.0.0.11", connected: true } as RunnerInfo,
  allocator: { allocator_id: "10.0.0.11", instances: [{ cluster_id: "c1" }] } as unknown as PlatformRecord["allocator"],
  platformHosts: ["10.0.0.10"],
};

function verdict(facts: Partial<MachineFacts>, record: Partial<PlatformRecord> = {}, rememberedCa: string | null = CA) {
  try {
    proveMachine(expected, { ...FACTS, ...facts }, { ...RECORD, ...record }, rememberedCa ?? undefined);
    return "proven";
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    return error.summary.startsWith("Unable to prove") ? "unproven" : error.detail;
  }
}

const NO_INSTANCES = { containers: [FACTS.containers[0]!], clusters: [] };

test("a machine of which everything fits is proven", () => {
  expect(verdict({})).toBe("proven");
});

describe("any one witness proves it, where the others are missing or unreadable", () => {
  test.each<[string, Partial<MachineFacts>, string | null]>([
    ["the id of our ece_host that the install left", { ...NO_INSTANCES, caSha256: undefined }, null],
    ["the authority that was seen before", { ...NO_INSTANCES, marker: undefined }, CA],
    ["an instance of its record", { marker: undefined, caSha256: undefined }, null],
    ["the authority, although the marker is of 0.1.0", { ...NO_INSTANCES, marker: { runnerId: "10.0.0.11" } }, CA],
  ])("%s", (_, facts, remembered) => {
    expect(verdict(facts, {}, remembered)).toBe("proven");
  });
});

test.each<[string, Partial<MachineFacts>, string | null]>([
  ["no witness can be read", { ...NO_INSTANCES, marker: undefined, caSha256: undefined }, CA],
  ["the authority was never seen before, and nothing else speaks for it", { ...NO_INSTANCES, marker: undefined }, null],
  [
    "the marker is of another ece_host",
    { ...NO_INSTANCES, marker: { runnerId: "10.0.0.11", hostId: "other" }, caSha256: undefined },
    null,
  ],
])("it stays unproven where %s, though runner id and addresses fit", (_, facts, remembered) => {
  expect(verdict(facts, {}, remembered)).toBe("unproven");
});

test.each<[string, Partial<MachineFacts>, Partial<PlatformRecord>, string]>([
  ["its container is another runner", { runnerIds: ["10.0.0.12"] }, {}, "it is the runner 10.0.0.12"],
  ["its folder is of another runner than its container", { runnerIds: ["10.0.0.11", "10.0.0.12"] }, {}, "10.0.0.12"],
  [
    "its install was for another runner",
    { marker: { runnerId: "10.0.0.12" } },
    {},
    "its install was for the runner 10.0.0.12",
  ],
  ["its authority is another one", { caSha256: "b".repeat(64) }, {}, "another SHA-256 sum"],
  ["it has not the record's address", { addresses: ["10.0.0.99"] }, {}, "has the address 10.0.0.11"],
  ["it knows none of the platform's coordinators", { platformHosts: ["10.9.9.9"] }, {}, "it knows 10.9.9.9"],
  [
    "it runs none of its record's instances, but others",
    { containers: [{ name: "fac-zz-instance-0", image: "x", isRunning: true }], clusters: ["zz"] },
    {},
    "instances that the platform's record does not have: zz",
  ],
])("one thing that speaks against it outweighs all that speaks for it: %s", (_, facts, record, words) => {
  expect(verdict(facts, record)).toContain(words);
});
