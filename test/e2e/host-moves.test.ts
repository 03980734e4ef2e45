import { TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { join } from "node:path";
import { EceHost } from "../../lib";
import { HostStack, allocatorOn, useHostStack } from "../support/host-stack";
import { liveTokens } from "../support/simulator-state";
import { textOf } from "../support/terraform";
import { useSimulator } from "../support/use-simulator";

const simulator = useSimulator({ hosts: 1 });
const stack = useHostStack(simulator);

function hostAt(scope: Construct, id: string): EceHost {
  return new EceHost(scope, id, allocatorOn(simulator().hosts[0]!, simulator()));
}

/** What a change would leave behind. */
function traces(): unknown {
  const changes = simulator().requests.filter(({ method }) => method !== "GET");
  return { liveTokens: liveTokens(simulator()), changes: changes.length };
}

async function plannedFor(define: (stack: TerraformStack) => void) {
  stack().synth(define);
  return stack().plan();
}

test("a host that is renamed, or put into a group, stays as it is; without movedFrom the plan is refused", async () => {
  expect(await stack().deploy((scope) => hostAt(scope, "first"))).toMatchObject({ exitCode: 0 });
  const before = traces();

  const unsaid = await plannedFor((scope) => hostAt(scope, "allocator-1"));
  const renamed = await stack().deploy((scope) => hostAt(scope, "allocator-1").movedFrom("first"));
  const again = await stack().plan();
  const grouped = await stack().deploy((scope) =>
    hostAt(new Construct(scope, "rack-7"), "allocator-1").movedFrom("/allocator-1"),
  );
  const afterwards = await plannedFor((scope) => hostAt(new Construct(scope, "rack-7"), "allocator-1"));

  expect(unsaid).toMatchObject({ exitCode: 1 });
  expect(textOf(unsaid)).toContain('movedFrom("OLD ID") of its EceHost');
  expect(renamed.output).toContain("0 added, 0 changed, 0 destroyed");
  expect(again).toMatchObject({ exitCode: 0 });
  expect(grouped.output).toContain("0 added, 0 changed, 0 destroyed");
  expect(afterwards).toMatchObject({ exitCode: 0 });
  expect(traces()).toEqual(before);
});

/** What docs/guides/renames-and-moves.md says. */
async function moveByHand(from: HostStack, to: HostStack, name: string): Promise<void> {
  const { stdout: list } = await from.terraform(["state", "list"]);
  const { sandbox } = from;
  const cwd = sandbox.makeFolder("states");
  for (const [stack, file] of [[from, "old.tfstate"] as const, [to, "new.tfstate"] as const])
    sandbox.writeFile(`states/${file}`, (await stack.terraform(["state", "pull"])).stdout);
  for (const address of list.split("\n").filter((line) => line.includes(name))) {
    const states = ["-state=old.tfstate", "-state-out=new.tfstate"];
    expect(await from.terraform(["state", "mv", ...states, address, address], { cwd })).toMatchObject({ exitCode: 0 });
  }
  expect(await from.terraform(["state", "push", join(cwd, "old.tfstate")])).toMatchObject({ exitCode: 0 });
  expect(await to.terraform(["state", "push", join(cwd, "new.tfstate")])).toMatchObject({ exitCode: 0 });
}

test("a host that goes to another stack takes its state along, and stays as it is", async () => {
  const other = await HostStack.create(simulator());
  try {
    expect(await stack().deploy((scope) => hostAt(scope, "allocator-1"))).toMatchObject({ exitCode: 0 });
    const before = traces();
    other.synth((scope) => hostAt(scope, "allocator-1"));
    stack().synth(() => undefined);
    expect(await other.init()).toMatchObject({ exitCode: 0 });

    await moveByHand(stack(), other, "allocator-1");
    const here = await stack().plan();
    const there = await other.plan();

    expect(here).toMatchObject({ exitCode: 0 });
    expect(there).toMatchObject({ exitCode: 0 });
    expect(traces()).toEqual(before);
  } finally {
    other.remove();
  }
});
