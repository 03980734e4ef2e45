import { existsSync } from "node:fs";
import { EceHost, EceRole, MemorySettings } from "../../lib";
import type { Simulator } from "../../lib/simulator";
import { type HostStack, allocatorOn, useHostStack } from "../support/host-stack";
import { useLoneHost } from "../support/lone-host";
import { useSimulator } from "../support/use-simulator";

/** What matters of a replacement, in the order in which it happened on the platform. */
function writes({ requests }: Simulator, since: number): string[] {
  return requests
    .slice(since)
    .filter(({ method, query }) => method !== "GET" && query.validate_only !== "true")
    .map(({ method, path }) => `${method} ${path.replace("/platform/infrastructure/", "")}`);
}

describe("a lone host", () => {
  const loneHost = useLoneHost();

  test("a change that needs a reinstall shows why, drains, cleans, removes the record, and installs again", async () => {
    const host = loneHost();
    await host.deploy();
    const { runnerId } = host.machine;
    host.simulator.platform.placeInstances(runnerId, 1);
    const since = host.simulator.requests.length;
    const [token] = host.tokens;
    let seenByInstall: unknown;
    host.machine.onInstall(() => {
      seenByInstall = { runner: host.runner, containers: host.machine.containers.map(({ name }) => name) };
    });
    const change = {
      availabilityZone: "ece-zone-2",
      memorySettings: MemorySettings.small(),
      hostStoragePath: "/mnt/data/ece",
      roles: [EceRole.ALLOCATOR],
    };

    host.synth(change);
    const plan = await host.stack.plan();
    const replaced = await host.deploy(change);

    expect(plan.stdout).toMatch(/availabilityZone"\s+= "ece-zone-1" -> "ece-zone-2" # forces replacement/);
    expect(plan.stdout).toMatch(
      /hostStoragePath"\s+= "\/mnt\/data\/elastic" -> "\/mnt\/data\/ece" # forces replacement/,
    );
    expect(replaced).toMatchObject({ exitCode: 0 });
    expect(writes(host.simulator, since)).toEqual([
      `POST allocators/${runnerId}/maintenance-mode/_start`,
      `POST allocators/${runnerId}/clusters/elasticsearch/_move`,
      `PUT runners/${runnerId}/roles`,
      `DELETE allocators/${runnerId}`,
      `DELETE runners/${runnerId}`,
    ]);
    expect(seenByInstall).toEqual({ runner: undefined, containers: ["elastic-cloud-enterprise-installer"] });
    expect(host.tokens).toEqual([token]);
    expect(host.runner).toMatchObject({ zone: "ece-zone-2" });
    expect(existsSync(host.machine.locate("/mnt/data/ece")!)).toBe(true);
    expect(existsSync(host.machine.locate("/mnt/data/elastic")!)).toBe(false);
    await host.expectDeclaredState();
  });

  test("an install that is tainted is done again without losing the host its place", async () => {
    const host = loneHost();
    await host.deploy();
    await host.stack.terraform(["taint", await host.stack.addressOf("terraform_data")]);

    const again = await host.deploy();

    expect(again).toMatchObject({ exitCode: 0 });
    expect(host.machine.installs).toHaveLength(1);
    await host.expectDeclaredState();
    await host.expectDestroyWithoutTrace();
  });
});

describe("two hosts", () => {
  const platform = useSimulator({ hosts: 2 });
  const hostStack = useHostStack(platform);

  test("one host of many is rebuilt by -replace of its ece_host, or by tainting it, and the others are left alone", async () => {
    const [simulator, stack] = [platform(), hostStack()];
    const addresses: string[] = [];
    const define: Parameters<HostStack["deploy"]>[0] = (scope) => {
      addresses.length = 0;
      simulator.hosts.forEach((machine, i) => {
        const { host } = new EceHost(scope, `host-${i}`, allocatorOn(machine, simulator));
        addresses.push(`ece_host.${host.friendlyUniqueId}`);
      });
    };
    await stack.deploy(define);

    const replaced = await stack.apply(`-replace=${addresses[1]}`);
    const afterReplace = simulator.hosts.map(({ installs }) => installs.length);
    await stack.terraform(["taint", addresses[0]!]);
    const rebuilt = await stack.apply();
    const plan = await stack.plan();

    expect(replaced).toMatchObject({ exitCode: 0 });
    expect(afterReplace).toEqual([1, 2]);
    expect(rebuilt).toMatchObject({ exitCode: 0 });
    expect(simulator.hosts.map(({ installs }) => installs.length)).toEqual([2, 2]);
    expect(plan).toMatchObject({ exitCode: 0 });
  });
});
