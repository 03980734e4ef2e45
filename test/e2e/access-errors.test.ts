import type { Finished } from "../support/sandbox";
import { TerraformWorkspace, textOf, useWorkspace } from "../support/terraform";
import { useSimulator } from "../support/use-simulator";

const simulator = useSimulator();
const workspace = useWorkspace(simulator);

beforeEach(() =>
  workspace().initialize(`
provider "ece" {}

data "ece_roles_tokens" "all" {}
`),
);

/** A plan with something wrong in the environment; it asks the platform once. */
function planWith(env: NodeJS.ProcessEnv): Promise<Finished> {
  return workspace().terraform(["plan", "-input=false"], { env: { ECE_MAX_RETRIES: "0", ...env } });
}

function errorCount({ output }: Finished): number {
  return output.match(/Error: /g)?.length ?? 0;
}

test("wrong credentials are one error that names the variables to check", async () => {
  const plan = await planWith({ ECE_PASSWORD: "not-the-password" });

  expect(plan.exitCode).toBe(1);
  expect(errorCount(plan)).toBe(1);
  expect(textOf(plan)).toMatch(/401/);
  expect(textOf(plan)).toMatch(/username|password|api_key/i);
  expect(plan.output).not.toContain("not-the-password");
});

test("an unreachable coordinator is one error that names the address and what to check", async () => {
  const plan = await planWith({ ECE_ENDPOINT: "https://127.0.0.1:1" });

  expect(plan.exitCode).toBe(1);
  expect(errorCount(plan)).toBe(1);
  expect(textOf(plan)).toContain("https://127.0.0.1:1");
  expect(textOf(plan)).toContain("12443");
});

test("a certificate that is not trusted is one error that names ca_certificate_file", async () => {
  const plan = await planWith({ ECE_CA_CERTIFICATE_FILE: "" });

  expect(plan.exitCode).toBe(1);
  expect(errorCount(plan)).toBe(1);
  expect(textOf(plan)).toContain("ca_certificate_file");
});

test("a proxy that answers HTML is one error that says so", async () => {
  simulator().faults.add({ method: "GET", path: "/platform", kind: "html", times: 5 });

  const plan = await planWith({});

  expect(plan.exitCode).toBe(1);
  expect(errorCount(plan)).toBe(1);
  expect(textOf(plan)).toMatch(/HTML/);
  expect(textOf(plan)).toMatch(/proxy/);
});

test("missing settings are all reported at once", async () => {
  const plan = await planWith({ ECE_ENDPOINT: "", ECE_PASSWORD: "", ECE_REQUEST_TIMEOUT_SECONDS: "soon" });

  expect(plan.exitCode).toBe(1);
  expect(textOf(plan)).toContain("No ECE endpoint");
  expect(textOf(plan)).toContain("request_timeout_seconds");
  expect(textOf(plan)).toContain("password");
});

test("credentials of two kinds in the configuration are refused by validate", async () => {
  const other = new TerraformWorkspace();
  other.write(`provider "ece" {
  endpoint = "https://coordinator.example:12443"
  api_key  = "k"
  username = "admin"
}

data "ece_platform" "this" {}
`);
  await other.init();

  const validation = await other.terraform(["validate"]);
  other.remove();

  expect(validation.exitCode).toBe(1);
  expect(textOf(validation)).toContain("Two kinds of ECE credentials");
});
