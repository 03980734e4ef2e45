import { join } from "node:path";
import { buildNullProviderMirror, bundlePlugin, OS_ARCH } from "../support/null-provider/build";
import { PACKAGE_ROOT, Sandbox, type RunOptions } from "../support/sandbox";

const sandbox = new Sandbox();
const mirror = sandbox.makeFolder("mirror");
const cliConfiguration = sandbox.writeFile(
  "mirror.tfrc",
  `provider_installation {\n  filesystem_mirror {\n    path = ${JSON.stringify(mirror)}\n  }\n}\n`,
);

beforeAll(async () => {
  await buildNullProviderMirror(mirror);
  await bundlePlugin(
    join(PACKAGE_ROOT, "test/plugin/protocol/support/probe-main.ts"),
    join(mirror, "registry.terraform.io", "test", "probe", "1.2.3", OS_ARCH, "terraform-provider-probe_v1.2.3"),
  );
});
afterAll(() => sandbox.remove());

/** Runs Terraform on a configuration in a folder of its own. */
async function workspace(name: string, provider: string, configuration: string) {
  const cwd = sandbox.makeFolder(name);
  sandbox.writeFile(
    join(name, "main.tf"),
    `terraform {\n  required_providers {\n    ${provider.split("/")[1]} = { source = "${provider}" }\n  }\n}\n${configuration}`,
  );
  const terraform = (args: string, options: RunOptions = {}) =>
    sandbox.run("terraform", [...args.split(" "), "-no-color"], {
      cwd,
      ...options,
      env: { TF_CLI_CONFIG_FILE: cliConfiguration, ...options.env },
    });
  expect(await terraform("init -input=false")).toMatchObject({ exitCode: 0 });
  return terraform;
}

const ANSWERED = /^probe_thing\.x: Creation complete/m;
const probe = (name: string) => `resource "probe_thing" "x" {\n  name = "${name}"\n}\n`;

describe("the stand-in for hashicorp/null", () => {
  const configuration = `
    resource "null_resource" "a" {
      triggers = { one = "1" }
    }
    data "null_data_source" "b" {
      inputs = { id = null_resource.a.id }
    }
    output "id" {
      value = data.null_data_source.b.outputs["id"]
    }
    output "default" {
      value = data.null_data_source.b.has_computed_default
    }`;

  test("is planned, applied, replaced and destroyed by Terraform", async () => {
    const terraform = await workspace("life", "hashicorp/null", configuration);
    const outputs = async () =>
      JSON.parse((await terraform("output -json")).stdout) as { [name: string]: { value: string } };

    expect(await terraform("validate")).toMatchObject({ exitCode: 0, stderr: "" });
    expect(await terraform("plan -detailed-exitcode")).toMatchObject({ exitCode: 2 });

    expect(await terraform("apply -auto-approve")).toMatchObject({ exitCode: 0 });
    const first = await outputs();
    expect(first["id"]?.value).toMatch(/^\d+$/);
    expect(first["default"]?.value).toBe("default");
    expect(await terraform("plan -detailed-exitcode")).toMatchObject({ exitCode: 0 });

    const replaced = await terraform("apply -auto-approve -replace=null_resource.a");
    expect(replaced.stdout).toContain("1 added, 0 changed, 1 destroyed");
    expect((await outputs())["id"]?.value).not.toBe(first["id"]?.value);

    const destroyed = await terraform("destroy -auto-approve");
    expect(destroyed.stdout).toContain("1 destroyed");
    expect((await terraform("state list")).stdout).toBe("");
  });

  test("has the real provider's types", async () => {
    const terraform = await workspace("schema", "hashicorp/null", configuration);

    const { stdout } = await terraform("providers schema -json");

    const { provider_schemas } = JSON.parse(stdout) as {
      provider_schemas: { [address: string]: { [kind: string]: { [type: string]: unknown } } };
    };
    const schemas = provider_schemas["registry.terraform.io/hashicorp/null"];
    expect(schemas?.["resource_schemas"]).toMatchObject({
      null_resource: {
        version: 0,
        block: { attributes: { id: { computed: true }, triggers: { type: ["map", "string"], optional: true } } },
      },
    });
    expect(schemas?.["data_source_schemas"]).toMatchObject({
      null_data_source: {
        block: {
          attributes: {
            inputs: { type: ["map", "string"], optional: true },
            outputs: { type: ["map", "string"], computed: true },
            has_computed_default: { type: "string", optional: true, computed: true },
            random: { type: "string", computed: true },
            id: { type: "string", computed: true },
          },
        },
      },
    });
  });
});

test("a plan with fractions, blocks and ephemeral values is empty the second time", async () => {
  const terraform = await workspace(
    "rich",
    "test/probe",
    `${probe("x")}
    resource "probe_thing" "y" {
      name = upper(probe_thing.x.id)
      size = provider::probe::half(0.3)
      tags = { "é" = "1" }
      timeouts {
        create = "5m"
      }
    }
    ephemeral "probe_secret" "z" {
      name = probe_thing.y.id
    }
    data "probe_answer" "q" {
      name = "q"
    }
    output "answer" {
      value = data.probe_answer.q.answer[0]
    }`,
  );

  expect(await terraform("apply -auto-approve")).toMatchObject({ exitCode: 0 });
  expect(await terraform("plan -detailed-exitcode")).toMatchObject({ exitCode: 0 });
  expect(await terraform("destroy -auto-approve")).toMatchObject({ exitCode: 0 });
});

test("an interrupt in mid-create leaves the created object in the state", async () => {
  const terraform = await workspace("interrupt", "test/probe", probe("slow"));

  let interrupted = false;
  const { output } = await terraform("apply -auto-approve", {
    onOutput: (soFar, interrupt) => {
      if (interrupted || !soFar.includes("Creating...")) return;
      interrupted = true;
      interrupt();
    },
  });

  expect(output).toMatch(ANSWERED);
  expect((await terraform("state list")).stdout).toBe("probe_thing.x\n");
});

test("Terraform shows the text of a provider that crashes", async () => {
  const terraform = await workspace("crash", "test/probe", probe("crash"));

  const { exitCode, output } = await terraform("apply -auto-approve");

  expect(exitCode).toBe(1);
  expect(output).toContain('the provider "probe" 1.2.3 ends after an unexpected error');
  expect(output).toContain("boom, Bearer (redacted)");
});

test("log lines reach Terraform's log with their level and fields", async () => {
  const terraform = await workspace("log", "test/probe", probe("x"));

  const { stderr } = await terraform("apply -auto-approve", { env: { TF_LOG_PROVIDER: "ERROR" } });

  expect(stderr).toMatch(/\[ERROR\] provider\.terraform-provider-probe_v1\.2\.3: creating: .*thing=x/);
});

test("a user may turn TLS between Terraform and the provider off", async () => {
  const terraform = await workspace("plain", "test/probe", probe("x"));

  expect(await terraform("validate", { env: { TF_DISABLE_PLUGIN_TLS: "1" } })).toMatchObject({ exitCode: 0 });
});
