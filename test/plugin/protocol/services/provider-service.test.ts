import { encode } from "@msgpack/msgpack";
import { status } from "@grpc/grpc-js";
import { ProviderServer, schemaType, UNKNOWN, type ObjectValue } from "../../../../lib/plugin/framework";
import { GrpcServer } from "../../../../lib/plugin/protocol/grpc/server";
import { unservedService } from "../../../../lib/plugin/protocol/services/plugin-services";
import { providerService } from "../../../../lib/plugin/protocol/services/provider-service";
import * as tfplugin6 from "../../../../lib/plugin/protocol/wire/tfplugin6";
import { decodeValue, encodeValue } from "../../../../lib/plugin/protocol/wire/value-codec";
import { PluginClient } from "../support/plugin-client";
import { probeProvider } from "../support/probe-provider";

const typeName = "probe_thing";
const thingType = schemaType(probeProvider.resources[typeName]!.schema);
const thing = (value: ObjectValue | null) => encodeValue(value, thingType);
const thingOf = (wire: { msgpack: Uint8Array; json: Uint8Array } | null) => decodeValue(wire, thingType);

let server: GrpcServer;
let client: PluginClient;

beforeEach(async () => {
  server = new GrpcServer({
    "tfplugin6.Provider": {
      ...providerService(new ProviderServer(probeProvider)),
      ...unservedService("probe"),
    },
  });
  const address = await server.listen({ host: "127.0.0.1", port: 0 });
  client = new PluginClient(`127.0.0.1:${address?.port}`);
});

afterEach(() => {
  client.close();
  server.destroy();
});

async function configure(): Promise<void> {
  const config = encodeValue({ greeting: "hello" }, schemaType(probeProvider.schema));
  await client.call("ConfigureProvider", tfplugin6.configureProvider, { terraformVersion: "1.11.4", config });
}

test("GetProviderSchema lists every type, every function, and the server's capabilities", async () => {
  const reply = await client.call("GetProviderSchema", tfplugin6.getProviderSchema, {});

  expect(reply.serverCapabilities).toEqual({
    planDestroy: true,
    getProviderSchemaOptional: true,
    moveResourceState: true,
  });
  expect(reply.provider?.block?.attributes).toMatchObject([{ name: "greeting", optional: true }]);
  expect(Object.keys(reply.resourceSchemas)).toEqual(["probe_thing"]);
  expect(Object.keys(reply.dataSourceSchemas)).toEqual(["probe_answer"]);
  expect(Object.keys(reply.ephemeralResourceSchemas)).toEqual(["probe_secret"]);
  expect(reply.functions["half"]?.summary).toBe("Halves");
});

test("GetMetadata and GetFunctions agree with the schema", async () => {
  const metadata = await client.call("GetMetadata", tfplugin6.getMetadata, {});
  const { functions } = await client.call("GetFunctions", tfplugin6.getFunctions, {});

  expect(metadata).toMatchObject({
    resources: [{ typeName: "probe_thing" }],
    dataSources: [{ typeName: "probe_answer" }],
    ephemeralResources: [{ typeName: "probe_secret" }],
    functions: [{ name: "half" }],
  });
  expect(Object.keys(functions)).toEqual(["half"]);
});

test("diagnostics have their path", async () => {
  const config = thing({ name: "x", tags: { odd: "1" } });

  const reply = await client.call("ValidateResourceConfig", tfplugin6.validateTypeConfig, { typeName, config });

  expect(reply.diagnostics).toMatchObject([
    {
      severity: 2,
      summary: "Odd tag",
      attribute: { steps: [{ attributeName: "tags" }, { elementKeyString: "odd" }] },
    },
  ]);
});

test("a resource is planned, created, read and replaced, with its private state", async () => {
  await configure();
  const config = thing({ name: "x", tags: { a: "1" } });
  const proposedNewState = thing({ name: "x", tags: { a: "1" }, id: UNKNOWN });

  const plan = await client.call("PlanResourceChange", tfplugin6.planResourceChange, {
    typeName,
    priorState: thing(null),
    proposedNewState,
    config,
  });
  expect(thingOf(plan.plannedState)).toEqual({
    name: "x",
    tags: { a: "1" },
    size: 0.1,
    id: UNKNOWN,
    timeouts: null,
  });

  const created = await client.call("ApplyResourceChange", tfplugin6.applyResourceChange, {
    typeName,
    priorState: thing(null),
    plannedState: { msgpack: plan.plannedState!.msgpack },
    config,
    plannedPrivate: plan.plannedPrivate,
  });
  const state = { name: "x", tags: { a: "1" }, size: 0.1, id: "hello from 1.11.4", timeouts: null };
  expect(created.diagnostics).toEqual([]);
  expect(thingOf(created.newState)).toEqual(state);

  const read = await client.call("ReadResource", tfplugin6.readResource, {
    typeName,
    currentState: thing(state),
    private: created.private,
  });
  expect(thingOf(read.newState)).toEqual(state);
  expect(Buffer.from(created.private).toString()).toContain('"attempts":1');
  expect(Buffer.from(read.private).toString()).toContain('"attempts":2');

  const replacement = await client.call("PlanResourceChange", tfplugin6.planResourceChange, {
    typeName,
    priorState: thing(state),
    proposedNewState: thing({ ...state, tags: { a: "2" } }),
    config: thing({ name: "x", tags: { a: "2" } }),
  });
  expect(replacement.requiresReplace).toMatchObject([{ steps: [{ attributeName: "tags" }] }]);
});

test("a state of the present version is taken over from its JSON", async () => {
  const json = Buffer.from('{"name":"x","tags":null,"size":0.1,"id":"7","timeouts":null,"gone":true}');

  const reply = await client.call("UpgradeResourceState", tfplugin6.upgradeResourceState, {
    typeName,
    version: 0,
    rawState: { json },
  });

  expect(reply.diagnostics).toEqual([]);
  expect(thingOf(reply.upgradedState)).toEqual({ name: "x", tags: null, size: 0.1, id: "7", timeouts: null });
});

test("an object is imported by its id", async () => {
  await configure();

  const reply = await client.call("ImportResourceState", tfplugin6.importResourceState, { typeName, id: "7" });

  expect(reply.importedResources).toHaveLength(1);
  expect(thingOf(reply.importedResources[0]!.state)).toMatchObject({ name: "7", id: "7" });
});

test("a state of another type is not taken over", async () => {
  const reply = await client.call("MoveResourceState", tfplugin6.moveResourceState, {
    sourceTypeName: "other_thing",
    targetTypeName: typeName,
  });

  expect(reply.diagnostics).toMatchObject([{ severity: 1 }]);
});

test("a data source is read, with a value of dynamic type", async () => {
  await configure();
  const type = schemaType(probeProvider.dataSources["probe_answer"]!.schema);
  const config = encodeValue({ name: "x" }, type);

  const reply = await client.call("ReadDataSource", tfplugin6.readDataSource, { typeName: "probe_answer", config });

  expect(decodeValue(reply.state, type)).toEqual({ name: "x", answer: ["a", 1] });
});

test("an ephemeral resource is opened, and closed with its private state", async () => {
  await configure();
  const type = schemaType(probeProvider.ephemeralResources["probe_secret"]!.schema);
  const request = { typeName: "probe_secret", config: encodeValue({ name: "x" }, type) };

  const opened = await client.call("OpenEphemeralResource", tfplugin6.openEphemeralResource, request);
  const closed = await client.call("CloseEphemeralResource", tfplugin6.closeEphemeralResource, {
    typeName: "probe_secret",
    private: opened.private,
  });

  expect(decodeValue(opened.result, type)).toEqual({ name: "x", secret: "s3cr3t" });
  expect(closed.diagnostics).toMatchObject([{ summary: "Closed" }]);
});

test("a function replies with a result, or with an error about its argument", async () => {
  const half = (number: number) =>
    client.call("CallFunction", tfplugin6.callFunction, {
      name: "half",
      arguments: [encodeValue(number, "number")],
    });

  const good = await half(3);
  const bad = await half(-1);

  expect(decodeValue(good.result, "number")).toBe(1.5);
  expect(bad).toMatchObject({ result: null, error: { text: "must not be negative", functionArgument: 0 } });
});

test("StopProvider aborts what is in flight", async () => {
  await configure();
  const plannedState = thing({ name: "slow", size: 1, id: UNKNOWN });
  const creation = client.call("ApplyResourceChange", tfplugin6.applyResourceChange, {
    typeName,
    priorState: thing(null),
    plannedState,
    config: thing({ name: "slow", size: 1 }),
  });

  const stopped = await client.call("StopProvider", tfplugin6.stopProvider, {});
  const created = await creation;

  expect(stopped.error).toBe("");
  expect(thingOf(created.newState)).toMatchObject({ name: "slow" });
});

test.each(["probe_other", "constructor"])(
  "the type %s, which the provider does not have, is a diagnostic",
  async (typeName) => {
    const { diagnostics } = await client.call("ValidateResourceConfig", tfplugin6.validateTypeConfig, { typeName });

    expect(diagnostics).toMatchObject([
      { severity: 1, summary: `Unknown resource ${typeName}`, detail: expect.stringContaining("1.2.3") as string },
    ]);
  },
);

test("a value that cannot be read is a diagnostic that leads to it and does not show it", async () => {
  const digits = "33333.333333333333333333333333333333";
  const config = { msgpack: encode({ name: "a", size: digits }) };

  const { diagnostics } = await client.call("ValidateResourceConfig", tfplugin6.validateTypeConfig, {
    typeName,
    config,
  });

  expect(diagnostics).toMatchObject([
    {
      severity: 1,
      summary: "Unable to read a value",
      detail: expect.stringContaining("more digits than this provider can keep") as string,
      attribute: { steps: [{ attributeName: "size" }] },
    },
  ]);
  expect(JSON.stringify(diagnostics)).not.toContain(digits);
});

test("a key that cannot be read is a diagnostic", async () => {
  const config = { msgpack: encode({ ["__proto__"]: "a" }) };

  const { diagnostics } = await client.call("ValidateResourceConfig", tfplugin6.validateTypeConfig, {
    typeName,
    config,
  });

  expect(diagnostics).toMatchObject([{ detail: expect.stringContaining("__proto__") as string }]);
});

test.each([["an object that is missing", { typeName, config: encodeValue(null, thingType) }, "no object"]])(
  "%s is an INTERNAL error with a text",
  async (_case, request, text) => {
    const call = client.call("ValidateResourceConfig", tfplugin6.validateTypeConfig, request);

    await expect(call).rejects.toMatchObject({
      code: status.INTERNAL,
      details: expect.stringContaining(text) as string,
    });
  },
);

test("no resource has an identity", async () => {
  const reply = await client.call("GetResourceIdentitySchemas", tfplugin6.getResourceIdentitySchemas, {});

  expect(reply).toEqual({});
});

test("what the framework does not have is an error diagnostic, and streams of it are unimplemented", async () => {
  const renewal = await client.call("RenewEphemeralResource", tfplugin6.unservedCall(1), { typeName: "probe_secret" });
  const list = client.call("ListResource", tfplugin6.unservedCall(4), { typeName });

  expect(renewal.diagnostics).toMatchObject([
    { severity: 1, summary: "No support for renewal of ephemeral resources" },
  ]);
  await expect(list).rejects.toMatchObject({ code: status.UNIMPLEMENTED });
});
