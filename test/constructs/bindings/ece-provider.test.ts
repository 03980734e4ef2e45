import { App, TerraformProvider, TerraformStack, TerraformVariable } from "cdktf";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EceProvider, InstallCarrier, type EceProviderConfig } from "../../../lib";
import { VERSION } from "../../../lib/version";
import { newHost, newStack, only, sshInstall, synthesize, warnings } from "../synthesis";

/** Bindings that tell nothing about the provider's version. */
class UnknownProvider extends TerraformProvider {}

let outdir: string;
beforeEach(() => (outdir = mkdtempSync(join(tmpdir(), "cdktf-ece-test-"))));
afterEach(() => rmSync(outdir, { recursive: true }));

function synthesizeApp(declare: (stack: TerraformStack) => void): string {
  const app = new App({ outdir });
  const stack = new TerraformStack(app, "hosts");
  new EceProvider(stack, "ece");
  declare(stack);
  app.synth();
  return join(outdir, "stacks", "hosts");
}

function carriedByNullResource(stack: TerraformStack): void {
  newHost(stack, { install: sshInstall({ carrier: InstallCarrier.NULL_RESOURCE }) });
}

function lockFile(folder: string): string {
  return readFileSync(join(folder, ".terraform.lock.hcl"), "utf8");
}

describe("a synthesized stack", () => {
  test("holds the provider for the common platforms", () => {
    const folder = synthesizeApp(() => undefined);

    const mirror = join(folder, "terraform.d/plugins/terraform.local/cdktf-ece/ece");
    for (const platform of ["linux_amd64", "linux_arm64", "darwin_amd64", "darwin_arm64"])
      expect(existsSync(join(mirror, `terraform-provider-ece_${VERSION}_${platform}.zip`))).toBe(true);
  });

  test("has a lock file with the provider's hash, and with a null provider that carries the install", () => {
    const folder = synthesizeApp(carriedByNullResource);

    expect(lockFile(folder)).toMatch(/provider "terraform.local\/cdktf-ece\/ece" \{[^}]*"h1:\S{44}"/);
    expect(lockFile(folder)).toMatch(
      /provider "registry.terraform.io\/hashicorp\/null" \{[^}]*constraints = "3\.\d+\.\d+"/,
    );
  });

  test("says which flag helps where a provider's bindings tell no version", () => {
    let stack: TerraformStack | undefined;
    const folder = synthesizeApp((each) => {
      new UnknownProvider(each, "other", { terraformResourceType: "other", terraformProviderSource: "acme/other" });
      stack = each;
    });

    expect(lockFile(folder)).not.toContain("acme");
    expect(warnings(stack!)).toEqual([
      expect.stringMatching(
        /registry\.terraform\.io\/acme\/other.*--skip-provider-lock or CDKTF_SKIP_PROVIDER_LOCK=true/,
      ),
    ]);
  });

  test("leaves entries that a user has in the lock file alone", () => {
    const folder = synthesizeApp(carriedByNullResource);
    const users = lockFile(folder).replace(/version {5}= "3[^"]*"/, 'version     = "3.1.0"');
    writeFileSync(join(folder, ".terraform.lock.hcl"), users);

    synthesizeApp(carriedByNullResource);

    expect(lockFile(folder)).toBe(users);
  });
});

describe("EceProvider", () => {
  test("names the source and the version of the provider", () => {
    const { terraform } = synthesize(newStack());

    expect(terraform.required_providers).toEqual({
      ece: { source: "terraform.local/cdktf-ece/ece", version: VERSION },
    });
  });

  test("hands paths over as Terraform sees them from the stack's folder", () => {
    const folder = synthesizeApp((stack) => {
      new EceProvider(stack, "b", { alias: "b", caCertificateFile: "ca.pem", apiKey: "file:keys/ece" });
      new EceProvider(stack, "d", { alias: "d", ssh: { privateKeyFile: "keys/ssh", bastionPrivateKeyFile: "~/b" } });
      new EceProvider(stack, "c", { alias: "c", caCertificateFile: "/etc/ca.pem", apiKey: "file:~/keys/ece" });
    });

    const { provider } = JSON.parse(readFileSync(join(folder, "cdk.tf.json"), "utf8")) as ReturnType<typeof synthesize>;
    const [, relative, ssh, absolute] = provider.ece!;
    const { private_key_file: key, bastion_private_key_file: bastionKey } = ssh!.ssh as { [name: string]: string };

    expect(join(folder, relative!.ca_certificate_file as string)).toBe(join(process.cwd(), "ca.pem"));
    expect(join(folder, (relative!.api_key as string).slice("file:".length))).toBe(join(process.cwd(), "keys/ece"));
    expect(join(folder, key!)).toBe(join(process.cwd(), "keys/ssh"));
    expect(bastionKey).toBe("~/b");
    expect(absolute).toMatchObject({ ca_certificate_file: "/etc/ca.pem", api_key: "file:~/keys/ece" });
  });

  test.each<[string, EceProviderConfig, number]>([
    ["a literal password", { username: "admin", password: "secret" }, 1],
    ["a literal API key", { apiKey: "secret" }, 1],
    ["a file", { apiKey: "file:key" }, 0],
    ["nothing", {}, 0],
  ])("warns of secrets in the synthesized JSON, given %s", (_, config, count) => {
    const stack = newStack();
    new EceProvider(stack, "tested", { alias: "tested", ...config });

    expect(warnings(stack)).toHaveLength(count);
    expect(JSON.stringify(warnings(stack))).not.toContain('"secret"');
  });

  test("does not warn of a secret that Terraform fills in", () => {
    const stack = newStack();
    const password = new TerraformVariable(stack, "password", { sensitive: true }).stringValue;
    new EceProvider(stack, "tested", { alias: "tested", username: "admin", password });

    expect(warnings(stack)).toEqual([]);
  });

  test.each<[string, EceProviderConfig, string]>([
    [
      "an endpoint without a scheme",
      { endpoint: "coordinator:12443" },
      'endpoint: The endpoint "coordinator:12443" is',
    ],
    ["an endpoint inside the API", { endpoint: "https://c:12443/api/v1/regions/ece-region" }, "leads into the API"],
    ["a second endpoint without a scheme", { endpoint: "https://a:12443, b:12443" }, '"b:12443" is not an http'],
    ["a password with a line end", { username: "admin", password: "hush\n" }, "password cannot be one"],
    ["an API key with a line end", { apiKey: "hush\n" }, "apiKey cannot be one"],
    ["a username with a colon", { username: "a:b", password: "hush" }, 'username is "a:b"'],
    ["a timeout above the provider's", { requestTimeoutSeconds: 4000 }, "requestTimeoutSeconds is 4000"],
    ["an unknown role", { givenUp: { lastOf: ["directors"] } }, 'givenUp.lastOf has "directors"'],
    ["an alias that is no name", { alias: "10" }, 'alias is "10"'],
  ])("refuses %s, and shows no secret", (_, config, message) => {
    const stack = newStack();
    let error = new Error("nothing was refused");
    try {
      new EceProvider(stack, "tested", { alias: "tested", ...config });
    } catch (thrown) {
      error = thrown as Error;
    }

    expect(error.message).toContain("[stack/tested] ");
    expect(error.message).toContain(message);
    expect(error.message).not.toContain("hush");
  });

  test("refuses HCL output, which cannot express what it needs", () => {
    const stack = new TerraformStack(new App({ outdir, hclOutput: true }), "hosts");

    expect(() => new EceProvider(stack, "ece")).toThrow("[hosts/ece] cdktf-ece synthesizes JSON only");
  });

  test.each<[string, EceProviderConfig, number]>([
    ["an endpoint of its own and no credentials", { endpoint: "https://b.example:12443" }, 1],
    ["an endpoint and credentials of its own", { endpoint: "https://b.example:12443", apiKey: "file:key" }, 0],
    ["no endpoint of its own", {}, 0],
  ])("with an alias, %s, warns of what the environment sends it", (_, config, count) => {
    const stack = newStack();
    new EceProvider(stack, "b", { alias: "b", ...config });

    expect(warnings(stack).filter((text) => String(text).includes("those of the environment"))).toHaveLength(count);
  });

  test("is the default provider unless it has an alias", () => {
    expect(only(synthesize(newStack()).provider.ece as never)).toEqual({});
  });
});
