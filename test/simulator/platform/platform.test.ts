import * as jwt from "jsonwebtoken";
import { Platform } from "../../../lib/simulator";
import { addHost, joinRequest, tokenFor } from "../joining";

const INTERNAL = ["beats-runner", "services-forwarder"];

function runner(platform: Platform, runnerId = "192.168.44.11") {
  return platform.state().runners.find((one) => one.runnerId === runnerId);
}

function allocator(platform: Platform, allocatorId = "192.168.44.11") {
  return platform.state().allocators.find((one) => one.allocatorId === allocatorId);
}

describe("a new platform", () => {
  test("has its first host with every role, and the installer's three tokens", () => {
    const { runners, tokens } = new Platform().state();

    expect(runners.map(({ runnerId, connected }) => [runnerId, connected])).toEqual([["192.168.44.10", true]]);
    expect(runners[0]?.roles).toEqual(["allocator", "coordinator", "director", "proxy", ...INTERNAL]);
    expect(tokens.map(({ roles, persistent, live }) => [roles, persistent, live])).toEqual([
      [[], true, true],
      [["coordinator", "director", "proxy"], true, true],
      [["allocator"], true, true],
    ]);
  });
});

describe("join()", () => {
  test("gives a host the requested roles that its token carries, and the internal ones", () => {
    const platform = new Platform();
    const rolesToken = tokenFor(platform, ["allocator", "proxy"]);

    const result = platform.join(joinRequest(platform, { rolesToken, roles: ["allocator"] }));

    expect(result).toEqual({ joined: true });
    expect(runner(platform)).toMatchObject({ connected: true, pendingRoles: [], zone: "ece-zone-1" });
    expect(runner(platform)?.roles.toSorted()).toEqual(["allocator", ...INTERNAL]);
  });

  test("succeeds without the roles that the token does not carry, and keeps them pending", () => {
    const platform = new Platform();
    const rolesToken = tokenFor(platform, ["proxy"]);

    const result = platform.join(joinRequest(platform, { rolesToken, roles: ["proxy", "allocator"] }));

    expect(result).toEqual({ joined: true });
    expect(runner(platform)).toMatchObject({ roles: [...INTERNAL, "proxy"], pendingRoles: ["allocator"] });
    expect(allocator(platform)).toBeUndefined();
  });

  test("gives a host that requests no roles none, whatever its token carries", () => {
    const platform = new Platform();

    platform.join(joinRequest(platform, { rolesToken: tokenFor(platform, ["allocator"]), roles: [] }));

    expect(runner(platform)).toMatchObject({ roles: INTERNAL, pendingRoles: [] });
  });

  test("creates an allocator with the capacity and tags of the installer's arguments", () => {
    const platform = new Platform();

    addHost(platform, {
      roles: ["allocator"],
      runnerId: "a",
      capacityMb: 9000,
      allocatorTags: "disk:ssd,url:http://x",
    });

    expect(allocator(platform, "a")).toMatchObject({ capacityMb: 9000, tags: { disk: "ssd", url: "http://x" } });
  });

  test("makes a director a member of the ensemble", () => {
    const platform = new Platform();

    addHost(platform, { roles: ["director"], runnerId: "d" });

    expect(platform.ensemble.list().map(({ name }) => name)).toEqual(["192.168.44.10", "d"]);
  });

  test.each<[string, (platform: Platform) => Partial<Parameters<Platform["join"]>[0]>, RegExp]>([
    ["no token", () => ({ rolesToken: undefined }), /no roles token/],
    ["a forged token", () => ({ rolesToken: jwt.sign({ sub: "x", roles: ["allocator"] }, "guess") }), /not valid/],
    ["an unsigned token", () => ({ rolesToken: jwt.sign({ sub: "x" }, "", { algorithm: "none" }) }), /not valid/],
    ["a string that is not a token", () => ({ rolesToken: "secret" }), /not valid/],
    ["another version", () => ({ version: "3.8.0" }), /version 3\.8\.0 cannot join a platform of version 4\.0\.3/],
    [
      "a coordinator that does not exist",
      () => ({ coordinatorHost: "10.9.9.9" }),
      /no coordinator answers at 10\.9\.9\.9/,
    ],
    ["the first host's runner id", () => ({ runnerId: "192.168.44.10" }), /192\.168\.44\.10 is already known/],
  ])("refuses a host with %s", (_case, change, message) => {
    const platform = new Platform();
    const before = platform.state().runners;

    const result = platform.join(joinRequest(platform, { roles: ["allocator"], ...change(platform) }));

    expect(result).toEqual({ joined: false, message: expect.stringMatching(message) as string });
    expect(platform.state().runners).toEqual(before);
  });

  test("refuses a revoked token", () => {
    const platform = new Platform();
    const { id, token } = platform.tokens.mint({ persistent: true, roles: ["allocator"] });
    platform.tokens.revoke(id);

    const result = platform.join(joinRequest(platform, { rolesToken: token }));

    expect(result).toEqual({ joined: false, message: "the roles token has been revoked" });
  });

  test("refuses an ephemeral token once the clock has passed its expiry", () => {
    const platform = new Platform();
    const { token } = platform.tokens.mint({ persistent: false, roles: ["allocator"], validityInSeconds: 60 });
    const early = platform.join(joinRequest(platform, { rolesToken: token, runnerId: "early" }));

    platform.clock.advance(61);
    const late = platform.join(joinRequest(platform, { rolesToken: token, runnerId: "late" }));

    expect(early).toEqual({ joined: true });
    expect(late).toEqual({ joined: false, message: "the roles token has expired" });
  });

  test("does not show the token in the message", () => {
    const platform = new Platform();
    const rolesToken = jwt.sign({ sub: "x", roles: [] }, "guess");

    const result = platform.join(joinRequest(platform, { rolesToken }));

    expect(JSON.stringify(result)).not.toContain(rolesToken);
  });

  test("refuses a reinstall while the old record exists, and does not change its zone", () => {
    const platform = new Platform();
    addHost(platform, { roles: ["allocator"], runnerId: "a", availabilityZone: "ece-zone-1" });
    platform.disconnect("a");

    const result = platform.join(joinRequest(platform, { runnerId: "a", availabilityZone: "ece-zone-2" }));

    expect(result).toEqual({ joined: false, message: expect.stringContaining("delete the host") as string });
    expect(runner(platform, "a")).toMatchObject({ connected: false, zone: "ece-zone-1" });
  });

  test("keeps an allocator's record, with its zone, if only the runner was deleted", () => {
    const platform = new Platform();
    addHost(platform, { roles: ["allocator"], runnerId: "a", availabilityZone: "ece-zone-1" });
    platform.disconnect("a");
    platform.runners.delete("a");

    addHost(platform, { roles: ["allocator"], runnerId: "a", availabilityZone: "ece-zone-2" });

    expect(allocator(platform, "a")).toMatchObject({ zone: "ece-zone-1", connected: true });
  });

  test("does not store the token in the record", () => {
    const platform = new Platform();
    const rolesToken = tokenFor(platform, ["allocator"]);

    platform.join(joinRequest(platform, { rolesToken, roles: ["allocator"] }));

    expect(JSON.stringify(platform.runners.list())).not.toContain(rolesToken);
  });
});

describe("disconnect() and reconnect()", () => {
  test("change the connection of a host and of its allocator", () => {
    const platform = new Platform();
    addHost(platform, { roles: ["allocator"], runnerId: "a" });

    platform.disconnect("a");
    const gone = [runner(platform, "a")?.connected, allocator(platform, "a")?.connected];
    platform.reconnect("a");
    const back = [runner(platform, "a")?.connected, allocator(platform, "a")?.connected];

    expect([gone, back]).toEqual([
      [false, false],
      [true, true],
    ]);
  });

  test("do nothing for a host without a record", () => {
    const platform = new Platform();

    platform.disconnect("stranger");
    platform.reconnect("stranger");

    expect(runner(platform, "stranger")).toBeUndefined();
  });
});

describe("setRoles()", () => {
  test("replaces all roles, including the internal ones", () => {
    const platform = new Platform();
    addHost(platform, { roles: ["allocator"], runnerId: "a" });

    platform.setRoles("a", ["proxy"]);

    expect(runner(platform, "a")?.roles).toEqual(["proxy"]);
    expect(allocator(platform, "a")?.connected).toBe(false);
  });

  test("approves a pending role", () => {
    const platform = new Platform();
    platform.join(joinRequest(platform, { rolesToken: tokenFor(platform, []), roles: ["allocator"] }));

    platform.setRoles("192.168.44.11", [...INTERNAL, "allocator"]);

    expect(runner(platform)).toMatchObject({ roles: [...INTERNAL, "allocator"], pendingRoles: [] });
    expect(allocator(platform)?.connected).toBe(true);
  });

  test("refuses a role that does not exist, and changes nothing", () => {
    const platform = new Platform();

    expect(() => platform.setRoles("192.168.44.10", ["alocator"])).toThrow(
      expect.objectContaining({ status: 400, code: "runners.runner_set_roles_failed" }) as Error,
    );
    expect(runner(platform, "192.168.44.10")?.roles).toContain("allocator");
  });
});

describe("behaviour", () => {
  test("shows a joined host as disconnected, and its roles late, for the given number of reads", () => {
    const platform = new Platform({ behaviour: { connectedAfterReads: 1, rolesAfterReads: 2 } });
    addHost(platform, { roles: ["allocator"], runnerId: "a" });

    const views = [1, 2, 3].map(() => platform.runners.view(platform.runners.find("a")));

    expect(views.map(({ connected, roles }) => [connected, roles.includes("allocator")])).toEqual([
      [false, false],
      [true, false],
      [true, true],
    ]);
  });
});
