import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { EceHost, HostKey } from "../../lib";
import { allocatorOn, sshTo, useHostStack } from "../support/host-stack";
import { liveTokens, runnerIds } from "../support/simulator-state";
import { textOf } from "../support/terraform";
import { useSimulator } from "../support/use-simulator";

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
  expect(mistaken.output).toContain("presents another host key");
  expect(deployed).toMatchObject({ exitCode: 1 });
  expect(deployed.output).toContain("the installer exited with 137");
  expect(joined).toBe(true);
  expect(destroyed).toMatchObject({ exitCode: 0 });
  expect(host.containers.map(({ name }) => name)).toEqual(["postgres"]);
  expect(runnerIds(simulator())).toEqual(runnersAtStart);
  expect(liveTokens(simulator())).toEqual(tokensAtStart);
});

test("a host that is gone is not destroyed until it is given up", async () => {
  const runnersAtStart = runnerIds(simulator());
  const install = sshTo(first(), { connectTimeout: "2s" });
  await stack().deploy((scope) => new EceHost(scope, "host", { ...allocatorOn(first(), simulator()), install }));
  const joined = runnerIds(simulator()).includes(first().runnerId);
  first().disconnect();

  const refused = await stack().destroy();
  const left = runnerIds(simulator()).includes(first().runnerId);

  expect([joined, left]).toEqual([true, true]);
  expect(refused).toMatchObject({ exitCode: 1 });
  expect(textOf(refused)).toContain(`add ${first().runnerId} to machines in the provider's given_up block`);
  expect(runnersAtStart).not.toContain(first().runnerId);
});

test("a host that leaves the program goes as on destroy, and the others stay", async () => {
  const [runnersAtStart, tokensAtStart] = [runnerIds(simulator()), liveTokens(simulator())];
  await stack().deploy((scope) => {
    new EceHost(scope, "first", allocatorOn(first(), simulator()));
    new EceHost(scope, "second", allocatorOn(second(), simulator()));
  });
  const joined = runnerIds(simulator());

  const left = await stack().deploy((scope) => new EceHost(scope, "second", allocatorOn(second(), simulator())));
  const others = runnerIds(simulator());
  const emptied = await stack().deploy(() => undefined);

  expect(joined).toEqual([...runnersAtStart, first().runnerId, second().runnerId].sort());
  expect(left).toMatchObject({ exitCode: 0 });
  expect(first().containers).toEqual([]);
  expect(others).toEqual([...runnersAtStart, second().runnerId].sort());
  expect(emptied).toMatchObject({ exitCode: 0 });
  expect(second().containers).toEqual([]);
  expect(runnerIds(simulator())).toEqual(runnersAtStart);
  expect(liveTokens(simulator())).toEqual(tokensAtStart);
});
