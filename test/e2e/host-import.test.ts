import { addHost } from "../simulator/joining";
import { useWorkspace } from "../support/terraform";
import { useSimulator } from "../support/use-simulator";

const ID = "192.168.44.11";

const simulator = useSimulator();
const workspace = useWorkspace(simulator);

/** A host that joined by hand, under management; `tags` as they shall be. */
function configuration(tags: string): string {
  return `
provider "ece" {}

import {
  to = ece_host.this
  id = "${ID}"
}

import {
  to = ece_host_roles.this
  id = "${ID}"
}

import {
  to = ece_allocator.this
  id = "${ID}"
}

resource "ece_host" "this" {
  runner_id = "${ID}"
}

resource "ece_host_roles" "this" {
  runner_id = ece_host.this.runner_id
  roles     = ["allocator"]
}

resource "ece_allocator" "this" {
  allocator_id = ece_host_roles.this.runner_id
  tags         = ${tags}
}
`;
}

test("a host that joined by hand is imported as it is, changed in place, and taken from the platform in order", async () => {
  addHost(simulator().platform, { runnerId: ID, roles: ["allocator"], allocatorTags: "rack:7" });
  await workspace().initialize(configuration(`{ rack = "7" }`));

  const imported = await workspace().apply();
  const plan = await workspace().plan();
  workspace().write(configuration(`{ rack = "8", ssd = "yes" }`));
  const changed = await workspace().apply();
  const tags = simulator()
    .state()
    .allocators.find(({ allocatorId }) => allocatorId === ID)?.tags;
  const destroying = workspace().terraform(["destroy", "-auto-approve", "-input=false"], {
    // The machine is switched off by hand once it is drained.
    onOutput: (output) => {
      if (/ece_host_roles\.this: Destruction complete/.test(output)) simulator().platform.disconnect(ID);
    },
  });

  expect(imported.stdout).toContain("3 imported, 0 added, 0 changed, 0 destroyed");
  expect(plan).toMatchObject({ exitCode: 0 });
  expect(changed.stdout).toContain("0 added, 1 changed, 0 destroyed");
  expect(tags).toEqual({ rack: "8", ssd: "yes" });
  expect(await destroying).toMatchObject({ exitCode: 0 });
  expect(
    simulator()
      .state()
      .runners.map(({ runnerId }) => runnerId),
  ).not.toContain(ID);
  expect(
    simulator()
      .state()
      .allocators.map(({ allocatorId }) => allocatorId),
  ).not.toContain(ID);
});

test("an adopted host is not replaced before adopt is taken away, which changes nothing on it", async () => {
  addHost(simulator().platform, { runnerId: ID, roles: ["allocator"] });
  const adopted = (adopt: string) => `
provider "ece" {}

resource "ece_host" "this" {
  runner_id = "${ID}"
  ${adopt}
}
`;
  await workspace().initialize(adopted("adopt = true"));

  expect(await workspace().apply()).toMatchObject({ exitCode: 0 });
  const refused = await workspace().terraform(["plan", "-input=false", "-replace=ece_host.this"]);
  workspace().write(adopted(""));
  const changed = await workspace().apply();
  const replaced = await workspace().terraform(["plan", "-input=false", "-replace=ece_host.this"]);

  expect(refused).toMatchObject({ exitCode: 1 });
  expect(refused.output).toContain(`The adopted host ${ID} cannot be replaced`);
  expect(changed.stdout).toContain("0 added, 1 changed, 0 destroyed");
  expect(replaced.stdout).toContain("1 to add, 0 to change, 1 to destroy");
});
