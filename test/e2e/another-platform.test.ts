import type { Simulator } from "../../lib/simulator";
import { addHost } from "../simulator/joining";
import { changesOf, liveTokens } from "../support/simulator-state";
import { operatorEnvironment, textOf, useWorkspace } from "../support/terraform";
import { useSimulator } from "../support/use-simulator";
import { WireTap } from "../support/wire-tap";

const RUNNER_ID = "192.168.44.11";
const STACK = `
provider "ece" {}

resource "ece_roles_token" "this" {
  roles = ["allocator"]
}

resource "ece_host" "this" {
  runner_id = "${RUNNER_ID}"
  adopt     = true
}

resource "ece_host_roles" "this" {
  runner_id = ece_host.this.runner_id
  roles     = ["allocator"]
}
`;

const STACK_WITH_PLATFORM = STACK.replaceAll(/^( {2}roles .*)$/gm, "$1\n  platform_id = ece_host.this.platform_id");

// Two sites with equal private networks.
const own = useSimulator();
const other = useSimulator();
const workspace = useWorkspace(own);

beforeEach(async () => {
  for (const { platform } of [own(), other()]) {
    addHost(platform, { runnerId: RUNNER_ID, roles: ["allocator"] });
    platform.placeInstances(RUNNER_ID, 2);
  }
  await workspace().initialize(STACK);
});

function pointTo(simulator: Simulator): void {
  Object.assign(workspace().environment, operatorEnvironment(simulator));
}

/** Applies the saved plan with the other platform's endpoint: it must fail, and change neither. Returns what it said. */
async function applySavedElsewhere(): Promise<string> {
  const before = [traces(own()), traces(other())];
  pointTo(other());

  const finished = await workspace().terraform(["apply", "-input=false", "saved"]);

  expect(finished).toMatchObject({ exitCode: 1 });
  expect([traces(own()), traces(other())]).toEqual(before);
  return textOf(finished);
}

/** What a change would leave on a platform. */
function traces(simulator: Simulator): unknown {
  return { liveTokens: liveTokens(simulator), ...simulator.state(), requests: changesOf(simulator) };
}

test.each([
  ["apply", ["apply", "-auto-approve"]],
  ["apply without a refresh", ["apply", "-auto-approve", "-refresh=false", "-replace=ece_roles_token.this"]],
  ["destroy", ["destroy", "-auto-approve"]],
  ["destroy without a refresh", ["destroy", "-auto-approve", "-refresh=false"]],
  ["refresh-only", ["apply", "-auto-approve", "-refresh-only"]],
  ["plan", ["plan"]],
])("%s on another platform with the same runner ids changes neither", async (_what, args) => {
  expect(await workspace().apply()).toMatchObject({ exitCode: 0 });
  const before = [traces(own()), traces(other()), workspace().readState()];
  pointTo(other());

  const finished = await workspace().terraform([...args, "-input=false"]);

  expect(finished).toMatchObject({ exitCode: 1 });
  expect(textOf(finished)).toContain("This is another ECE platform");
  expect(textOf(finished)).toContain(own().endpoint);
  expect(textOf(finished)).toContain(other().endpoint);
  expect([traces(own()), traces(other())]).toEqual(before.slice(0, 2));
  pointTo(own());
  expect(await workspace().plan()).toMatchObject({ exitCode: 0 });
});

test("a saved destroy plan of one platform destroys nothing on another", async () => {
  expect(await workspace().apply()).toMatchObject({ exitCode: 0 });
  expect(await workspace().terraform(["plan", "-destroy", "-out=saved", "-input=false"])).toMatchObject({
    exitCode: 0,
  });

  const said = await applySavedElsewhere();

  expect(said).toContain("This is another ECE platform");
});

describe.each([
  ["equal", RUNNER_ID],
  ["different", "10.20.30.40"],
])("a saved plan that creates, applied on another platform with %s runner ids", (_what, runnerId) => {
  test.each([
    ["of everything", ""],
    ["of a token and roles, the host being there", "ece_host.this"],
  ])("%s makes nothing there", async (_which, target) => {
    if (runnerId !== RUNNER_ID) addHost(own().platform, { runnerId, roles: ["allocator"] });
    workspace().write(STACK_WITH_PLATFORM.replaceAll(RUNNER_ID, runnerId));
    if (target !== "") expect(await workspace().apply(`-target=${target}`)).toMatchObject({ exitCode: 0 });
    expect(await workspace().plan("-out=saved")).toMatchObject({ exitCode: 2 });

    const said = await applySavedElsewhere();

    // Of a host that is made Terraform itself says it: what the plan knew of the platform is not so any more.
    expect(said).toMatch(target === "" ? /inconsistent final plan.*platform_id/ : /This is another ECE platform/);
    pointTo(own());
    expect(await workspace().apply()).toMatchObject({ exitCode: 0 });
    expect(await workspace().plan()).toMatchObject({ exitCode: 0 });
  });
});

test("an ephemeral token of a saved plan is not made on another platform", async () => {
  const ephemeral = `
ephemeral "ece_roles_token" "this" {
  roles       = ["allocator"]
  applying    = terraform.applying
  platform_id = ece_host.this.platform_id
}

resource "terraform_data" "install" {
  provisioner "local-exec" {
    command     = "true"
    environment = { TOKEN = ephemeral.ece_roles_token.this.token }
  }
}
`;
  expect(await workspace().apply()).toMatchObject({ exitCode: 0 });
  workspace().write(`${STACK}${ephemeral}`);
  expect(await workspace().plan("-out=saved")).toMatchObject({ exitCode: 2 });

  const said = await applySavedElsewhere();

  expect(said).toContain("This is another ECE platform");
  pointTo(own());
  expect(await workspace().apply()).toMatchObject({ exitCode: 0 });
});

test("what was made on a platform that is given up is destroyed without touching any platform", async () => {
  expect(await workspace().apply()).toMatchObject({ exitCode: 0 });
  const before = [traces(own()), traces(other())];
  pointTo(other());
  const advised = /given_up { platforms = \[[^\]]+\] }/.exec(textOf(await workspace().plan()))?.[0];
  const block = advised?.replace("{ platforms", "{\n    platforms").replace("] }", "]\n  }");
  workspace().write(STACK.replace('provider "ece" {}', `provider "ece" {\n  ${block}\n}`));

  const plan = await workspace().plan();
  const destroyed = await workspace().destroy();

  expect(plan).toMatchObject({ exitCode: 0 });
  expect(textOf(plan)).toContain("Its ECE platform is given up");
  expect(destroyed).toMatchObject({ exitCode: 0 });
  expect(textOf(destroyed)).toContain("nothing is revoked or removed there");
  expect((await workspace().terraform(["state", "list"])).stdout).toBe("");
  expect([traces(own()), traces(other())]).toEqual(before);
});

test("the same platform under another address plans nothing, and is destroyed there", async () => {
  expect(await workspace().apply()).toMatchObject({ exitCode: 0 });
  const tap = await WireTap.start(own());
  workspace().environment.ECE_ENDPOINT = tap.endpoint;

  const plan = await workspace().plan();
  const destroyed = await workspace().destroy("-target=ece_roles_token.this");
  await tap.stop();

  expect(plan).toMatchObject({ exitCode: 0 });
  expect(destroyed).toMatchObject({ exitCode: 0 });
});
