import type { Simulator } from "../../../../lib/simulator";
import { call, errorCode } from "../../http-call";
import { addHost } from "../../joining";
import { useSimulator } from "../../../support/use-simulator";
import { installEce } from "../../../support/worlds";

const TOKENS = "/platform/configuration/security/enrollment-tokens";

const simulator = useSimulator();
beforeEach(() => {
  addHost(simulator().platform, { runnerId: "a", roles: ["allocator"] });
});

test("GET state shows runners, allocators, and each token's roles and whether it is live, but not the token", async () => {
  const { token } = simulator().platform.tokens.mint({ persistent: false, roles: ["proxy"], validityInSeconds: 60 });
  simulator().clock.advance(60);

  const { text, body } = await call(simulator(), "GET", "/_simulator/state");

  const { tokens, runners, allocators } = body as ReturnType<Simulator["state"]>;
  expect(tokens.at(-1)).toEqual({ id: expect.any(String) as string, roles: ["proxy"], persistent: false, live: false });
  expect([runners.length, allocators.length]).toEqual([2, 2]);
  expect(text).not.toContain(token);
});

test("GET requests lists the calls so far", async () => {
  await call(simulator(), "GET", `/api/v1${TOKENS}`);

  const { body } = await call(simulator(), "GET", "/_simulator/requests");

  expect(body).toMatchObject([
    { method: "GET", path: TOKENS, query: {}, status: 200, at: expect.any(String) as string },
  ]);
});

test("POST clock moves the platform's time", async () => {
  const { id } = simulator().platform.tokens.mint({ persistent: false, roles: [] });

  const { body } = await call(simulator(), "POST", "/_simulator/clock", { body: { advanceSeconds: 3600 } });

  expect(Date.parse((body as { now: string }).now) - Date.now()).toBeGreaterThan(3_500_000);
  expect(
    simulator()
      .state()
      .tokens.find((token) => token.id === id)?.live,
  ).toBe(false);
});

test("POST faults injects a fault, POST faults/clear removes all", async () => {
  const fault = { method: "POST", path: TOKENS, kind: "status", status: 503, times: 2 };
  const token = { body: { persistent: true } };

  await call(simulator(), "POST", "/_simulator/faults", { body: fault });
  const failed = await call(simulator(), "POST", `/api/v1${TOKENS}`, token);
  const { body: pending } = await call(simulator(), "GET", "/_simulator/faults");
  await call(simulator(), "POST", "/_simulator/faults/clear");
  const passed = await call(simulator(), "POST", `/api/v1${TOKENS}`, token);

  expect([failed.status, passed.status]).toEqual([503, 200]);
  expect(pending).toEqual([{ ...fault, times: 1 }]);
});

test("POST behaviour changes the delays of the platform", async () => {
  const { body } = await call(simulator(), "POST", "/_simulator/behaviour", { body: { moveSeconds: 5 } });

  expect(body).toMatchObject({ moveSeconds: 5, connectedAfterReads: 0, rolesAfterReads: 0, unlisted: [] });
  expect(simulator().platform.behaviour.moveSeconds).toBe(5);
});

test("hosts can be disconnected and reconnected", async () => {
  const connected = () =>
    simulator()
      .state()
      .runners.map((runner) => runner.connected);

  await call(simulator(), "POST", "/_simulator/runners/a/disconnect");
  const gone = connected();
  await call(simulator(), "POST", "/_simulator/runners/a/reconnect");

  expect([gone, connected()]).toEqual([
    [true, false],
    [true, true],
  ]);
});

test.each([
  ["a number of reads", { after: 1, reads: 2 }, [true, false, false, true, true]],
  ["a number of seconds", { seconds: 60 }, [false, false, false, false, true]],
])("an allocator can blink for %s", async (_, body, expected) => {
  const isConnected = async () => {
    const { body: shown } = await call(simulator(), "GET", "/api/v1/platform/infrastructure/allocators/a");
    return (shown as { status: { connected: boolean } }).status.connected;
  };

  await call(simulator(), "POST", "/_simulator/allocators/a/blink", { body });
  const seen = [];
  for (let read = 0; read < 4; read++) seen.push(await isConnected());
  simulator().clock.advance(60);
  seen.push(await isConnected());

  expect(seen).toEqual(expected);
  expect(simulator().state().runners.at(-1)).toMatchObject({ runnerId: "a", connected: true });
});

test("instances can be placed, by number or by description", async () => {
  await call(simulator(), "POST", "/_simulator/allocators/a/instances", { body: { count: 2 } });
  await call(simulator(), "POST", "/_simulator/allocators/a/instances", {
    body: { instances: [{ clusterId: "c1", instanceName: "tiebreaker-0" }] },
  });

  const instances = simulator()
    .state()
    .allocators.find(({ allocatorId }) => allocatorId === "a")?.instances;
  expect([instances?.length, instances?.at(-1)]).toEqual([3, "c1/tiebreaker-0"]);
});

test.each<[string, unknown, RegExp]>([
  ["clock", {}, /advanceSeconds must be a number/],
  ["clock", { advanceSeconds: -1 }, /advanceSeconds must be a number of at least 0/],
  ["faults", { kind: "html" }, /needs a path/],
  ["faults", { path: "/platform", kind: "explode" }, /one of status, status-after-commit, delay/],
  ["faults", { path: "/platform", kind: "html", times: 0 }, /times must be a whole number of at least 1; got 0/],
  ["faults", { path: "/platform", kind: "status", status: 99 }, /from 200 to 599/],
  ["faults", { path: "/platform", kind: "delay", seconds: 1 }, /seconds is unknown/],
  ["faults", { path: "/platform", kind: "delay", milliseconds: "1" }, /milliseconds is number, not string/],
  ["behaviour", { moveSecond: 1 }, /unknown moveSecond/],
  ["allocators/a/instances", {}, /a count or a list/],
  ["allocators/a/blink", {}, /a number of reads, or of seconds/],
  ["allocators/a/blink", { reads: 1, seconds: 1 }, /a number of reads, or of seconds/],
  ["allocators/a/blink", { reads: "1" }, /reads must be a whole number of at least 0, not 1/],
  ["allocators/a/blink", { reads: 1, after: -1 }, /after must be a whole number of at least 0, not -1/],
  ["allocators/a/blink", { seconds: 0 }, /seconds must be more than 0, not 0/],
  ["allocators/a/blink", { times: 1 }, /a blink has after, reads and seconds/],
])("POST %s with %p is an error that gives the reason", async (path, body, reason) => {
  const reply = await call(simulator(), "POST", `/_simulator/${path}`, { body });

  expect([reply.status, errorCode(reply)]).toEqual([400, "root.invalid_json_request"]);
  expect(reply.text).toMatch(reason);
});

test.each([
  "runners/stranger/disconnect",
  "runners/stranger/reconnect",
  "allocators/stranger/instances",
  "allocators/stranger/blink",
])("POST %s is not found", async (path) => {
  expect((await call(simulator(), "POST", `/_simulator/${path}`, { body: { count: 1 } })).status).toBe(404);
});

test("POST behaviour takes ids that lists leave out, and nothing that it does not know", async () => {
  const post = (body: unknown) => call(simulator(), "POST", "/_simulator/behaviour", { body });

  expect((await post({ unlisted: ["a"] })).body).toMatchObject({ unlisted: ["a"] });
  for (const wrong of [{ unlisted: "a" }, { moveSeconds: "5" }, { toString: 1 }, { moveSecond: 5 }])
    expect(errorCode(await post(wrong))).toBe("root.invalid_json_request");
});

test("POST upgrade gives the platform and its hosts another version, apart from those that stay behind", async () => {
  await call(simulator(), "POST", "/_simulator/upgrade", { body: { version: "4.1.0", except: ["a"] } });

  expect((await call(simulator(), "GET", "/api/v1/platform")).body).toMatchObject({ version: "4.1.0" });
  expect(
    simulator()
      .state()
      .runners.map(({ version }) => version),
  ).toEqual(["4.1.0", "4.0.3"]);
});

describe("machines", () => {
  const withMachines = useSimulator({ hosts: 2 });
  const ID = "192.168.44.11";
  const act = (action: string, body?: unknown) =>
    call(withMachines(), "POST", `/_simulator/hosts/${ID}/${action}`, { body });

  test("have their engine, their storage and the rest of them changed by POST hosts/ID/…", async () => {
    const { faults } = withMachines().hosts[0]!;
    const actions: [string, unknown?][] = [
      ["engine", { state: "hung" }],
      ["second-engine"],
      ["network-backend", { backend: "netavark" }],
      ["unmount", { target: "/mnt/data", automount: true }],
      ["sudo", { state: "asks" }],
      ["memory", { totalMb: 8192, availableMb: 4096 }],
      ["selinux", { mode: "Enforcing" }],
      ["sysctl", { name: "vm.swappiness", value: "60" }],
      ["port-in-use", { port: 20000 }],
      ["address", { address: "10.0.0.9" }],
      ["file", { path: "/proc/cmdline", content: "quiet" }],
      ["remove-command", { name: "docker" }],
      ["data-root", { path: "/var/lib/docker" }],
    ];

    for (const [action, body] of actions) expect([action, (await act(action, body)).status]).toEqual([action, 200]);

    expect(faults).toMatchObject({ engine: "hung", hasSecondEngine: true, networkBackend: "netavark", sudo: "asks" });
    expect(faults).toMatchObject({ selinux: "Enforcing", memory: { totalMb: 8192, availableMb: 4096, swapMb: 0 } });
    expect([faults.sysctl.get("vm.swappiness"), [...faults.portsInUse]]).toEqual(["60", [20000]]);
    expect(faults.conditions.files.get("/proc/cmdline")).toBe("quiet");
    expect([[...faults.missingCommands], faults.dataRoot]).toEqual([["docker"], "/var/lib/docker"]);
    expect([...faults.furtherAddresses]).toEqual(["10.0.0.9"]);
    expect(faults.mounts.all.find(({ target }) => target === "/mnt/data")?.isMounted).toBe(false);
    await act("mount", { target: "/mnt/data", fsType: "ext4" });
    expect(faults.mounts.all).toContainEqual(expect.objectContaining({ fsType: "ext4", isMounted: true }));
    await act("clear");
    expect(faults).toMatchObject({
      engine: "running",
      sudo: "allowed",
      selinux: undefined,
      dataRoot: "/mnt/data/docker",
    });
    expect(faults.missingCommands.size).toBe(0);
  });

  test("are shown, cloned, and have their runner stopped and renamed", async () => {
    await installEce(withMachines(), withMachines().hosts[0]!);

    await call(withMachines(), "POST", "/_simulator/hosts/192.168.44.12/clone", { body: { of: ID } });
    await act("runner", { action: "stop" });
    await act("runner", { action: "rename", name: "aside" });

    const shown = await call(withMachines(), "GET", `/_simulator/hosts/${ID}`);
    expect(shown.body).toMatchObject({
      containers: expect.arrayContaining([expect.objectContaining({ name: "aside", isRunning: false })]) as unknown,
      engine: "running",
    });
    expect(shown.text).not.toContain(withMachines().hosts[0]!.plantedSecrets[0]);
    expect(withMachines().hosts[1]!.containers.map(({ name }) => name)).toContain("frc-runners-runner");
    expect(withMachines().platform.runners.find(ID).connected).toBe(true);
  });

  test.each([
    ["no such machine", "/_simulator/hosts/nobody/wipe", {}],
    ["no such action", `/_simulator/hosts/${ID}/explode`, {}],
    ["a state that there is not", `/_simulator/hosts/${ID}/engine`, { state: "tired" }],
    ["no file system to unmount", `/_simulator/hosts/${ID}/unmount`, { target: "/opt" }],
    ["no runner to stop", `/_simulator/hosts/${ID}/runner`, { action: "stop" }],
  ])("%s is an error", async (_, path, body) => {
    expect(errorCode(await call(withMachines(), "POST", path, { body }))).toBe("root.invalid_json_request");
  });
});
