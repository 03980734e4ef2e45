import { addHost } from "../simulator/joining";
import { liveTokens } from "../support/simulator-state";
import { textOf, useWorkspace } from "../support/terraform";
import { useSimulator } from "../support/use-simulator";

const RUNNER_ID = "192.168.44.11";
const TWO = `Two ece_host resources have the runner id ${RUNNER_ID}`;

/** A host, a token that comes after it, and its roles. */
function host(name: string, options = "", runnerId = `"${RUNNER_ID}"`): string {
  return `
resource "ece_host" "${name}" {
  runner_id = ${runnerId}
  adopt     = true
  ${options}
}

resource "ece_roles_token" "${name}" {
  roles       = ["allocator"]
  platform_id = ece_host.${name}.platform_id
  triggers    = { host = ece_host.${name}.id }
}

resource "ece_host_roles" "${name}" {
  runner_id   = ece_host.${name}.runner_id
  roles       = ["allocator"]
  on_destroy  = "keep"
  platform_id = ece_host.${name}.platform_id
}
`;
}

function moved(from: string, to: string): string {
  return ["ece_host", "ece_roles_token", "ece_host_roles"]
    .map((type) => `moved {\n  from = ${type}.${from}\n  to = ${type}.${to}\n}\n`)
    .join("");
}

const simulator = useSimulator();
const workspace = useWorkspace(simulator);

beforeEach(async () => {
  addHost(simulator().platform, { runnerId: RUNNER_ID, roles: ["allocator"] });
  await workspace().initialize(`provider "ece" {}\n${host("a", 'on_destroy = "abandon"')}`);
});

async function stateList(): Promise<string> {
  return (await workspace().terraform(["state", "list"])).stdout;
}

/** What a change would leave behind. */
function traces(): unknown {
  const changes = simulator().requests.filter(({ method }) => method !== "GET");
  return { liveTokens: liveTokens(simulator()), ...simulator().state(), changes: changes.length };
}

describe.each([["by default"], ["-parallelism=1"]])("two hosts with one runner id, %s", (parallelism) => {
  const options = parallelism.startsWith("-") ? [parallelism] : [];

  test("are refused in the plan of a new stack, and nothing is made", async () => {
    workspace().write(`${host("a")}${host("b")}`);
    const before = traces();

    const finished = await workspace().apply(...options);

    expect(finished).toMatchObject({ exitCode: 1 });
    expect(textOf(finished)).toContain(TWO);
    expect(await stateList()).toBe("");
    expect(traces()).toEqual(before);
  });

  test("are refused where one is there already, which stays as it is", async () => {
    expect(await workspace().apply(...options)).toMatchObject({ exitCode: 0 });
    const before = [traces(), workspace().readState()];
    workspace().write(`${host("a", 'on_destroy = "abandon"')}${host("b")}`);

    const finished = await workspace().apply(...options);

    expect(finished).toMatchObject({ exitCode: 1 });
    expect(textOf(finished)).toContain(TWO);
    expect([traces(), workspace().readState()]).toEqual(before);
  });

  test("are refused where only the apply tells their runner id: one is made, of the other nothing", async () => {
    const late = "terraform_data.late.output";
    workspace().write(
      `resource "terraform_data" "late" {\n  input = "${RUNNER_ID}"\n}\n${host("a", "", late)}${host("b", "", late)}`,
    );

    const before = liveTokens(simulator()).length;

    const finished = await workspace().apply(...options);
    const tokens = liveTokens(simulator());
    const list = (await stateList()).split("\n").filter((address) => address.startsWith("ece_"));

    expect(finished).toMatchObject({ exitCode: 1 });
    expect(textOf(finished)).toContain(TWO);
    expect(new Set(list.map((address) => address.split(".")[1])).size).toBe(1);
    expect(list).toHaveLength(3);
    expect(tokens).toHaveLength(before + 1);
  });

  test("are refused where a host gets another name without a moved block; with one nothing is planned", async () => {
    expect(await workspace().apply(...options)).toMatchObject({ exitCode: 0 });
    const before = [traces(), workspace().readState()];
    const renamed = host("b", 'on_destroy = "abandon"');
    workspace().write(renamed);

    const refused = await workspace().apply(...options);
    const untouched = [traces(), workspace().readState()];
    workspace().write(`${renamed}${moved("a", "b")}`);
    const applied = await workspace().apply(...options);

    expect(refused).toMatchObject({ exitCode: 1 });
    expect(textOf(refused)).toContain(TWO);
    expect(textOf(refused)).toContain("moved block");
    expect(untouched).toEqual(before);
    expect(applied).toMatchObject({ exitCode: 0 });
    expect(textOf(applied)).toContain("0 added, 0 changed, 0 destroyed");
  });

  test("are not what a replacement is: by its arguments, by -replace, of a tainted host, with a new runner id", async () => {
    expect(await workspace().apply(...options)).toMatchObject({ exitCode: 0 });
    const ids = [workspace().stateOf("ece_host.a")?.id];
    const changed = 'on_destroy = "abandon"\n  install_fingerprint';
    workspace().write(host("a", `${changed} = "1"`));
    expect(await workspace().apply(...options)).toMatchObject({ exitCode: 0 });

    workspace().write(host("a", `${changed} = "2"`));
    const outcomes = [await workspace().apply(...options)];
    ids.push(workspace().stateOf("ece_host.a")?.id);
    outcomes.push(await workspace().apply("-replace=ece_host.a", ...options));
    ids.push(workspace().stateOf("ece_host.a")?.id);
    outcomes.push(await workspace().terraform(["taint", "ece_host.a"]));
    outcomes.push(await workspace().apply(...options));
    ids.push(workspace().stateOf("ece_host.a")?.id);
    addHost(simulator().platform, { runnerId: "192.168.44.12", roles: ["allocator"] });
    workspace().write(host("a", `${changed} = "2"`, '"192.168.44.12"'));
    outcomes.push(await workspace().apply(...options));
    ids.push(workspace().stateOf("ece_host.a")?.id);

    expect(outcomes.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0, 0, 0]);
    expect(new Set(ids).size).toBe(5);
    expect(await workspace().plan()).toMatchObject({ exitCode: 0 });
    expect(await workspace().destroy(...options)).toMatchObject({ exitCode: 0 });
  });
});
