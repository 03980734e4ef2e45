import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ProviderServer, UNKNOWN, type Diagnostic, type ObjectValue } from "../../../lib/plugin/framework";
import { eceProvider } from "../../../lib/provider";
import { StubPlatform, stopAll } from "../../api/stub-platform";
import { TestAuthority } from "../../support/certificates";

const environment = { ...process.env };
let folder: string;

beforeEach(() => {
  for (const name of Object.keys(process.env)) if (/^ECE?_/.test(name)) delete process.env[name];
  folder = mkdtempSync(join(tmpdir(), "cdktf-ece-config-"));
});

afterEach(async () => {
  process.env = { ...environment };
  rmSync(folder, { recursive: true });
  await stopAll();
});

interface Configured {
  readonly server: ProviderServer;
  readonly diagnostics: readonly Diagnostic[];
}

/** What Terraform does first: validates the arguments, and configures the provider with them. */
async function configure(config: ObjectValue): Promise<Configured> {
  const server = new ProviderServer(eceProvider());
  const unset = Object.fromEntries(Object.keys(server.provider.schema.attributes).map((name) => [name, null]));
  const full = { ...unset, ...config };
  const { diagnostics } = await server.validateProviderConfig({ config: full });
  if (diagnostics.length > 0) return { server, diagnostics };
  return { server, ...(await server.configureProvider({ config: full, terraformVersion: "1.11.4" })) };
}

function readTokens({ server }: Configured) {
  return server.readDataSource({ typeName: "ece_roles_tokens", config: { tokens: null } });
}

/** The Authorization header of the request that a data source makes; plain http, which warns. */
async function authorizationWith(config: ObjectValue): Promise<string | undefined> {
  const stub = await StubPlatform.start(() => ({ body: { tokens: [] } }));
  const configured = await configure({ endpoint: stub.endpoint, ...config });
  expect(errorsOf(configured)).toEqual([]);
  await readTokens(configured);
  return stub.requests[0]?.headers.authorization;
}

function errorsOf({ diagnostics }: Configured): string[] {
  return diagnostics.filter(({ severity }) => severity === "error").map(({ detail }) => detail);
}

function file(name: string, content: string): string {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
}

const basic = (pair: string): string => `Basic ${Buffer.from(pair).toString("base64")}`;

describe("credentials", () => {
  const EVERYWHERE = {
    ECE_API_KEY: "ece-key",
    ECE_USERNAME: "ece-user",
    ECE_PASSWORD: "ece-pass",
    EC_API_KEY: "ec-key",
    EC_USERNAME: "ec-username",
    EC_USER: "ec-user",
    EC_PASSWORD: "ec-password",
    EC_PASS: "ec-pass",
  };
  type Variable = keyof typeof EVERYWHERE;

  test.each<[what: string, config: ObjectValue, variables: Variable[], sent: string]>([
    [
      "an api_key argument before every variable",
      { api_key: "key" },
      Object.keys(EVERYWHERE) as Variable[],
      "ApiKey key",
    ],
    [
      "arguments username and password before every variable",
      { username: "u", password: "p" },
      Object.keys(EVERYWHERE) as Variable[],
      basic("u:p"),
    ],
    [
      "a username argument with ECE_PASSWORD before ECE_API_KEY",
      { username: "u" },
      ["ECE_API_KEY", "ECE_PASSWORD"],
      basic("u:ece-pass"),
    ],
    ["ECE_API_KEY before ECE_USERNAME", {}, ["ECE_API_KEY", "ECE_USERNAME", "ECE_PASSWORD"], "ApiKey ece-key"],
    ["ECE_USERNAME before EC_API_KEY", {}, ["ECE_USERNAME", "ECE_PASSWORD", "EC_API_KEY"], basic("ece-user:ece-pass")],
    ["EC_API_KEY of elastic/ec", {}, ["EC_API_KEY"], "ApiKey ec-key"],
    ["EC_USERNAME and EC_PASSWORD of elastic/ec", {}, ["EC_USERNAME", "EC_PASSWORD"], basic("ec-username:ec-password")],
    ["EC_USER and EC_PASS of ecctl", {}, ["EC_USER", "EC_PASS"], basic("ec-user:ec-pass")],
  ])("come from %s", async (_what, config, variables, sent) => {
    for (const name of variables) process.env[name] = EVERYWHERE[name];

    expect(await authorizationWith(config)).toBe(sent);
  });

  test("that are empty count as not set", async () => {
    process.env.ECE_API_KEY = "";
    process.env.ECE_USERNAME = "ece-user";
    process.env.ECE_PASSWORD = "ece-pass";

    expect(await authorizationWith({ api_key: "", username: "" })).toBe(basic("ece-user:ece-pass"));
  });

  test("are read from files without their line ends", async () => {
    process.env.ECE_PASSWORD = `file:${file("password", "open sesame\n")}`;

    expect(await authorizationWith({ username: "admin" })).toBe(basic("admin:open sesame"));
    expect(await authorizationWith({ api_key: `file:${file("key", "\n key\r\n")}` })).toBe("ApiKey key");
  });

  test("are exchanged for a session where login is set", async () => {
    const stub = await StubPlatform.start(({ path }) =>
      path.endsWith("_login") ? { body: { token: "session" } } : { body: { tokens: [] } },
    );
    process.env.ECE_LOGIN = "true";
    const configured = await configure({ endpoint: stub.endpoint, username: "admin", password: "p" });

    await readTokens(configured);

    expect(stub.requests.map(({ path, headers }) => [path.split("/").pop(), headers.authorization])).toEqual([
      ["_login", undefined],
      ["enrollment-tokens", "Bearer session"],
    ]);
  });

  test.each<[what: string, config: ObjectValue, summary: string, path: string[] | undefined]>([
    ["nothing", {}, "No ECE credentials", undefined],
    ["a username alone", { username: "admin" }, "No ECE password", ["password"]],
    ["a password alone", { password: "secret" }, "No ECE username", ["username"]],
    ["both kinds", { api_key: "key", password: "secret" }, "Two kinds of ECE credentials", ["api_key"]],
    ["a key that cannot be one", { api_key: "two words" }, "Invalid ECE provider setting api_key", ["api_key"]],
    [
      "a password with a line end",
      { username: "admin", password: "secret\n" },
      "Invalid ECE provider setting password",
      ["password"],
    ],
    [
      "a username that would end early",
      { username: "ad:min", password: "secret" },
      "Invalid ECE provider setting username",
      ["username"],
    ],
    ["a file that is not there", { api_key: "file:/nowhere" }, "Invalid ECE provider setting api_key", ["api_key"]],
    [
      "a file of a password that is not there",
      { username: "admin", password: "file:/nowhere" },
      "Invalid ECE provider setting password",
      ["password"],
    ],
  ])("that are %s are one error at their argument", async (_what, config, summary, path) => {
    const configured = await configure({ endpoint: "https://ece.example", ...config });

    expect(configured.diagnostics).toHaveLength(1);
    expect(configured.diagnostics).toMatchObject([{ severity: "error", summary }]);
    expect(configured.diagnostics[0]?.path).toEqual(path);
    expect(JSON.stringify(configured.diagnostics)).not.toMatch(/secret|two words/);
  });

  test("in an empty file are an error that names the file and the setting", async () => {
    process.env.ECE_API_KEY = `file:${file("empty", " \n")}`;

    expect(errorsOf(await configure({ endpoint: "https://ece.example" }))).toEqual([
      `The file ${join(folder, "empty")} is empty. It comes from the environment variable ECE_API_KEY.`,
    ]);
  });
});

describe("the endpoint", () => {
  test.each([
    ["ECE_ENDPOINT", ["ECE_ENDPOINT", "EC_ENDPOINT", "EC_HOST"]],
    ["EC_ENDPOINT", ["EC_ENDPOINT", "EC_HOST"]],
    ["EC_HOST", ["EC_HOST"]],
  ])("comes from %s when it is the first of %j", async (first, variables) => {
    const stub = await StubPlatform.start(() => ({ body: { tokens: [] } }));
    for (const name of variables) process.env[name] = name === first ? stub.endpoint : "http://127.0.0.1:9";

    await readTokens(await configure({ api_key: "key" }));

    expect(stub.requests).toHaveLength(1);
  });

  test.each(["", "/", "/api/v1", "/api/v1/"])("may end with %j", async (end) => {
    const stub = await StubPlatform.start(() => ({ body: { tokens: [] } }));

    await readTokens(await configure({ endpoint: stub.endpoint + end, api_key: "key" }));

    expect(stub.requests[0]?.path).toBe("/api/v1/regions/ece-region/platform/configuration/security/enrollment-tokens");
  });

  test("may have a path of its own, and an IPv6 address", async () => {
    const stub = await StubPlatform.start(() => ({ body: { tokens: [] } }), { host: "::1" });

    await readTokens(await configure({ endpoint: `${stub.endpoint}/ece/`, api_key: "key" }));

    expect(stub.requests[0]?.path).toMatch(/^\/ece\/api\/v1\/regions\//);
  });

  test("may be several, of which the first that can be reached is asked", async () => {
    const stub = await StubPlatform.start(({ path }) => ({
      body: path.endsWith("/security/deployment") ? { cluster_id: "sec-1" } : { tokens: [] },
    }));
    const away = await StubPlatform.start(() => ({}));
    process.env.ECE_ENDPOINT = `${away.endpoint}, ${stub.endpoint}`;
    await away.stop();

    const { diagnostics } = await readTokens(await configure({ api_key: "key" }));

    expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
    expect(stub.requests.at(-1)?.path).toContain("/enrollment-tokens");
  });

  test.each([
    [
      "no URL, in a list",
      "https://ece.example,coordinator",
      'Endpoint 2 of 2: The endpoint "coordinator" is not an http or https address.',
    ],
    ["missing", null, "Set the provider's endpoint or the environment variable ECE_ENDPOINT"],
    [
      "no URL",
      "coordinator",
      'The endpoint "coordinator" is not an http or https address. Give it as https://HOST:12443',
    ],
    ["a host and a port", "coordinator:12443", 'The endpoint "coordinator:12443" is not an http or https address'],
    ["inside the API", "https://c:12443/api/v1/regions/ece-region", "Leave that out: the region"],
    ["one with credentials", "https://admin:hush@ece.example", "holds a user name or a password"],
  ])("that is %s is an error at its argument", async (_what, endpoint, gist) => {
    const configured = await configure({ endpoint, api_key: "key" });

    expect(configured.diagnostics).toMatchObject([{ severity: "error", path: ["endpoint"] }]);
    expect(errorsOf(configured).join()).toContain(gist);
    expect(JSON.stringify(configured.diagnostics)).not.toContain("hush");
  });
});

describe("the certificate authority", () => {
  test("is taken as PEM or from a file, whichever source comes first", async () => {
    const authority = await TestAuthority.create();
    const stub = await StubPlatform.start(() => ({ body: { tokens: [] } }), { tls: await authority.issue() });
    const other = file("other.pem", (await TestAuthority.create()).pem);
    const own = file("own.pem", authority.pem);
    const reads = async (config: ObjectValue) =>
      (await readTokens(await configure({ endpoint: stub.endpoint, api_key: "key", max_retries: 0, ...config })))
        .diagnostics;

    expect(await reads({})).toMatchObject([{ severity: "error" }]);
    expect(await reads({ ca_certificate: authority.pem })).toEqual([]);
    process.env.ECE_CA_CERTIFICATE_FILE = other;
    expect(await reads({ ca_certificate: authority.pem })).toEqual([]);
    expect(await reads({ ca_certificate_file: own })).toEqual([]);
    process.env.ECE_CA_CERTIFICATE = authority.pem;
    expect(await reads({})).toEqual([]);
    process.env.ECE_CA_CERTIFICATE_FILE = own;
    delete process.env.ECE_CA_CERTIFICATE;
    expect(await reads({})).toEqual([]);
  });

  test.each<[what: string, config: () => ObjectValue, path: string, gist: string]>([
    ["text that is no PEM", () => ({ ca_certificate: "x" }), "ca_certificate", "not a certificate in PEM form"],
    [
      "a file that holds no PEM",
      () => ({ ca_certificate_file: file("key.pem", "-----BEGIN PRIVATE KEY-----") }),
      "ca_certificate_file",
      "BEGIN CERTIFICATE",
    ],
    [
      "a file that is not there",
      () => ({ ca_certificate_file: "~/nowhere.pem" }),
      "ca_certificate_file",
      "The file ~/nowhere.pem cannot be read (ENOENT).",
    ],
    [
      "both at once",
      () => ({ ca_certificate: "x", ca_certificate_file: "y" }),
      "ca_certificate_file",
      "Set either ca_certificate or ca_certificate_file",
    ],
  ])("that is %s is an error at its argument", async (_what, config, path, gist) => {
    const configured = await configure({ endpoint: "https://ece.example", api_key: "key", ...config() });

    expect(configured.diagnostics).toMatchObject([{ severity: "error", path: [path] }]);
    expect(errorsOf(configured).join()).toContain(gist);
  });
});

describe("warnings", () => {
  test("are given for insecure, from the configuration as well as from the environment", async () => {
    const byArgument = await configure({ endpoint: "https://ece.example", api_key: "key", insecure: true });
    process.env.ECE_INSECURE = "1";
    const byVariable = await configure({ endpoint: "https://ece.example", api_key: "key" });

    expect(byArgument.diagnostics).toMatchObject([
      { severity: "warning", summary: "The platform's certificate is not checked" },
    ]);
    expect(byVariable.diagnostics).toEqual(byArgument.diagnostics);
  });

  test("are given for plain http, and not again with what is read then", async () => {
    const stub = await StubPlatform.start(() => ({ body: { tokens: [] } }));

    const configured = await configure({ endpoint: stub.endpoint, api_key: "key" });
    const read = await readTokens(configured);

    expect(configured.diagnostics).toMatchObject([
      { severity: "warning", summary: "Credentials and roles tokens travel unencrypted" },
    ]);
    expect(read.diagnostics).toEqual([]);
  });

  test("are not given where there is nothing to warn of", async () => {
    expect((await configure({ endpoint: "https://ece.example", api_key: "key" })).diagnostics).toEqual([]);
  });
});

test("all errors are reported at once, each at its argument and with its source", async () => {
  process.env.ECE_REQUEST_TIMEOUT_SECONDS = "soon";
  process.env.EC_MAX_RETRIES = "-1";
  process.env.ECE_INSECURE = "maybe";

  const { diagnostics } = await configure({ endpoint: "ftp://ece.example", username: "admin" });

  expect(diagnostics.map(({ path, detail }) => [path?.[0], detail])).toEqual([
    ["endpoint", expect.stringContaining("It comes from the argument endpoint.")],
    ["password", expect.stringContaining("a username from the argument username")],
    ["insecure", 'Must be true or false; got "maybe". It comes from the environment variable ECE_INSECURE.'],
    [
      "request_timeout_seconds",
      'Must be a whole number from 1 to 3600; got "soon". It comes from the environment variable ECE_REQUEST_TIMEOUT_SECONDS.',
    ],
    [
      "max_retries",
      "Must be a whole number of at least 0; got -1. It comes from the environment variable EC_MAX_RETRIES.",
    ],
  ]);
});

test.each([
  ["request_timeout_seconds", 0],
  ["request_timeout_seconds", 100_000],
  ["max_retries", 1.5],
])("validation refuses %s = %d", async (argument, value) => {
  const { diagnostics } = await configure({ endpoint: "https://ece.example", api_key: "key", [argument]: value });

  expect(diagnostics).toMatchObject([{ severity: "error", path: [argument] }]);
});

describe("a configuration that is not wholly known yet", () => {
  const READ = { privateState: new Uint8Array() };
  const TOKEN = { id: "t", roles: ["proxy"], triggers: null, on_missing: "keep", token: "x", revoked: false };

  test.each<[ObjectValue]>([
    [{ endpoint: UNKNOWN, api_key: "key" }],
    [{ endpoint: "https://ece.example", api_key: UNKNOWN, username: "admin" }],
    [{ endpoint: UNKNOWN, ca_certificate: UNKNOWN, ca_certificate_file: "x" }],
  ])("is no error: %j", async (config) => {
    expect((await configure(config)).diagnostics).toEqual([]);
  });

  test("leaves states as they are and says so once", async () => {
    const { server } = await configure({ endpoint: UNKNOWN, api_key: "key" });
    const host = { runner_id: "10.0.0.11", id: "i", adopt: false, on_destroy: "delete", platform_version: "4.0.3" };
    const stored = { ...host, install_fingerprint: null, timeouts: null };

    const token = await server.readResource({ typeName: "ece_roles_token", state: TOKEN, ...READ });
    const again = await server.readResource({ typeName: "ece_host", state: stored, ...READ });

    expect(token).toMatchObject({
      state: TOKEN,
      diagnostics: [{ severity: "warning", summary: "ECE resources were not refreshed" }],
    });
    expect(again).toMatchObject({ state: stored, diagnostics: [] });
  });

  test("makes a data source an error that says what to do", async () => {
    const { diagnostics } = await readTokens(await configure({ endpoint: UNKNOWN, api_key: "key" }));

    expect(diagnostics).toMatchObject([{ severity: "error", summary: "The ECE provider is not configured yet" }]);
    expect(diagnostics[0]?.detail).toContain("depends_on");
  });

  test("opens an ephemeral token without making one", async () => {
    const { server } = await configure({ endpoint: UNKNOWN, api_key: "key" });
    const config = { roles: ["proxy"], validity_in_seconds: null, applying: null, for_runners: ["a"] };

    const { result, diagnostics } = await server.openEphemeralResource({
      typeName: "ece_roles_token",
      config: { ...config, token: null, expires_at: null },
    });

    expect(diagnostics).toEqual([]);
    expect(result).toMatchObject({ token: null, expires_at: null });
  });
});
