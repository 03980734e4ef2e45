import { readFileSync } from "node:fs";
import { join } from "node:path";
import { useWorkspace } from "../support/terraform";
import { useSimulator } from "../support/use-simulator";

const simulator = useSimulator();
const workspace = useWorkspace(simulator);

test("a trace of a whole run holds no token, no password, no API key, and nothing of an Authorization header", async () => {
  const log = join(workspace().sandbox.folder, "trace.log");
  Object.assign(workspace().environment, { TF_LOG: "trace", TF_LOG_PATH: log });
  await workspace().initialize(`
provider "ece" {}

provider "ece" {
  alias   = "by_key"
  api_key = "${simulator().apiKey}"
}

provider "ece" {
  alias    = "by_session"
  login    = true
  username = "${simulator().username}"
  password = "${simulator().password}"
}

resource "ece_roles_token" "by_password" {
  roles = ["proxy"]
}

resource "ece_roles_token" "by_key" {
  provider = ece.by_key
  roles    = ["proxy"]
}

resource "ece_roles_token" "by_session" {
  provider = ece.by_session
  roles    = ["proxy"]
}

ephemeral "ece_roles_token" "this" {
  roles = ["proxy"]
}

resource "ece_host" "this" {
  runner_id = "10.0.0.11"
}

data "ece_platform" "this" {}
`);

  expect(await workspace().apply()).toMatchObject({ exitCode: 0 });
  const token = String(workspace().stateOf("ece_roles_token.by_password")?.token);
  expect(await workspace().plan()).toMatchObject({ exitCode: 0 });
  simulator().faults.add({
    path: "/platform/infrastructure/runners",
    kind: "status",
    status: 500,
    message: `no ${token}`,
  });
  expect(await workspace().terraform(["plan", "-input=false"])).toMatchObject({ exitCode: 1 });
  // Terraform's core writes import ids into its log; one that names a file holds no secret.
  const tokenFile = workspace().sandbox.writeFile("token", token);
  expect(await workspace().terraform(["state", "rm", "ece_roles_token.by_password"])).toMatchObject({ exitCode: 0 });
  expect(await workspace().terraform(["import", "ece_roles_token.by_password", `file:${tokenFile}`])).toMatchObject({
    exitCode: 0,
  });
  expect(await workspace().destroy()).toMatchObject({ exitCode: 0 });

  const pair = Buffer.from(`${simulator().username}:${simulator().password}`).toString("base64");
  const secrets = [simulator().password, simulator().apiKey, pair, token];
  const lines = readFileSync(log, "utf8").split("\n");
  const revealing = lines.filter(
    (line) => secrets.some((secret) => line.includes(secret)) || /eyJ[\w-]{10}|(Basic|ApiKey|Bearer) /.test(line),
  );
  expect(lines.filter((line) => line.includes("ECE request")).length).toBeGreaterThan(10);
  expect(revealing).toEqual([]);
});
