import type { TerraformStack } from "cdktf";
import { EceHost, EceRole, type HostInstall } from "../../lib";
import { addHost } from "../simulator/joining";
import { sshTo, useHostStack } from "../support/host-stack";
import { liveTokens } from "../support/simulator-state";
import { useSimulator } from "../support/use-simulator";
import { installEce } from "../support/worlds";

const simulator = useSimulator({ hosts: 1 });
const stack = useHostStack(simulator);

const IDS = Array.from({ length: 20 }, (_, i) => `192.168.45.${i + 1}`);
const [FIRST, SECOND] = IDS as [string, string];

/** The hosts that were built by hand; some have other roles than all others. */
function declare(ids: readonly string[], roles: { readonly [runnerId: string]: string[] } = {}) {
  return (scope: TerraformStack) => {
    for (const runnerId of ids)
      new EceHost(scope, `host-${runnerId}`, { runnerId, roles: roles[runnerId] ?? [EceRole.ALLOCATOR], adopt: true });
  };
}

function rolesOf(runnerId: string): readonly string[] | undefined {
  return simulator()
    .state()
    .runners.find((runner) => runner.runnerId === runnerId)?.roles;
}

test("20 hosts that were built by hand are imported as they are, change a role, and one of them goes", async () => {
  const { platform } = simulator();
  for (const runnerId of IDS) addHost(platform, { runnerId, roles: ["allocator"] });
  platform.allocators.startMaintenance(platform.allocators.find(SECOND));
  const [before, tokens] = [simulator().state(), liveTokens(simulator())];

  const imported = await stack().deploy(declare(IDS));
  const afterImport = simulator().state();
  const plan = await stack().plan();
  const changed = await stack().deploy(declare(IDS, { [FIRST]: [EceRole.PROXY] }));
  stack().synth(declare(IDS.slice(1)));
  const left = await stack().terraform(["apply", "-auto-approve", "-input=false"], {
    // Somebody removes ECE from the host once it has no roles.
    onOutput: (output) => {
      if (/ece_host_roles\S+: Destruction complete/.test(output)) platform.disconnect(FIRST);
    },
  });

  expect(imported.output).toContain("40 imported, 0 added, 0 changed, 0 destroyed");
  expect(afterImport).toEqual(before);
  expect(plan).toMatchObject({ exitCode: 0 });
  expect(changed.output).toContain("0 added, 1 changed, 0 destroyed");
  expect(left.output).toContain("0 added, 0 changed, 2 destroyed");
  expect(rolesOf(FIRST)).toBeUndefined();
  expect(rolesOf(SECOND)).toContain("allocator");
  expect(platform.allocators.find(SECOND).maintenanceSince).toBeDefined();
  expect(liveTokens(simulator())).toEqual(tokens);
});

test("a host whose machine is named is asked who it is, and goes as an installed one does", async () => {
  const [machine] = simulator().hosts;
  await installEce(simulator(), machine!);
  const before = simulator().state();

  const declare = (install?: HostInstall) => (scope: TerraformStack) => {
    const { runnerId } = machine!;
    new EceHost(scope, "host", { runnerId, roles: [EceRole.ALLOCATOR], adopt: true, install });
  };
  const adopted = await stack().deploy(declare());
  const reached = await stack().deploy(declare(sshTo(machine!)));
  const afterwards = simulator().state();
  const plan = await stack().plan();
  const destroyed = await stack().destroy();

  expect(adopted.output).toContain("2 imported, 0 added, 0 changed, 0 destroyed");
  expect(reached.output).toContain("1 added, 2 changed, 0 destroyed");
  expect(afterwards).toEqual(before);
  expect(plan).toMatchObject({ exitCode: 0 });
  expect(destroyed).toMatchObject({ exitCode: 0 });
  expect(rolesOf(machine!.runnerId)).toBeUndefined();
});
