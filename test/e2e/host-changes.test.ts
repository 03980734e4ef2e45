import type { TerraformStack } from "cdktf";
import { EceHost } from "../../lib";
import { FIRST, HOST_CHANGES } from "../docs/host-changes";
import { HostStack, allocatorOn, sshTo } from "../support/host-stack";
import { Simulator } from "../../lib/simulator";
import type { Finished } from "../support/sandbox";

type Planned = Pick<Finished, "exitCode" | "stdout" | "output">;

/** What Terraform plans for the host: `type action`, one for each of its parts. */
function plannedFor({ stdout }: Planned): string[] {
  const lines = stdout.split("\n").filter((line) => line.startsWith("{"));
  return lines
    .map(
      (line) => JSON.parse(line) as { type: string; change?: { action: string; resource: { resource_type: string } } },
    )
    .flatMap(({ type, change }) =>
      type === "planned_change" && change !== undefined ? [`${change.resource.resource_type} ${change.action}`] : [],
    );
}

function effectOf(finished: Planned): string {
  if (finished.exitCode === 1) return "refused";
  const planned = plannedFor(finished);
  const parts = ["ece_host", "ece_host_machine", "ece_host_roles"];
  if (planned.includes("ece_host replace")) return "replacement";
  // A host that stays keeps its machine and its roles.
  const lost = planned.filter((action) => parts.some((type) => new RegExp(`^${type} (replace|delete)`).test(action)));
  if (lost.length > 0) return lost.join(", ");
  return planned.length > 0 ? "in place" : "nothing";
}

describe("a host that is deployed", () => {
  let simulator: Simulator;
  let stack: HostStack;

  beforeAll(async () => {
    simulator = await Simulator.start({ hosts: 1 });
    stack = await HostStack.create(simulator);
    expect(await stack.deploy((scope) => declare(scope))).toMatchObject({ exitCode: 0 });
  }, 300_000);

  afterAll(async () => {
    stack.remove();
    await simulator.stop();
  });

  function declare(scope: TerraformStack, { host = {}, ssh }: Partial<(typeof HOST_CHANGES)[number]> = {}): void {
    const machine = simulator.hosts[0]!;
    const changed = typeof host === "function" ? host(scope) : host;
    new EceHost(scope, "host", {
      ...allocatorOn(machine, simulator),
      ...FIRST,
      install: sshTo(machine, ssh),
      ...changed,
    });
  }

  async function planOf(change: (typeof HOST_CHANGES)[number]): Promise<Planned> {
    try {
      stack.synth((scope) => declare(scope, change));
    } catch (error) {
      return { exitCode: 1, stdout: "", output: String(error) };
    }
    if (change.ssh?.carrier !== undefined) await stack.init();
    return stack.plan("-json");
  }

  test.each(HOST_CHANGES.map((change) => [change.prop, change.effect, change] as const))(
    "%s changed alone: %s",
    async (_, effect, change) => {
      const finished = await planOf(change);

      expect(effectOf(finished) === effect ? effect : finished.output).toBe(effect);
      if (change.says !== undefined) expect(finished.output).toMatch(change.says);
    },
  );
});
