import { spawn } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { Metadata, status } from "@grpc/grpc-js";
import { schemaType, UNKNOWN } from "../../../../lib/plugin/framework";
import { createIdentity } from "../../../../lib/plugin/protocol/process/identity";
import { int64, message, string } from "../../../../lib/plugin/protocol/wire/protobuf";
import { applyResourceChange, configureProvider, getMetadata } from "../../../../lib/plugin/protocol/wire/tfplugin6";
import { encodeValue } from "../../../../lib/plugin/protocol/wire/value-codec";
import { bundlePlugin } from "../../../support/null-provider/build";
import { Sandbox } from "../../../support/sandbox";
import type { PluginClient } from "../support/plugin-client";
import { PluginProcess, terraformEnvironment } from "../support/plugin-process";
import { probeProvider } from "../support/probe-provider";

const terraform = createIdentity();
const sandbox = new Sandbox();
const file = join(sandbox.folder, "terraform-provider-probe");
const environment = { ...terraformEnvironment(terraform), TMPDIR: sandbox.makeFolder("tmp") };
const started: PluginProcess[] = [];

beforeAll(() => bundlePlugin(join(__dirname, "..", "support", "probe-main.ts"), file));
afterEach(() => Promise.all(started.splice(0).map((plugin) => plugin.stop())));
afterAll(() => sandbox.remove());

async function start(extra: NodeJS.ProcessEnv = {}): Promise<PluginProcess> {
  const plugin = await PluginProcess.start(file, { ...environment, ...extra });
  started.push(plugin);
  return plugin;
}

const thingType = schemaType(probeProvider.resources["probe_thing"]!.schema);

async function create(client: PluginClient, name: string) {
  const config = encodeValue({ greeting: "hi" }, schemaType(probeProvider.schema));
  await client.call("ConfigureProvider", configureProvider, { terraformVersion: "1.11.4", config });
  return client.call("ApplyResourceChange", applyResourceChange, {
    typeName: "probe_thing",
    priorState: encodeValue(null, thingType),
    plannedState: encodeValue({ name, size: 1, id: UNKNOWN }, thingType),
    config: encodeValue({ name, size: 1 }, thingType),
  });
}

const empty = { request: message({}), response: message({}) };
const shutDown = (client: PluginClient) => client.call("plugin.GRPCController/Shutdown", empty, {});

describe("the handshake", () => {
  test("is one line that names a unix socket and the plugin's certificate", async () => {
    const plugin = await start();

    const [core, protocol, network, address, rpc, certificate, ...rest] = plugin.handshake;
    expect([core, protocol, network, rpc, rest]).toEqual(["1", "6", "unix", "grpc", []]);
    expect(plugin.stdout).toMatch(/^[^\n]+\n$/);
    expect(existsSync(address!)).toBe(true);
    expect(certificate).not.toContain("=");
    expect(new X509Certificate(plugin.certificatePem).checkHost("localhost")).toBe("localhost");
  });

  test("is refused when the file is started by hand", async () => {
    const plugin = await start({ TF_PLUGIN_MAGIC_COOKIE: undefined });

    expect(await plugin.ended).toEqual([1, null]);
    expect(plugin.stdout).toBe("");
    expect(plugin.stderr).toContain('This is the Terraform provider "probe"');
  });

  test("is refused to a program that does not speak protocol 6", async () => {
    const plugin = await start({ PLUGIN_PROTOCOL_VERSIONS: "5" });

    expect(await plugin.ended).toEqual([1, null]);
    expect(plugin.stdout).toBe("");
    expect(plugin.stderr).toContain("offers only 5");
  });

  test("leaves no key and no certificate on disk", async () => {
    await start();

    expect(sandbox.filesContaining("PRIVATE KEY", "tmp")).toEqual([]);
    expect(readdirSync(environment.TMPDIR, { recursive: true, withFileTypes: true }).filter((e) => e.isFile())).toEqual(
      [],
    );
  });
});

describe("mutual TLS", () => {
  test("accepts the holder of Terraform's certificate", async () => {
    const client = (await start()).connect(terraform);

    expect(await client.call("GetMetadata", getMetadata, {})).toMatchObject({
      resources: [{ typeName: "probe_thing" }],
    });
  });

  test.each([
    ["no certificate", undefined],
    ["another certificate for the same name", createIdentity()],
  ])("refuses %s", async (_case, identity) => {
    const client = (await start()).connect(identity);

    await expect(client.call("GetMetadata", getMetadata, {})).rejects.toMatchObject({ code: status.UNAVAILABLE });
  });

  test("refuses Terraform's certificate when it has expired", async () => {
    const expired = createIdentity(new Date("2020-01-01"));
    const client = (await start({ PLUGIN_CLIENT_CERT: expired.certificatePem })).connect(expired);

    await expect(client.call("GetMetadata", getMetadata, {})).rejects.toMatchObject({ code: status.UNAVAILABLE });
  });

  test("refuses a client that does not encrypt", async () => {
    const client = (await start()).connectPlain();

    await expect(client.call("GetMetadata", getMetadata, {})).rejects.toMatchObject({ code: status.UNAVAILABLE });
  });

  test("is off only when Terraform passes no certificate", async () => {
    const plugin = await start({ PLUGIN_CLIENT_CERT: undefined });
    const client = plugin.connectPlain();

    expect(plugin.handshake[5]).toBe("");
    expect(await client.call("GetMetadata", getMetadata, {})).toMatchObject({ functions: [{ name: "half" }] });
  });
});

describe("go-plugin's services", () => {
  const health = { request: message({ service: string(1) }), response: message({ status: int64(1) }) };
  const check = "grpc.health.v1.Health/Check";

  test("the health check knows the plugin and nothing else", async () => {
    const client = (await start()).connect(terraform);

    expect(await client.call(check, health, { service: "plugin" })).toEqual({ status: 1 });
    expect(await client.call(check, health, { service: "other" })).toEqual({ status: 3 });
  });

  test("Shutdown ends the process although output and broker streams are open, and its folder is gone", async () => {
    const plugin = await start();
    const client = plugin.connect(terraform);
    const bytes = (value: Buffer) => value;
    const stdio = client.grpc.makeServerStreamRequest("/plugin.GRPCStdio/StreamStdio", bytes, bytes, Buffer.alloc(0));
    const broker = client.grpc.makeBidiStreamRequest("/plugin.GRPCBroker/StartStream", bytes, bytes, new Metadata());
    const data: unknown[] = [];
    for (const stream of [stdio, broker]) stream.on("data", (chunk) => data.push(chunk)).on("error", () => undefined);
    await client.call(check, health, {});

    await shutDown(client);

    expect(await plugin.ended).toEqual([0, null]);
    expect(data).toEqual([]);
    expect(existsSync(dirname(plugin.handshake[3]!))).toBe(false);
  });
});

describe("the end", () => {
  let orphan: number | undefined;

  afterEach(() => {
    if (orphan !== undefined) process.kill(orphan, "SIGKILL");
  });

  test("SIGTERM stops the work, lets it answer, and ends the process with its folder", async () => {
    const plugin = await start({ TF_LOG: "ERROR" });
    const creation = create(plugin.connect(terraform), "slow");
    await plugin.logged("creating");

    plugin.child.kill("SIGTERM");

    expect((await creation).diagnostics).toEqual([]);
    expect(await plugin.ended).toEqual([0, null]);
    expect(existsSync(dirname(plugin.handshake[3]!))).toBe(false);
  });

  test("SIGINT is left to Terraform", async () => {
    const plugin = await start({ TF_LOG: "TRACE" });

    plugin.child.kill("SIGINT");
    await plugin.logged("interrupted");

    const client = plugin.connect(terraform);
    expect(await client.call("GetMetadata", getMetadata, {})).toMatchObject({ functions: [{ name: "half" }] });
  });

  test("the process ends when the one that started it is gone", async () => {
    const script = `
      const plugin = require("node:child_process").spawn(${JSON.stringify(file)}, { stdio: ["ignore", "pipe", "inherit"] });
      plugin.stdout.once("data", (line) => process.stdout.write(plugin.pid + "|" + line));`;
    const env = { PATH: process.env["PATH"], ...environment };
    const parent = spawn(process.execPath, ["-e", script], { env, stdio: ["ignore", "pipe", "pipe"] });
    const [line] = (await once(parent.stdout, "data")) as [Buffer];
    const [pid, , , , address] = line.toString().split("|");
    orphan = Number(pid);
    // The plugin holds this pipe, too, so it closes when both are gone.
    const bothGone = once(parent.stderr.resume(), "close");

    parent.kill("SIGKILL");
    await bothGone;

    expect(existsSync(dirname(address!))).toBe(false);
    orphan = undefined;
  });

  test("an uncaught error is written to stderr, without secrets, and the exit code is not 0", async () => {
    const plugin = await start({ TF_LOG: "ERROR" });
    const creation = create(plugin.connect(terraform), "crash").catch((error: unknown) => error);

    expect(await plugin.ended).toEqual([1, null]);
    expect(await creation).toMatchObject({ code: status.UNAVAILABLE });
    expect(plugin.stderr).toContain('panic: the provider "probe" 1.2.3 ends after an unexpected error');
    expect(plugin.stderr).toContain("boom, Bearer (redacted)");
    expect(plugin.stderr).toContain('"@level":"error"');
    expect(plugin.stderr).not.toContain("abcdefghij0123456789");
  });
});

test("what a provider prints does not reach stdout", async () => {
  const plugin = await start();

  await create(plugin.connect(terraform), "chatty");

  await plugin.logged("a stray line");
  expect(plugin.stdout).toMatch(/^1\|6\|[^\n]+\n$/);
});

test("values of many megabytes pass both ways", async () => {
  const client = (await start()).connect(terraform);

  const { newState } = await create(client, "x".repeat(3_900_000));

  expect(newState?.msgpack.length).toBeGreaterThan(3_900_000);
});
