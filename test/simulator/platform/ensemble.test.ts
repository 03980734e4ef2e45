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
