import { eceOn } from "../support/installed-machine";
import { type LoneHost, useLoneHost } from "../support/lone-host";
import { operatorEnvironment, textOf } from "../support/terraform";
import { useSimulator } from "../support/use-simulator";

const loneHost = useLoneHost();
const other = useSimulator({ hosts: 1 });

/** What a destroy could take. */
async function everything({ simulator, machine }: LoneHost): Promise<unknown> {
  return { platform: simulator.state(), other: other().state(), machine: await eceOn(machine) };
}

test("an Aspect that ignores every change of every part does not change how a host goes", async () => {
  const host = loneHost();
  host.lifecycle = { ignoreChanges: "all" };
  await host.deployWithInstances();

  await host.expectDestroyWithoutTrace();
});

test("an Aspect that prevents every destroy is Terraform's own refusal, and nothing is touched", async () => {
  const host = loneHost();
  host.lifecycle = { preventDestroy: true };
  await host.deployWithInstances();
  const before = await everything(host);

  const refused = await host.destroy();

  expect(refused).toMatchObject({ exitCode: 1 });
  expect(textOf(refused)).toContain("Instance cannot be destroyed");
  expect(await everything(host)).toEqual(before);
});

test.each([
  ["a destroy", []],
  ["a destroy without refresh", ["-refresh=false"]],
  ["a destroy of the machine alone", ["-refresh=false", "-target=MACHINE"]],
])("%s with the provider at another platform takes nothing from a host on a machine", async (_, args) => {
  const host = loneHost();
  await host.deployWithInstances();
  const before = await everything(host);
  const address = await host.stack.addressOf("ece_host_machine");

  const refused = await host.stack.terraform(
    ["destroy", "-auto-approve", "-input=false", ...args.map((arg) => arg.replace("MACHINE", address))],
    { env: operatorEnvironment(other()) },
  );

  expect(refused).toMatchObject({ exitCode: 1 });
  expect(textOf(refused)).toContain("This is another ECE platform");
  expect(textOf(refused)).not.toContain("Destruction complete");
  expect(await everything(host)).toEqual(before);
  await host.expectDestroyWithoutTrace();
});
