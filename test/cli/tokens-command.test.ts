import { Simulator } from "../../lib/simulator";
import { type Finished, type RunOptions } from "../support/sandbox";
import { operatorEnvironment } from "../support/terraform";
import { useCommandLine } from "./command-line";

const commandLine = useCommandLine();
let simulator: Simulator;

beforeEach(async () => {
  simulator = await Simulator.start();
});

afterEach(() => simulator?.stop());

/** Runs `cdktf-ece tokens …` as the platform's administrator; whatever it prints, it is no token. */
async function tokens(args: string[], options: RunOptions = {}): Promise<Finished> {
  const finished = await commandLine.run(["tokens", ...args], {
    ...options,
    env: { ...operatorEnvironment(simulator), ...options.env },
  });
  for (const { token } of simulator.platform.tokens.all()) expect(finished.output).not.toContain(token);
  return finished;
}

function mint(...roles: string[]): string {
  return simulator.platform.tokens.mint({ roles, persistent: true }).id;
}

function stateWith(...ids: string[]): string {
  return JSON.stringify({
    version: 4,
    resources: [
      {
        mode: "managed",
        type: "ece_roles_token",
        instances: ids.map((id) => ({ attributes: { id, token: "secret" } })),
      },
      { mode: "managed", type: "null_resource", instances: [{ attributes: { id: "7" } }] },
    ],
  });
}

function liveIds(): string[] {
  return simulator.state().tokens.flatMap(({ id, live }) => (live ? [id] : []));
}

it("list shows ids and roles as a table, or as JSON", async () => {
  const id = mint("proxy", "allocator");

  const table = await tokens(["list"]);
  const json = await tokens(["list", "--json"]);

  expect(table).toMatchObject({ exitCode: 0, stderr: "" });
  expect(table.stdout.split("\n")[0]).toMatch(/^TOKEN ID +ROLES$/);
  expect(table.stdout).toMatch(new RegExp(`^${id} +allocator, proxy$`, "m"));
  expect(JSON.parse(json.stdout)).toMatchObject({
    tokens: expect.arrayContaining([
      { id, roles: expect.arrayContaining(["allocator", "proxy"]) as string[] },
    ]) as object[],
  });
  expect((JSON.parse(json.stdout) as { tokens: object[] }).tokens).toHaveLength(4);
});

it("audit ends with 0 where the states know every token but the installer's own", async () => {
  const known = mint("proxy");
  const alsoKnown = mint("director");
  const file = commandLine.sandbox.writeFile("terraform.tfstate", stateWith(known));

  const audit = await tokens(["audit", "--state", file, "-"], { input: stateWith(alsoKnown) });

  expect(audit).toMatchObject({ exitCode: 0 });
  expect(audit.stdout).not.toContain(known);
  expect(audit.stdout).not.toContain(alsoKnown);
  expect(audit.stdout).toContain("looks like the installer's emergency token");
});

it("audit names the tokens that nobody knows, ends with 2 and revokes nothing", async () => {
  const lost = mint("proxy");
  const before = liveIds();
  const file = commandLine.sandbox.writeFile("terraform.tfstate", stateWith(mint("proxy")));

  const audit = await tokens(["audit", "--state", file]);
  const json = await tokens(["audit", "--state", file, "--json"]);

  expect(audit).toMatchObject({ exitCode: 2 });
  expect(audit.stdout).toMatch(new RegExp(`^${lost} +proxy +nobody knows it$`, "m"));
  expect(json).toMatchObject({ exitCode: 2 });
  expect(JSON.parse(json.stdout)).toMatchObject({
    unknown: expect.arrayContaining([{ id: lost, roles: ["proxy"], unexplained: true }]) as object[],
  });
  expect(liveIds()).toEqual(expect.arrayContaining(before));
});

it("audit takes one token of a kind for the installer's own, not two, unless one is named as known", async () => {
  const second = mint("allocator");
  const file = commandLine.sandbox.writeFile("terraform.tfstate", stateWith());

  const audit = await tokens(["audit", "--state", file]);
  const explained = await tokens(["audit", "--state", file, "--known", second]);

  expect(audit).toMatchObject({ exitCode: 2 });
  expect(audit.stdout).toMatch(new RegExp(`^${second} .*, but there are several$`, "m"));
  expect(explained).toMatchObject({ exitCode: 0 });
});

it("audit says that all is known where it is, and takes an empty state from stdin for none", async () => {
  const audit = await tokens(["audit", "--state", "-", "--known", ...liveIds()], { input: "" });

  expect(audit).toMatchObject({ exitCode: 0, stdout: "Every roles token of the platform is known.\n" });
});

it.each([
  ["not-there.tfstate", undefined, /^The state not-there\.tfstate cannot be read: ENOENT/],
  ["broken.tfstate", `{ "token": "secret"`, /^broken\.tfstate is no Terraform state: it is not JSON\.\n$/],
  ["old.tfstate", `{ "version": 3 }`, /^old\.tfstate is no Terraform state of version 4/],
])("audit refuses the state %s without quoting it", async (file, content, complaint) => {
  if (content !== undefined) commandLine.sandbox.writeFile(file, content);

  const audit = await tokens(["audit", "--state", file]);

  expect(audit).toMatchObject({ exitCode: 1, stdout: "", stderr: expect.stringMatching(complaint) as string });
  expect(audit.stderr).not.toContain("secret");
});

it("revoke revokes the token with this id and no other", async () => {
  const others = liveIds();
  const id = mint("proxy");

  const revoked = await tokens(["revoke", id]);

  expect(revoked).toMatchObject({ exitCode: 0, stdout: `Token ${id} is revoked.\n` });
  expect(liveIds()).toEqual(others);
});

it("revoke refuses an id that the platform does not have", async () => {
  const refused = await tokens(["revoke", "c0ffee"]);

  expect(refused).toMatchObject({
    exitCode: 1,
    stderr: "The platform has no persistent roles token with the id c0ffee.\n",
  });
});

it("revoke leaves what looks like the emergency token alone, unless told otherwise", async () => {
  const id = mint("coordinator", "director", "proxy");

  const refused = await tokens(["revoke", id]);
  const liveAfterRefusal = liveIds();
  const revoked = await tokens(["revoke", id, "--even-if-emergency"]);

  expect(refused).toMatchObject({ exitCode: 1 });
  expect(refused.stderr).toContain("--even-if-emergency");
  expect(liveAfterRefusal).toContain(id);
  expect(revoked).toMatchObject({ exitCode: 0 });
  expect(liveIds()).not.toContain(id);
});

it.each<[string, NodeJS.ProcessEnv, RegExp]>([
  ["no endpoint", { ECE_ENDPOINT: "" }, /ECE_ENDPOINT/],
  ["wrong credentials", { ECE_PASSWORD: "wrong" }, /401.*\n.*ECE_PASSWORD|password/],
  ["a certificate that nobody vouches for", { ECE_CA_CERTIFICATE_FILE: "" }, /ca_certificate_file|ECE_CA_CERTIFICATE/],
  [
    "an unreachable coordinator",
    { ECE_ENDPOINT: "https://127.0.0.1:1" },
    /https:\/\/127\.0\.0\.1:1 .*running coordinator/,
  ],
])("tells how to mend %s without a stack", async (_, env, remedy) => {
  const failed = await tokens(["list"], { env: { ECE_MAX_RETRIES: "0", ...env } });

  expect(failed).toMatchObject({ exitCode: 1, stdout: "", stderr: expect.stringMatching(remedy) as string });
  expect(failed.stderr).not.toMatch(/^ +at /m);
  expect(failed.stderr.trimEnd().split("\n").length).toBeLessThanOrEqual(2);
});
