import type { Finished } from "../support/sandbox";
import { TerraformWorkspace, operatorEnvironment } from "../support/terraform";
import { useCommandLine } from "./command-line";
import { useSimulator } from "../support/use-simulator";

const commandLine = useCommandLine();

const simulator = useSimulator();

function tokens(args: string[], options: { env?: NodeJS.ProcessEnv; input?: string } = {}): Promise<Finished> {
  const env = { ...operatorEnvironment(simulator()), ...options.env };
  return commandLine.run(["tokens", ...args], { ...options, env });
}

function mint(...roles: string[]) {
  return simulator().platform.tokens.mint({ roles, persistent: true });
}

function installersOwn(roleCount: number): string {
  return (
    simulator()
      .state()
      .tokens.find(({ roles }) => roles.length === roleCount)?.id ?? ""
  );
}

function liveIds(): string[] {
  return simulator()
    .state()
    .tokens.filter(({ live }) => live)
    .map(({ id }) => id);
}

function everySecret(): string[] {
  return [
    simulator().password,
    ...simulator()
      .platform.tokens.all()
      .map(({ token }) => token),
  ];
}

/** The part of a state that names tokens. */
function stateWith(...ids: string[]): string {
  const instances = ids.map((id) => ({ attributes: { id, token: "eyJ.a-secret.x" } }));
  const resources = [{ mode: "managed", type: "ece_roles_token", name: "this", instances }];
  return JSON.stringify({ version: 4, terraform_version: "1.11.4", resources });
}

describe("tokens list", () => {
  test("prints a table of ids and roles, and no secret", async () => {
    const { id } = mint("proxy", "allocator");

    const listed = await tokens(["list"]);

    expect(listed).toMatchObject({ exitCode: 0, stderr: "" });
    expect(listed.stdout).toMatch(/^TOKEN ID +ROLES\n/);
    expect(listed.stdout).toContain(`${id}   allocator, proxy\n`);
    expect(listed.stdout).toContain(`${installersOwn(0)}   no role\n`);
    expect(everySecret().filter((secret) => listed.output.includes(secret))).toEqual([]);
  });

  test("prints JSON", async () => {
    const { id } = mint("proxy");

    const { stdout } = await tokens(["list", "--json"]);

    const listed = JSON.parse(stdout) as { tokens: object[] };
    expect(listed.tokens).toHaveLength(4);
    expect(listed.tokens).toContainEqual({ id, roles: ["proxy"] });
  });

  test("a wrong password is one error with its remedy, and exit code 1", async () => {
    const refused = await tokens(["list"], { env: { ECE_PASSWORD: "not-the-password" } });

    expect(refused).toMatchObject({ exitCode: 1, stdout: "" });
    expect(refused.stderr).toContain("401");
    expect(refused.stderr).toContain("Check the API key, or the user name and password");
    expect(refused.stderr).not.toContain("not-the-password");
  });

  test("missing settings are told all at once", async () => {
    const { exitCode, stderr } = await tokens(["list"], {
      env: { ECE_ENDPOINT: "", ECE_USERNAME: "", ECE_PASSWORD: "" },
    });

    expect(exitCode).toBe(1);
    expect(stderr).toContain("ECE_ENDPOINT");
    expect(stderr).toContain("ECE_API_KEY");
  });

  test("warns of what is unsafe, beside its output", async () => {
    const listed = await tokens(["list", "--json"], { env: { ECE_INSECURE: "true", ECE_CA_CERTIFICATE_FILE: "" } });

    expect(listed.exitCode).toBe(0);
    expect(listed.stderr).toContain("Warning: The platform's certificate is not checked");
    expect(() => JSON.parse(listed.stdout) as unknown).not.toThrow();
  });
});

describe("tokens audit", () => {
  test("knows the tokens of states that Terraform wrote, from files and from stdin", async () => {
    const workspaces = [
      new TerraformWorkspace(operatorEnvironment(simulator())),
      new TerraformWorkspace(operatorEnvironment(simulator())),
    ];
    for (const workspace of workspaces) {
      workspace.write(`provider "ece" {}

resource "ece_roles_token" "this" {
  count = 2
  roles = ["proxy"]
}
`);
      await workspace.init();
      expect(await workspace.apply()).toMatchObject({ exitCode: 0 });
    }
    const [first, second] = workspaces.map((workspace) => workspace.readState());
    const file = commandLine.sandbox.writeFile("first.tfstate", first ?? "");
    workspaces.forEach((workspace) => workspace.remove());

    const complete = await tokens(["audit", "--trust-roles", "--state", file, "-"], { input: second });
    const incomplete = await tokens(["audit", "--trust-roles", "--state", file]);

    expect(complete).toMatchObject({ exitCode: 0, stderr: "" });
    expect(complete.stdout).toContain("looks like the installer's emergency token");
    expect(incomplete.exitCode).toBe(2);
    expect(incomplete.stdout.match(/in no given state/g)).toHaveLength(2);
    expect(everySecret().filter((secret) => (complete.output + incomplete.output).includes(secret))).toEqual([]);
  });

  test("exit code 2 and the stray's id tell of a token that no state knows, in JSON, too", async () => {
    const { id } = mint("allocator", "proxy");
    const file = commandLine.sandbox.writeFile("terraform.tfstate", stateWith("another"));

    const { exitCode, stdout } = await tokens(["audit", "--trust-roles", "--json", "--state", file]);

    expect(exitCode).toBe(2);
    const { unknown } = JSON.parse(stdout) as { unknown: { unexplained: boolean }[] };
    expect(unknown.filter(({ unexplained }) => unexplained)).toEqual([
      { id, roles: ["allocator", "proxy"], unexplained: true, remark: "in no given state" },
    ]);
    expect(stdout).not.toContain("a-secret");
  });

  test("says so when every token is accounted for, and revokes nothing", async () => {
    const { id } = mint("proxy");
    const before = liveIds();
    const known = [installersOwn(0), installersOwn(1), installersOwn(3)];

    const audited = await tokens(["audit", "--state", "-", "--known", ...known], { input: stateWith(id) });

    expect(audited).toMatchObject({ exitCode: 0, stdout: "Every roles token of the platform is known.\n" });
    expect(liveIds()).toEqual(before);
  });

  test("an empty state, as a new workspace has it or a killed first apply leaves it, knows no token", async () => {
    const file = commandLine.sandbox.writeFile("killed.tfstate", "");

    expect(await tokens(["audit", "--trust-roles", "--state", "-"], { input: "" })).toMatchObject({ exitCode: 0 });
    expect(await tokens(["audit", "--trust-roles", "--state", file])).toMatchObject({ exitCode: 0 });
  });

  test("a leaked token is told though it looks like one of the installer's, which was revoked", async () => {
    simulator().platform.tokens.revoke(installersOwn(1));
    const { id } = mint("allocator");
    const known = [installersOwn(0), installersOwn(3)];

    const audited = await tokens(["audit", "--state", "-", "--known", ...known], { input: "" });

    expect(audited.exitCode).toBe(2);
    expect(audited.stdout).toContain(id);
    expect(audited.stdout).toContain("where it is, name it with --known");
  });

  test("a state whose tokens have no readable id is refused, not taken for one without tokens", async () => {
    const instances = [{ attributes: { id: null } }];
    const resources = [{ mode: "managed", type: "ece_roles_token", name: "this", instances }];
    const unreadable = await tokens(["audit", "--state", "-"], { input: JSON.stringify({ version: 4, resources }) });
    const encrypted = await tokens(["audit", "--state", "-"], {
      input: JSON.stringify({ serial: 1, lineage: "x", encrypted_data: "AAAA", encryption_version: "v0" }),
    });

    expect(unreadable).toMatchObject({ exitCode: 1, stdout: "" });
    expect(unreadable.stderr).toContain("an ece_roles_token without an id");
    expect(encrypted).toMatchObject({ exitCode: 1, stdout: "" });
    expect(encrypted.stderr).toContain("is encrypted");
  });

  test.each([
    ["is no JSON", `{"token": "eyJ.a-secret.x"`, "it is not JSON"],
    ["is of another kind", `{"format_version": "1.0"}`, "version 4"],
  ])("a state that %s is refused with exit code 1, and not quoted", async (_, content, text) => {
    const file = commandLine.sandbox.writeFile("terraform.tfstate", content);

    const refused = await tokens(["audit", "--state", file]);

    expect(refused).toMatchObject({ exitCode: 1, stdout: "" });
    expect(refused.stderr).toContain(`${file} is no Terraform state`);
    expect(refused.stderr).toContain(text);
    expect(refused.stderr).not.toContain("a-secret");
  });

  test("a state that is not there, and a platform that is away, are exit code 1", async () => {
    const missing = await tokens(["audit", "--state", "missing.tfstate"]);
    const away = await tokens(["audit", "--state", "-"], {
      env: { ECE_ENDPOINT: "https://127.0.0.1:1", ECE_MAX_RETRIES: "0" },
      input: "",
    });

    expect(missing.exitCode).toBe(1);
    expect(missing.stderr).toContain("missing.tfstate");
    expect(away.exitCode).toBe(1);
    expect(away.stderr).toContain("https://127.0.0.1:1");
  });
});

describe("tokens revoke", () => {
  test("revokes a token and says so", async () => {
    const { id } = mint("proxy");

    expect(await tokens(["revoke", id, "--yes"])).toMatchObject({ exitCode: 0, stdout: `Token ${id} is revoked.\n` });
    expect(liveIds()).not.toContain(id);
  });

  test("tells what would be lost, and revokes nothing without --yes", async () => {
    const { id } = mint("proxy");

    const other = await tokens(["revoke", installersOwn(0)]);
    const managed = await tokens(["revoke", id, "--state", "-"], { input: stateWith(id) });

    expect([other, managed]).toMatchObject([
      { exitCode: 1, stdout: "" },
      { exitCode: 1, stdout: "" },
    ]);
    expect(other.stderr).toContain("carries no role. Once it is revoked, no host can join with it");
    expect(other.stderr).toContain("it may be the installer's own bootstrap token");
    expect(managed.stderr).toContain("The state - manages it: the next plan there replaces it.");
    expect(managed.stderr).toContain("Nothing was revoked. Revoke it with --yes.");
    expect(liveIds()).toEqual(expect.arrayContaining([id, installersOwn(0)]));
  });

  test("refuses what looks like the emergency token unless told explicitly", async () => {
    const id = installersOwn(3);

    const refused = await tokens(["revoke", id, "--yes"]);
    const liveAfterRefusal = liveIds();
    const insisted = await tokens(["revoke", id, "--yes", "--even-if-emergency"]);

    expect(refused).toMatchObject({ exitCode: 1, stdout: "" });
    expect(refused.stderr).toContain("--even-if-emergency");
    expect(liveAfterRefusal).toContain(id);
    expect(insisted.exitCode).toBe(0);
    expect(liveIds()).not.toContain(id);
  });

  test("an id that the platform does not know is an error", async () => {
    const { exitCode, stderr } = await tokens(["revoke", "unknown-id"]);

    expect(exitCode).toBe(1);
    expect(stderr).toContain("no persistent roles token with the id unknown-id");
  });

  test("a token in place of its id is refused without showing it", async () => {
    const { id, token } = mint("proxy");

    const refused = await tokens(["revoke", token]);

    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toContain("tokens list");
    expect(refused.output).not.toContain(token);
    expect(liveIds()).toContain(id);
  });
});
