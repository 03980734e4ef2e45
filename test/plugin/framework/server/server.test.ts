import { getMaxListeners } from "node:events";
import {
  DiagnosticError,
  ProviderServer,
  UNKNOWN,
  type DataSource,
  type EphemeralResource,
  type ObjectValue,
} from "../../../../lib/plugin/framework";
import { box, boxResource, boxServer, memoryProvider, planOf, storedBox } from "../memory-provider";

const none = new Uint8Array();

function read(server: ProviderServer, privateState: Uint8Array = none) {
  return server.readResource({ typeName: "memory_box", state: storedBox(), privateState });
}

describe("configureProvider()", () => {
  test("hands over the configuration with defaults, unknown values included", async () => {
    const configs: ObjectValue[] = [];
    const server = new ProviderServer(
      memoryProvider({
        async configure({ config }) {
          configs.push(config);
          return "data";
        },
      }),
    );

    await server.configureProvider({ config: { place: null }, terraformVersion: "1.11.4" });
    await server.configureProvider({ config: { place: UNKNOWN }, terraformVersion: "1.11.4" });

    expect(configs).toEqual([{ place: "attic" }, { place: UNKNOWN }]);
  });

  test("that ends in an error leaves the provider unconfigured: operations fail, validation and plans do not", async () => {
    const server = new ProviderServer(
      memoryProvider({
        async configure(_, diagnostics) {
          diagnostics.addError("No place", "There is no attic.", ["place"]);
          return "data";
        },
      }),
    );

    const { diagnostics } = await server.configureProvider({ config: { place: null }, terraformVersion: "1.11.4" });

    expect(diagnostics).toMatchObject([{ summary: "No place", path: ["place"] }]);
    expect((await read(server)).diagnostics).toMatchObject([{ summary: "Provider memory is not configured" }]);
    expect((await server.validateResourceConfig({ typeName: "memory_box", config: box() })).diagnostics).toEqual([]);
    expect((await planOf(server, null, box())).diagnostics).toEqual([]);
  });
});

test("validateProviderConfig() reports the schema's errors and the provider's own, all at once", async () => {
  const server = new ProviderServer(
    memoryProvider({
      schema: { description: "", attributes: { place: { type: "string", description: "Where.", required: true } } },
      validateConfig({ config }, diagnostics) {
        diagnostics.addError("Own check", JSON.stringify(config), ["place"]);
      },
    }),
  );

  expect((await server.validateProviderConfig({ config: { place: null } })).diagnostics).toMatchObject([
    { summary: "Missing place" },
    { summary: "Own check", detail: '{"place":null}' },
  ]);
});

test("an unknown type is an error in every call", async () => {
  const server = await boxServer();
  const request = { typeName: "memory_bag", config: {}, state: {}, id: "1", version: 0, privateState: none };
  const change = { ...request, priorState: null, proposedNewState: {}, plan: {} };

  const replies = await Promise.all([
    server.validateResourceConfig(request),
    server.validateDataSourceConfig(request),
    server.validateEphemeralResourceConfig(request),
    server.upgradeResourceState(request),
    server.readResource(request),
    server.planResourceChange(change),
    server.applyResourceChange(change),
    server.importResourceState(request),
    server.readDataSource(request),
    server.openEphemeralResource(request),
    server.closeEphemeralResource(request),
  ]);

  for (const { diagnostics } of replies) {
    expect(diagnostics).toMatchObject([
      { severity: "error", detail: expect.stringContaining('type "memory_bag"') as unknown },
    ]);
  }
});

test("pending warnings come with the next reply, even one that fails, but not before the provider is configured", async () => {
  const pending = ["insecure"];
  const server = new ProviderServer(
    memoryProvider({
      takeWarnings: (place) =>
        pending.splice(0).map((summary) => ({ severity: "warning" as const, summary, detail: `in the ${place}` })),
      resources: {
        memory_box: boxResource({
          async read() {
            throw new DiagnosticError("No box", "It is gone.");
          },
        }),
      },
    }),
  );

  const validated = await server.validateProviderConfig({ config: { place: null } });
  const configured = await server.configureProvider({ config: { place: null }, terraformVersion: "1.11.4" });
  pending.push("key expires");
  const failed = await read(server);
  const again = await read(server);

  expect(validated.diagnostics).toEqual([]);
  expect(configured.diagnostics).toMatchObject([{ summary: "insecure", detail: "in the attic" }]);
  expect(failed.diagnostics.map(({ summary }) => summary)).toEqual(["No box", "key expires"]);
  expect(again.diagnostics.map(({ summary }) => summary)).toEqual(["No box"]);
});

describe("what provider code throws", () => {
  test("becomes exactly its own diagnostic, if it is a DiagnosticError", async () => {
    const server = await boxServer({
      async read() {
        throw new DiagnosticError("Unable to find the box", "It is dark.", ["name"]);
      },
    });

    expect((await read(server)).diagnostics).toEqual([
      { severity: "error", summary: "Unable to find the box", detail: "It is dark.", path: ["name"] },
    ]);
  });

  test("is otherwise called a bug, with the stack only in the log", async () => {
    const lines: unknown[] = [];
    const provider = memoryProvider({
      resources: {
        memory_box: boxResource({
          async read() {
            throw new RangeError("too far");
          },
        }),
      },
    });
    const server = new ProviderServer(provider, { log: (message, fields) => lines.push([message, fields]) });
    await server.configureProvider({ config: { place: null }, terraformVersion: "1.11.4" });

    const { diagnostics } = await read(server);

    expect(diagnostics).toEqual([
      {
        severity: "error",
        summary: "Unable to read memory_box",
        detail: "Unexpected error: RangeError: too far\n\nThis is a bug in the provider, please report it.",
      },
    ]);
    expect(lines).toEqual([
      ["Unable to read memory_box", { stack: expect.stringContaining("server.test.ts") as unknown }],
    ]);
  });

  test("has the provider's explanation as its detail, if there is one", async () => {
    const provider = memoryProvider({
      explainError: (error) => (error instanceof RangeError ? `Stay near: ${error.message}.` : undefined),
      async configure() {
        throw new RangeError("too far");
      },
      validateConfig() {
        throw new TypeError("no place");
      },
    });
    const server = new ProviderServer(provider);
    const config = { place: null };

    expect(await server.configureProvider({ config, terraformVersion: "1.11.4" })).toMatchObject({
      diagnostics: [{ summary: "Unable to configure provider memory", detail: "Stay near: too far." }],
    });
    expect((await server.validateProviderConfig({ config })).diagnostics[0]?.detail).toContain("TypeError: no place");
  });

  test("is reported even if it is not an Error", async () => {
    const server = await boxServer({
      validateConfig() {
        // eslint-disable-next-line @typescript-eslint/only-throw-error -- that is the case
        throw "bare words";
      },
    });

    const { diagnostics } = await server.validateResourceConfig({ typeName: "memory_box", config: box() });

    expect(diagnostics[0]?.detail).toContain("bare words");
  });
});

test("a resource that changes its request has its result compared with what was planned all the same", async () => {
  const server = await boxServer({
    async create({ plan }, response) {
      Object.assign(plan, { name: "other" });
      response.state = { ...storedBox(), name: "other" };
    },
  });

  const { diagnostics } = await server.applyResourceChange({
    typeName: "memory_box",
    priorState: null,
    plan: storedBox(),
    config: box(),
    privateState: none,
  });

  expect(diagnostics).toMatchObject([{ detail: expect.stringContaining("is not what was planned") as string }]);
});

describe("stop()", () => {
  test("aborts operations in flight; their state is kept, and their error is not called a bug", async () => {
    let start = () => {};
    const started = new Promise<void>((resolve) => (start = resolve));
    const server = await boxServer({
      create: ({ signal }, response) =>
        new Promise((_, reject) => {
          response.state = storedBox();
          signal.addEventListener("abort", () => reject(signal.reason as Error));
          start();
        }),
    });
    const applied = server.applyResourceChange({
      typeName: "memory_box",
      priorState: null,
      plan: storedBox(),
      config: box(),
      privateState: none,
    });
    await started;

    server.stop();

    const { state, diagnostics } = await applied;
    expect(state).toEqual(storedBox());
    expect(diagnostics).toMatchObject([{ summary: "Unable to create memory_box" }]);
    expect(diagnostics[0]?.detail).toMatch(/^Terraform was interrupted/);
  });

  test("is the reported reason, even for errors that the provider can explain", async () => {
    const server = new ProviderServer(
      memoryProvider({
        explainError: () => "The platform is slow.",
        configure: ({ signal }) =>
          new Promise((_, reject) => signal.addEventListener("abort", () => reject(new Error("cancelled")))),
      }),
    );
    const configured = server.configureProvider({ config: { place: null }, terraformVersion: "1.11.4" });

    server.stop();

    const { diagnostics } = await configured;
    expect(diagnostics[0]?.detail).toBe("Terraform was interrupted, so this was given up (Error: cancelled).");
  });

  test("stops nothing that comes later, as when Terraform attaches to the provider again", async () => {
    const aborted: boolean[] = [];
    const server = await boxServer({
      async read({ signal }) {
        aborted.push(signal.aborted);
      },
    });

    server.stop();
    await read(server);

    expect(aborted).toEqual([false]);
  });
});

describe("readResource()", () => {
  test("gives what the resource found, and carries private state through", async () => {
    const server = await boxServer({
      async read({ state, privateState }, response) {
        response.state = { ...state, size: Number(privateState.size) };
        response.privateState = { ...privateState, read: true };
      },
    });

    const reply = await read(server, Buffer.from('{"size":5}'));

    expect(reply.state).toEqual(storedBox({ size: 5 }));
    expect(JSON.parse(Buffer.from(reply.privateState).toString())).toEqual({ size: 5, read: true });
  });

  test("gives null for what is gone, and no private state bytes where there is none", async () => {
    const server = await boxServer({
      async read(_, response) {
        response.state = null;
      },
    });

    expect(await read(server)).toEqual({ diagnostics: [], state: null, privateState: Buffer.alloc(0) });
  });

  test("never drops or changes the state when it ends in an error", async () => {
    const server = await boxServer({
      async read(_, response) {
        if (response.state) response.state.size = 9;
        response.state = null;
        response.diagnostics.addError("Unable to read", "Forbidden.");
      },
    });

    expect((await read(server)).state).toEqual(storedBox());
  });

  test("is an error where a value is unknown", async () => {
    const server = await boxServer({
      async read({ state }, response) {
        response.state = { ...state, colour: UNKNOWN };
      },
    });

    expect((await read(server)).diagnostics).toMatchObject([{ path: ["colour"] }]);
  });

  test("rejects private state that this provider did not write", async () => {
    const reply = await read(await boxServer(), Buffer.from("\u0000gob"));

    expect(reply.diagnostics).toMatchObject([{ summary: "Unable to read private state" }]);
    expect(Buffer.from(reply.privateState).toString()).toBe("\u0000gob");
  });
});

describe("importResourceState()", () => {
  test("gives what the id reveals, with the rest as its default or null, and private state", async () => {
    const server = await boxServer({
      async importState({ id, providerData: provider }, response) {
        response.state = { id, name: provider };
        response.privateState = { imported: true };
      },
    });

    expect(await server.importResourceState({ typeName: "memory_box", id: "box-7" })).toEqual({
      diagnostics: [],
      imported: [
        {
          typeName: "memory_box",
          state: box({ id: "box-7", name: "attic", size: 1 }),
          privateState: Buffer.from('{"imported":true}'),
        },
      ],
    });
  });

  const byArguments = () =>
    boxServer({
      importedBy: "name",
      async importState({ id, given }, response) {
        response.state = { id: given === undefined ? "found" : "made", name: id, size: 7 };
      },
    });

  test("reads arguments from an id that is a JSON object, which stand in the state in any case", async () => {
    const server = await byArguments();

    const plain = await server.importResourceState({ typeName: "memory_box", id: "blue" });
    const given = await server.importResourceState({ typeName: "memory_box", id: '{"name":"blue","size":"3"}' });

    expect(plain.imported).toMatchObject([{ state: box({ id: "found", name: "blue", size: 7 }) }]);
    expect(given).toMatchObject({ diagnostics: [], imported: [{ state: box({ id: "made", name: "blue", size: 3 }) }] });
  });

  test.each([
    ['{"name":"blue"', "jsonencode"],
    ['{"name":"blue","weight":1}', 'It has "weight"; it can have '],
    ['{"name":"blue","size":"big"}', 'Its size does not fit the type "number"'],
    ['{"size":3}', "without name: add that"],
    ['{"name":"blue","secret":"s"}', 'It has "secret"'],
    ['{"name":"blue","revision":1}', 'It has "revision"'],
  ])("refuses the arguments %s", async (id, text) => {
    const reply = await (await byArguments()).importResourceState({ typeName: "memory_box", id });

    expect(reply).toMatchObject({ imported: [], diagnostics: [{ summary: "Unable to read the import id" }] });
    expect(reply.diagnostics[0]?.detail).toContain(text);
  });

  test("is an error for a type without import, and for an id of nothing", async () => {
    const without = await boxServer();
    const empty = await boxServer({ async importState() {} });

    expect(await without.importResourceState({ typeName: "memory_box", id: "x" })).toMatchObject({
      imported: [],
      diagnostics: [{ detail: "memory_box does not support import." }],
    });
    expect(await empty.importResourceState({ typeName: "memory_box", id: "x" })).toMatchObject({
      imported: [],
      diagnostics: [{ detail: 'There is no memory_box with the id "x".' }],
    });
  });
});

test("moveResourceState() is always an error that says what to do instead", async () => {
  const server = await boxServer();

  const reply = await server.moveResourceState({ sourceTypeName: "other_box", targetTypeName: "memory_box" });

  expect(reply).toMatchObject({ state: null, diagnostics: [{ summary: "Unable to move other_box to memory_box" }] });
  expect(reply.diagnostics[0]?.detail).toMatch(/import/);
});

const noteSchema = {
  description: "A note.",
  attributes: {
    topic: { type: "string", description: "Its topic.", optional: true, default: "all" },
    text: { type: "string", description: "Its text.", computed: true },
  },
} as const;

describe("readDataSource()", () => {
  const serverOf = async (readNote: DataSource<string>["read"]) => {
    const dataSources = { memory_note: { schema: noteSchema, read: readNote } };
    const server = new ProviderServer(memoryProvider({ dataSources }));
    await server.configureProvider({ config: { place: null }, terraformVersion: "1.11.4" });
    return server.readDataSource({ typeName: "memory_note", config: { topic: null, text: null } });
  };

  test("hands over the configuration with defaults and gives the result", async () => {
    const reply = await serverOf(async ({ config, providerData: provider }, response) => {
      response.state = { ...config, text: provider };
    });

    expect(reply).toEqual({ diagnostics: [], state: { topic: "all", text: "attic" } });
  });

  test("gives nothing when it ends in an error", async () => {
    const reply = await serverOf(async ({ config }, response) => {
      response.state = config;
      response.diagnostics.addError("Unable to read the note", "It is torn.");
    });

    expect(reply).toMatchObject({ state: null, diagnostics: [{ detail: "It is torn." }] });
  });

  test("without a result is a bug of the provider", async () => {
    const reply = await serverOf(async () => {});

    expect(reply.diagnostics).toMatchObject([{ summary: "Unable to read memory_note" }]);
    expect(reply.diagnostics[0]?.detail).toMatch(/bug in the provider/);
  });
});

describe("an ephemeral resource", () => {
  const serverOf = async (ephemeral: Omit<EphemeralResource<string>, "schema">) => {
    const ephemeralResources = { memory_note: { schema: noteSchema, ...ephemeral } };
    const server = new ProviderServer(memoryProvider({ ephemeralResources }));
    await server.configureProvider({ config: { place: null }, terraformVersion: "1.11.4" });
    return server;
  };
  const request = { typeName: "memory_note", config: { topic: null, text: null } };

  test("is opened with defaults, and closed with the private state of its opening", async () => {
    const closed: unknown[] = [];
    const server = await serverOf({
      async open({ config, providerData: provider }, response) {
        response.result = { ...config, text: provider };
        response.privateState = { handle: 7 };
      },
      async close({ privateState, providerData: provider }) {
        closed.push([privateState, provider]);
      },
    });

    const { result, privateState, diagnostics } = await server.openEphemeralResource(request);
    await server.closeEphemeralResource({ typeName: "memory_note", privateState });

    expect(diagnostics).toEqual([]);
    expect(result).toEqual({ topic: "all", text: "attic" });
    expect(closed).toEqual([[{ handle: 7 }, "attic"]]);
  });

  test("without close is closed by doing nothing", async () => {
    const server = await serverOf({ async open() {} });

    expect(await server.closeEphemeralResource({ typeName: "memory_note", privateState: none })).toEqual({
      diagnostics: [],
    });
  });

  test("that opens without a result is a bug of the provider", async () => {
    const server = await serverOf({ async open() {} });

    expect((await server.openEphemeralResource(request)).diagnostics[0]?.detail).toMatch(/bug in the provider/);
  });
});

test("any number of operations may listen for the stop without a warning from Node", async () => {
  const limits: number[] = [];
  const server = await boxServer({
    read: async ({ signal }) => void limits.push(getMaxListeners(signal)),
  });

  await read(server);

  expect(limits).toEqual([Infinity]);
});
