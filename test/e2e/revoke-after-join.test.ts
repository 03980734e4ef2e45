import type { TerraformStack } from "cdktf";
import { EceHost, HostToken } from "../../lib";
import { allocatorOn, useHostStack } from "../support/host-stack";
import { useSimulator } from "../support/use-simulator";

const simulator = useSimulator({ hosts: 1 });
const stack = useHostStack(simulator);

function hostWith(token: HostToken) {
  return (scope: TerraformStack): void => {
    simulator().hosts.forEach((host) => new EceHost(scope, "host", { ...allocatorOn(host, simulator()), token }));
  };
}

const revoked = hostWith(HostToken.persistent({ revokeAfterJoin: true }));

function liveTokens() {
  return simulator()
    .state()
    .tokens.filter(({ live }) => live);
}

function madeTokens(): number {
  return simulator().state().tokens.length;
}

test("the token ends with the join, later plans are empty, and a replaced host gets a token of its own", async () => {
  const atStart = simulator().state().tokens;

  const deployed = await stack().deploy(revoked);
  expect(deployed).toMatchObject({ exitCode: 0 });
  expect(madeTokens()).toBe(atStart.length + 1);
  expect(liveTokens()).toEqual(atStart);

  expect(await stack().plan()).toMatchObject({ exitCode: 0 });
  expect(await stack().apply("-refresh-only")).toMatchObject({ exitCode: 0 });
  expect(stack().stateOf(await stack().addressOf("ece_roles_token"))).toMatchObject({ revoked: true });
  expect(await stack().plan()).toMatchObject({ exitCode: 0 });

  expect(await stack().apply(`-replace=${await stack().addressOf("ece_host")}`)).toMatchObject({ exitCode: 0 });
  const rebuilt = simulator()
    .state()
    .runners.find(({ runnerId }) => runnerId === simulator().hosts[0]?.runnerId);
  expect(rebuilt?.connected).toBe(true);
  expect(rebuilt?.roles).toContain("allocator");
  expect(madeTokens()).toBe(atStart.length + 2);
  expect(liveTokens()).toEqual(atStart);
  expect(await stack().plan()).toMatchObject({ exitCode: 0 });

  expect(await stack().destroy()).toMatchObject({ exitCode: 0 });
  expect(liveTokens()).toEqual(atStart);
});

test("a token whose host has not joined yet, or whose revocation failed, is revoked by the next apply", async () => {
  const atStart = simulator().state().tokens;
  simulator().hosts[0]?.faults.failInstall(4);
  simulator().faults.add({ method: "DELETE", path: "/platform/configuration", kind: "status", status: 403 });

  const notInstalled = await stack().deploy(revoked);
  const liveWithoutJoin = liveTokens().length;
  const notRevoked = await stack().apply();
  const liveAfterJoin = liveTokens().length;
  const done = await stack().apply();

  expect([notInstalled.exitCode, notRevoked.exitCode, done.exitCode]).toEqual([1, 1, 0]);
  expect([liveWithoutJoin, liveAfterJoin]).toEqual([atStart.length + 1, atStart.length + 1]);
  expect(notRevoked.output).toContain("ece_roles_token_revocation");
  expect(done.stdout).toContain("1 added, 0 changed, 0 destroyed");
  expect(madeTokens()).toBe(atStart.length + 1);
  expect(liveTokens()).toEqual(atStart);
});
