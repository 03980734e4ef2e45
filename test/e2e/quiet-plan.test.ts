import type { TerraformStack } from "cdktf";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { EceHost, EceRole, HostToken, RolesToken } from "../../lib";
import { addHost } from "../simulator/joining";
import { allocatorOn, useHostStack } from "../support/host-stack";
import type { Finished } from "../support/sandbox";
import { textOf } from "../support/terraform";
import { useSimulator } from "../support/use-simulator";

const BUILT_BY_HAND = "192.168.44.99";

const simulator = useSimulator({ hosts: 4 });
const stack = useHostStack(simulator);

/** A host with each kind of token, and one that was there before. */
function declare(scope: TerraformStack): void {
  const [own, brief, ephemeral, shared] = simulator().hosts;
  const host = (id: string, machine: typeof own, overrides: object = {}) =>
    new EceHost(scope, id, { ...allocatorOn(machine!, simulator()), ...overrides });
  const rolesToken = new RolesToken(scope, "shared-token", { roles: [EceRole.ALLOCATOR] });
  host("own", own, { version: "4.0.3", capacityMb: 16384 });
  host("brief", brief, { token: HostToken.persistent({ revokeAfterJoin: true }) });
  host("ephemeral", ephemeral, { token: HostToken.ephemeral() });
  host("shared", shared, { token: HostToken.shared(rolesToken) });
  new EceHost(scope, "adopted", {
    runnerId: BUILT_BY_HAND,
    roles: [EceRole.ALLOCATOR],
    availabilityZone: "ece-zone-1",
    adopt: true,
  });
}

/** Plans in a copy of the stack elsewhere, as another user with another home and no key. */
function planElsewhere(): Promise<Finished> {
  const { sandbox, folder } = stack();
  const elsewhere = sandbox.makeFolder("elsewhere/checkout");
  cpSync(folder, elsewhere, { recursive: true, verbatimSymlinks: true });
  return stack().terraform(
    ["plan", "-detailed-exitcode", "-input=false", `-state=${join(folder, "terraform.tfstate")}`],
    {
      cwd: elsewhere,
      env: { HOME: sandbox.makeFolder("other-home"), USER: "somebody", SSH_AUTH_SOCK: undefined },
    },
  );
}

test("an unchanged program plans nothing, whatever changes around it", async () => {
  addHost(simulator().platform, { runnerId: BUILT_BY_HAND, roles: ["allocator"], availabilityZone: "ece-zone-1" });
  expect(await stack().deploy(declare)).toMatchObject({ exitCode: 0 });
  const { platform, apiKey, endpoint } = simulator();
  const withKey = { ECE_API_KEY: apiKey, ECE_USERNAME: undefined, ECE_PASSWORD: undefined };
  const plan = (env: NodeJS.ProcessEnv = {}, ...args: string[]) =>
    stack().terraform(["plan", "-detailed-exitcode", "-input=false", ...args], { env });
  const lostId = simulator().hosts[0]!.runnerId;
  const circumstances: Readonly<Record<string, () => Promise<Finished>>> = {
    "as it was deployed": () => plan(),
    "without a refresh": () => plan({}, "-refresh=false"),
    "with an API key": () => plan(withKey),
    "with another address of the coordinator": () => plan({ ECE_ENDPOINT: endpoint.replace("127.0.0.1", "localhost") }),
    "in another checkout, by another user": planElsewhere,
    "after a minor upgrade in place": () => (platform.upgrade("4.1.0"), plan()),
    "after a major upgrade in place": () => (platform.upgrade("5.0.0"), plan()),
    "with a list that lacks a host": () => ((platform.behaviour.unlisted = [lostId]), plan()),
    "with a host that is down": () => ((platform.behaviour.unlisted = []), platform.disconnect(lostId), plan()),
  };

  const codes: Record<string, number> = {};
  const outputs: string[] = [];
  for (const [circumstance, run] of Object.entries(circumstances)) {
    const finished = await run();
    codes[circumstance] = finished.exitCode;
    if (finished.exitCode !== 0) outputs.push(`${circumstance}: ${textOf(finished)}`);
    if (circumstance === "with a host that is down") expect(textOf(finished)).toContain(`The host ${lostId} is down`);
  }

  expect(outputs).toEqual([]);
  expect(codes).toEqual(Object.fromEntries(Object.keys(circumstances).map((each) => [each, 0])));
});
