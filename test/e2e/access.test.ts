import { StubPlatform, stopAll } from "../api/stub-platform";
import { TestAuthority } from "../support/certificates";
import { ConnectProxy } from "../support/connect-proxy";
import type { Finished } from "../support/sandbox";
import { textOf, useWorkspace } from "../support/terraform";
import { useSimulator } from "../support/use-simulator";

const TOKENS_PATH = "/platform/configuration/security/enrollment-tokens";

const simulator = useSimulator();
const workspace = useWorkspace(simulator);
afterEach(stopAll);

function occurrences({ output }: Finished, text: string): number {
  return output.split(text).length - 1;
}

test("an API key that expires soon is warned of once by each command that uses it, with the date", async () => {
  const authority = await TestAuthority.create();
  const day = new Date(Date.now() + 5 * 24 * 60 * 60 * 1000).toISOString().slice(0, 10);
  const headers = { "x-elastic-api-key-expiration": `${day}T12:00:00Z` };
  const tokens: { token_id: string; roles: string[] }[] = [];
  const platform = await StubPlatform.start(
    ({ method, body }) => {
      if (method === "GET") return { headers, body: { tokens } };
      const token_id = `token-${tokens.length}`;
      tokens.push({ token_id, ...(body as { roles: string[] }) });
      return { headers, body: { token: "secret", token_id } };
    },
    { tls: await authority.issue() },
  );
  await workspace().initialize(`
provider "ece" {
  endpoint       = "${platform.endpoint}/"
  api_key        = "file:~/ece.key"
  ca_certificate = <<-EOT
    ${authority.pem.replaceAll("\n", "\n    ")}
  EOT
}

resource "ece_roles_token" "these" {
  count = 3
  roles = ["proxy"]
}
`);
  workspace().sandbox.writeFile("home/ece.key", "the-api-key\n");
  workspace().environment.ECE_ENDPOINT = "https://192.0.2.1:12443";

  const applied = await workspace().apply();
  const planned = await workspace().plan();

  expect(applied).toMatchObject({ exitCode: 0 });
  expect(planned).toMatchObject({ exitCode: 0 });
  expect(occurrences(applied, `The ECE API key expires on ${day}`)).toBe(1);
  expect(occurrences(planned, `The ECE API key expires on ${day}`)).toBe(1);
  expect(new Set(platform.requests.map((request) => request.headers.authorization))).toEqual(
    new Set(["ApiKey the-api-key"]),
  );
});

test("a certificate that is not checked is warned of in each run", async () => {
  await workspace().initialize(`provider "ece" {\n  insecure = true\n}\n\ndata "ece_platform" "this" {}\n`);
  workspace().environment.ECE_CA_CERTIFICATE_FILE = "";

  const first = await workspace().plan();
  const second = await workspace().plan();

  for (const plan of [first, second]) {
    expect(plan).toMatchObject({ exitCode: 0 });
    expect(occurrences(plan, "The platform's certificate is not checked")).toBe(1);
  }
});

test("a session of username and password goes through the proxy of the environment", async () => {
  const proxy = await ConnectProxy.start();
  await workspace().initialize(
    `provider "ece" {\n  login = true\n}\n\nresource "ece_roles_token" "this" {\n  roles = ["proxy"]\n}\n`,
  );
  workspace().environment.HTTPS_PROXY = `http://proxy-user:p%40ss%3Aword@${proxy.address}`;
  workspace().environment.TF_LOG_PROVIDER = "trace";

  const applied = await workspace().apply();
  await proxy.stop();

  expect(applied).toMatchObject({ exitCode: 0 });
  expect(new Set(proxy.tunnels)).toEqual(new Set([new URL(simulator().endpoint).host]));
  expect(new Set(proxy.credentials)).toEqual(new Set(["proxy-user:p@ss:word"]));
  const used = simulator().requests.map(({ path, authentication }) => `${path.split("/").pop()} ${authentication}`);
  expect([...new Set(used)].sort()).toEqual(["_login none", "deployment Bearer", "enrollment-tokens Bearer"]);
  expect(applied.output).not.toContain("p@ss:word");
  expect(applied.output).not.toContain("p%40ss%3Aword");
  expect(applied.output).not.toContain("DeprecationWarning");
});

test("an endpoint that another resource makes is unknown in plans and known in applies, with and without a state", async () => {
  const configuration = (generation: number): string => `
resource "terraform_data" "platform" {
  input = "${simulator().endpoint}"
  triggers_replace = ${generation}
}

provider "ece" {
  endpoint = terraform_data.platform.output
}

resource "ece_roles_token" "this" {
  roles = ["proxy"]
}

resource "ece_host" "this" {
  runner_id = "10.0.0.11"
}

ephemeral "ece_roles_token" "this" {
  roles    = ["proxy"]
  applying = false
}

data "ece_platform" "this" {
  depends_on = [terraform_data.platform]
}

output "version" {
  value = data.ece_platform.this.version
}
`;
  delete workspace().environment.ECE_ENDPOINT;
  await workspace().initialize(configuration(1));

  const firstPlan = await workspace().plan();
  const requestsOfPlan = simulator().requests.length;
  const created = await workspace().apply();
  const { id } = workspace().stateOf("ece_roles_token.this") ?? {};
  workspace().write(configuration(2));
  const planned = await workspace().plan();
  const changed = await workspace().apply();

  expect(firstPlan).toMatchObject({ exitCode: 2 });
  expect(requestsOfPlan).toBe(0);
  expect(created).toMatchObject({ exitCode: 0 });
  expect(created.stdout).toContain('version = "4.0.3"');
  expect(planned).toMatchObject({ exitCode: 2 });
  expect(textOf(planned)).toContain("Plan: 1 to add, 0 to change, 1 to destroy");
  expect(occurrences(planned, "ECE resources were not refreshed")).toBe(1);
  expect(changed).toMatchObject({ exitCode: 0 });
  expect(workspace().stateOf("ece_roles_token.this")).toMatchObject({ id, revoked: false });
  expect(await workspace().plan()).toMatchObject({ exitCode: 0 });
  expect(await workspace().destroy()).toMatchObject({ exitCode: 0 });
});

test("a data source of a provider that is not configured yet says how to go on", async () => {
  await workspace().initialize(`
resource "terraform_data" "platform" {
  input = "${simulator().endpoint}"
}

provider "ece" {
  endpoint = terraform_data.platform.output
}

data "ece_platform" "this" {}
`);

  const planned = await workspace().plan();

  expect(planned).toMatchObject({ exitCode: 1 });
  expect(occurrences(planned, "Error: ")).toBe(1);
  expect(textOf(planned)).toContain(
    "Apply first what these come from, with -target; a data source can wait for it with depends_on.",
  );
});

/** Runs Terraform and presses Ctrl-C once the platform has got a request that it answers only in an hour. */
function interruptedAt(method: string, ...args: string[]): Promise<Finished> {
  const path = TOKENS_PATH;
  const before = simulator().requests.length;
  simulator().faults.add({ method, path, kind: "delay", milliseconds: 60 * 60 * 1000 });
  return workspace().interruptWhen(
    () =>
      simulator()
        .requests.slice(before)
        .some((request) => request.method === method && request.path.startsWith(path)),
    ...args,
  );
}

test("Ctrl-C ends a command at once, whatever it waits for, and the state stays", async () => {
  const resource = (name: string): string => `\nresource "ece_roles_token" "${name}" {\n  roles = ["proxy"]\n}\n`;
  await workspace().initialize(`provider "ece" {}\n${resource("first")}`);
  expect(await workspace().apply()).toMatchObject({ exitCode: 0 });
  const { id } = workspace().stateOf("ece_roles_token.first") ?? {};
  workspace().write(resource("second"), "second.tf");

  const create = await interruptedAt("POST", "apply", "-auto-approve", "-input=false");
  const refresh = await interruptedAt("GET", "refresh");
  const destroy = await interruptedAt("DELETE", "destroy", "-auto-approve", "-input=false");

  for (const { output, exitCode } of [create, refresh, destroy]) {
    expect(exitCode).toBe(1);
    expect(output).toContain("Interrupt received");
    expect(output).not.toMatch(/plugin.*crash|panic|Unexpected error/i);
  }
  expect(textOf(create)).toContain("Unable to tell whether the roles token was created");
  expect(workspace().stateOf("ece_roles_token.second")).toBeUndefined();
  expect(workspace().stateOf("ece_roles_token.first")).toMatchObject({ id });
  expect(await workspace().destroy()).toMatchObject({ exitCode: 0 });
  expect(
    simulator()
      .state()
      .tokens.find((token) => token.id === id),
  ).toMatchObject({ live: false });
});
