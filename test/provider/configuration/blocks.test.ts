import { Diagnostics, ProviderServer, UNKNOWN, type ObjectValue } from "../../../lib/plugin/framework";
import { eceProvider } from "../../../lib/provider";
import { configureEce } from "../../../lib/provider/configuration/connect";
import type { Ece } from "../../../lib/provider/platform/ece";

const environment = { ...process.env };

beforeEach(() => {
  for (const name of Object.keys(process.env)) if (/^ECE?_/.test(name)) delete process.env[name];
});

afterEach(() => {
  process.env = { ...environment };
});

async function configured(config: ObjectValue): Promise<Ece> {
  const diagnostics = new Diagnostics();
  const connection = { endpoint: "https://127.0.0.1:12443", api_key: "key" };
  const ece = await configureEce({ config: { ...connection, ...config } }, diagnostics);
  expect([...diagnostics]).toEqual([]);
  return ece!;
}

describe("ssh", () => {
  const ENVIRONMENT = { ECE_SSH_PRIVATE_KEY_FILE: "from-env", ECE_SSH_BASTION_PRIVATE_KEY_FILE: "bastion-from-env" };

  test.each<[what: string, ssh: ObjectValue | null, variables: { [name: string]: string }, expected: object]>([
    ["is empty without the block", null, {}, {}],
    [
      "is the block's",
      { private_key_file: "a", bastion_private_key_file: "b", agent: false },
      ENVIRONMENT,
      { privateKeyFile: "a", bastionPrivateKeyFile: "b", agent: false },
    ],
    [
      "is that of the environment without the block",
      null,
      ENVIRONMENT,
      { privateKeyFile: "from-env", bastionPrivateKeyFile: "bastion-from-env" },
    ],
    [
      "is that of the environment where the block leaves a path out, or empty",
      { private_key_file: "", bastion_private_key_file: null, agent: true },
      ENVIRONMENT,
      { privateKeyFile: "from-env", bastionPrivateKeyFile: "bastion-from-env", agent: true },
    ],
    ["is not set by empty variables", null, { ECE_SSH_PRIVATE_KEY_FILE: "" }, {}],
  ])("%s", async (_what, ssh, variables, expected) => {
    Object.assign(process.env, variables);

    expect((await configured({ ssh })).sshSettings).toEqual(expected);
  });
});

describe("given_up", () => {
  test("is nothing without the block", async () => {
    const { givenUp } = await configured({ given_up: null });

    expect(givenUp).toEqual({ platforms: new Set(), machines: new Set(), lastOf: new Set() });
  });

  test("reaches the resources", async () => {
    const { givenUp } = await configured({
      given_up: { platforms: ["security-cluster:a"], machines: ["10.0.0.1"], last_of: ["proxy"] },
    });

    expect(givenUp).toEqual({
      platforms: new Set(["security-cluster:a"]),
      machines: new Set(["10.0.0.1"]),
      lastOf: new Set(["proxy"]),
    });
  });

  test("with values that come later does not fail a plan; the known ones count", async () => {
    const ece = await configured({
      given_up: { platforms: ["token:a", UNKNOWN], machines: UNKNOWN, last_of: null },
      ssh: { private_key_file: UNKNOWN, bastion_private_key_file: null, agent: null },
    });

    expect(ece.isKnown).toBe(false);
    expect(ece.givenUp).toMatchObject({ platforms: new Set(["token:a"]), machines: new Set() });
  });

  test.each([
    [{ platforms: ["https://coordinator:12443"] }, "security-cluster:ID"],
    [{ last_of: ["master"] }, "May hold only"],
  ])("%j is refused offline", async (block, named) => {
    const server = new ProviderServer(eceProvider());
    const unset = Object.fromEntries(Object.keys(server.provider.schema.attributes).map((name) => [name, null]));
    const given_up = { platforms: null, machines: null, last_of: null, ...block };

    const { diagnostics } = await server.validateProviderConfig({ config: { ...unset, ssh: null, given_up } });

    expect(diagnostics).toMatchObject([{ severity: "error", path: ["given_up", Object.keys(block)[0]] }]);
    expect(diagnostics[0]?.detail).toContain(named);
  });
});
