import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { EceHost, HostKey, RetiredEceHost } from "../../lib";
import { allocatorOn, sshTo, useHostStack } from "../support/host-stack";
import { liveTokens, runnerIds } from "../support/simulator-state";
import { useSimulator } from "../support/use-simulator";
import { SshSession } from "../simulator/host/ssh-session";

const simulator = useSimulator({ hosts: 2 });
const stack = useHostStack(simulator);

const [first, second] = [() => simulator().hosts[0]!, () => simulator().hosts[1]!];

test("destroy cleans a host whose install failed, through a bastion, and touches nothing that is not ECE's", async () => {
  const [runnersAtStart, tokensAtStart] = [runnerIds(simulator()), liveTokens(simulator())];
  const [host, bastion] = [first(), second()];
  const ssh = join(stack().sandbox.env.HOME!, ".ssh");
  mkdirSync(ssh);
  copyFileSync(host.privateKeyFile, join(ssh, "ece"));
  const install = (bastionKey: string) =>
    sshTo(host, {
      privateKeyFile: "~/.ssh/ece",
      connectTimeout: "3s",
      bastionHost: bastion.sshHost,
      bastionPort: bastion.sshPort,
      bastionPrivateKeyFile: bastion.privateKeyFile,
      bastionHostKey: HostKey.of(bastionKey),
    });
  host.runContainer("postgres");
  host.faults.failInstall(137, "after-join");

  const deploy = (bastionKey: string) =>
    stack().deploy(
      (scope) => new EceHost(scope, "host", { ...allocatorOn(host, simulator()), install: install(bastionKey) }),
    );
  const mistaken = await deploy(host.hostKey);
  const deployed = await deploy(bastion.hostKey);
  const joined = runnerIds(simulator()).includes(host.runnerId);
  const destroyed = await stack().destroy();

  expect(mistaken).toMatchObject({ exitCode: 1 });
  expect(mistaken.output).toContain("key mismatch");
  expect(deployed).toMatchObject({ exitCode: 1 });
  expect(deployed.output).toContain("the installer exited with 137");
  expect(joined).toBe(true);
  expect(destroyed).toMatchObject({ exitCode: 0 });
  expect(destroyed.output).toContain("cdktf-ece: ECE is removed from this host.");
  expect(host.containers.map(({ name }) => name)).toEqual(["postgres"]);
  expect(runnerIds(simulator())).toEqual(runnersAtStart);
  expect(liveTokens(simulator())).toEqual(tokensAtStart);
});

test("destroy is not held up by a host that is gone", async () => {
  const runnersAtStart = runnerIds(simulator());
  const install = sshTo(first(), { connectTimeout: "2s" });

  await stack().deploy((scope) => new EceHost(scope, "host", { ...allocatorOn(first(), simulator()), install }));
  const joined = runnerIds(simulator()).includes(first().runnerId);
  first().disconnect();
  const destroyed = await stack().destroy();

  expect(joined).toBe(true);
  expect(destroyed).toMatchObject({ exitCode: 0 });
  expect(runnerIds(simulator())).toEqual(runnersAtStart);
});

test("a host that leaves its stack is cleaned with RetiredEceHost, and by hand without it", async () => {
  const runnersAtStart = runnerIds(simulator());
  await stack().deploy((scope) => {
    new EceHost(scope, "first", allocatorOn(first(), simulator()));
    const host = new EceHost(scope, "second", allocatorOn(second(), simulator()));
    host.host.addOverride("timeouts.delete", "2s");
  });
  const joined = runnerIds(simulator());

  const retired = await stack().deploy((scope) => {
    new RetiredEceHost(scope, "first", { install: sshTo(first()) });
    new EceHost(scope, "second", allocatorOn(second(), simulator())).host.addOverride("timeouts.delete", "2s");
  });
  const left = runnerIds(simulator());
  const dropped = await stack().deploy(() => undefined);
  const session = await SshSession.open(second());
  const removed = await session.run("bash ~/.cdktf-ece/remove-ece.sh");
  session.client.end();
  const again = await stack().deploy(() => undefined);

  expect(joined).toEqual([...runnersAtStart, first().runnerId, second().runnerId].sort());
  expect(retired).toMatchObject({ exitCode: 0 });
  expect(first().containers).toEqual([]);
  expect(left).toEqual([...runnersAtStart, second().runnerId].sort());
  expect(dropped).toMatchObject({ exitCode: 1 });
  expect(dropped.output).toContain("bash ~/.cdktf-ece/remove-ece.sh");
  expect(removed).toMatchObject({ exitCode: 0 });
  expect(again).toMatchObject({ exitCode: 0 });
  expect(runnerIds(simulator())).toEqual(runnersAtStart);
});
