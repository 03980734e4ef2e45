import { addHost } from "../simulator/joining";
import { operatorEnvironment } from "../support/terraform";
import { useSimulator } from "../support/use-simulator";
import type { RunOptions } from "../support/sandbox";
import { useCommandLine } from "./command-line";

const ONE = "192.168.44.21";

const commandLine = useCommandLine();
const simulator = useSimulator();

beforeEach(() => addHost(simulator().platform, { runnerId: ONE, roles: ["allocator"], capacityMb: 4096 }));

function hosts(args: string[], options: RunOptions = {}) {
  return commandLine.run(["hosts", ...args], { env: operatorEnvironment(simulator()), ...options });
}

/** Watches; each of the steps is done once the output holds its text, and the watch ends after the last. */
async function watch(args: string[], steps: readonly (readonly [text: string | RegExp, act: () => void])[]) {
  let next = 0;
  return hosts(["--watch", "--every", "0.05", ...args], {
    onOutput: (output, signal) => {
      const step = steps[next];
      if (step === undefined || output.search(step[0]) < 0) return;
      next++;
      step[1]();
      if (next === steps.length) signal("SIGINT");
    },
  });
}

const nothing = () => undefined;

describe("hosts", () => {
  test("are listed with what they do and hold, and nothing is changed", async () => {
    simulator().platform.placeInstances(ONE, [{ nodeMemoryMb: 2048 }, { nodeMemoryMb: 1024, clusterType: "kibana" }]);
    const { allocators } = simulator().platform;
    allocators.startMaintenance(allocators.find(ONE));

    const { exitCode, stdout, stderr } = await hosts([]);

    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toMatch(/^RUNNER ID +ROLES +ZONE +VERSION +STATUS +INSTANCES +USED MB\n192\.168\.44\.10 /);
    expect(stdout).toMatch(/192\.168\.44\.10 +allocator, coordinator, director, proxy +\S+ +4\.0\.3 +connected/);
    expect(stdout).toMatch(/192\.168\.44\.21 +allocator +\S+ +4\.0\.3 +connected, maintenance +2 +3072 of 4096\n/);
    expect(simulator().requests.filter(({ method }) => method !== "GET")).toEqual([]);
  });

  test("are JSON for programs", async () => {
    const { stdout } = await hosts(["list", "--json"]);

    expect((JSON.parse(stdout) as { hosts: object[] }).hosts).toMatchObject([
      { runnerId: "192.168.44.10", connected: true },
      { runnerId: ONE, roles: ["allocator"], allocator: { instances: 0, maintenanceMode: false, capacityMb: 4096 } },
    ]);
  });

  test("are watched: each change is a line, an outage one, and Ctrl-C the end", async () => {
    const { platform, faults } = simulator();
    const { exitCode, stdout, stderr } = await watch(
      [],
      [
        [ONE, () => platform.allocators.startMaintenance(platform.allocators.find(ONE))],
        ["-> connected, maintenance", () => addHost(platform, { runnerId: "192.168.44.22", roles: ["proxy"] })],
        ["new, proxy, connected", () => platform.disconnect(ONE)],
        [
          "-> not connected",
          () => faults.add({ path: "/platform/infrastructure/runners", kind: "status", status: 403 }),
        ],
        ["Looking again", () => platform.runners.delete(ONE)],
        [`${ONE}: gone`, nothing],
      ],
    );

    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/\n\d\d:\d\d:\d\d 192\.168\.44\.21: status connected -> connected, maintenance\n/);
    expect(stdout).toMatch(/\n\d\d:\d\d:\d\d 192\.168\.44\.22: new, proxy, connected\n/);
    expect(stderr).toMatch(/^\d\d:\d\d:\d\d .*403.* Looking again\.\n$/);
  });

  test("are watched by programs as a line of JSON for each change", async () => {
    const { platform } = simulator();
    const { stdout } = await watch(
      ["--json"],
      [
        [ONE, () => platform.allocators.startMaintenance(platform.allocators.find(ONE))],
        [/"maintenanceMode":true/, nothing],
      ],
    );

    const lines = stdout.trim().split("\n");
    expect(lines.length).toBeGreaterThanOrEqual(2);
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({ hosts: [{}, { allocator: { maintenanceMode: false } }] });
  });

  test("are not watched every nothing", async () => {
    const refused = await hosts(["--watch", "--every", "now"]);

    expect(refused).toMatchObject({ exitCode: 1, stdout: "" });
    expect(refused.stderr).toContain("--every now is no number of seconds above 0.");
  });
});
