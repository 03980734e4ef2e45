import { Platform } from "../../../lib/simulator";
import { addHost } from "../joining";

const FAILED = expect.objectContaining({ status: 400, code: "coordinators.coordinator_demote_failed" }) as Error;

test("a host remains a member without the director role, until it is demoted", () => {
  const platform = new Platform();
  addHost(platform, { roles: ["director"], runnerId: "d" });
  platform.setRoles("d", []);
  const afterRole = platform.ensemble.list().length;

  platform.ensemble.demote("d");

  expect([afterRole, platform.ensemble.list().length]).toEqual([2, 1]);
});

test("a host that still has the director role cannot be demoted", () => {
  const platform = new Platform();
  addHost(platform, { roles: ["director"], runnerId: "d" });

  expect(() => platform.ensemble.demote("d")).toThrow(FAILED);
});

test("the last member cannot be demoted", () => {
  const platform = new Platform();
  platform.setRoles("192.168.44.10", ["allocator"]);

  expect(() => platform.ensemble.demote("192.168.44.10")).toThrow(FAILED);
});

test("a host that is not a member is not found", () => {
  expect(() => new Platform().ensemble.demote("stranger")).toThrow(
    expect.objectContaining({ status: 404, code: "coordinators.coordinator_not_found" }) as Error,
  );
});

test("a new server is in sync after some looks, and says so by mntr only", () => {
  const platform = new Platform({ behaviour: { syncedAfterReads: 2 } });
  for (const runnerId of ["d", "e"]) addHost(platform, { roles: ["director"], runnerId });
  for (const name of ["d", "e"]) platform.ensemble.setFault(name, name === "d" ? { inSync: true } : {});

  const early = platform.ensemble.monitor();
  const states = platform.ensemble.look();
  const late = platform.ensemble.monitor();

  expect(early[0]).toMatch(/leader[^]*zk_synced_followers\t1\nzk_quorum_size\t3/);
  expect(early[2]).toContain("not currently serving requests");
  expect(states.map(({ state }) => state)).toEqual(["connected", "connected", "connected"]);
  expect(late[0]).toContain("zk_synced_followers\t2");
});

test("a demotion is refused for a while after the role has gone", () => {
  const platform = new Platform({ behaviour: { refusalsAfterRoleLoss: 1 } });
  addHost(platform, { roles: ["director"], runnerId: "d" });
  platform.setRoles("d", []);

  expect(() => platform.ensemble.demote("d")).toThrow(FAILED);
  expect(() => platform.ensemble.demote("d")).not.toThrow();
});

test("the history has every count of the votes and of those in sync", () => {
  const platform = new Platform();
  addHost(platform, { roles: ["director"], runnerId: "d" });
  addHost(platform, { roles: ["director"], runnerId: "e" });
  platform.disconnect("d");
  platform.setRoles("e", []);
  platform.reconnect("d");
  platform.ensemble.demote("e");

  expect(platform.ensemble.history.map(({ voters, inSync }) => `${inSync}/${voters}`)).toEqual([
    ...["1/1", "2/2", "3/3", "2/3", "3/3", "2/2"],
  ]);
});
