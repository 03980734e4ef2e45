import { DiagnosticError, ProviderServer, UNKNOWN, Unknown, type ObjectValue } from "../../../lib/plugin/framework";
import { box, boxServer, memoryProvider, planOf, storedBox } from "./memory-provider";

const none = new Uint8Array();

function apply(server: ProviderServer, priorState: ObjectValue | null, plan: ObjectValue | null) {
  return server.applyResourceChange({ typeName: "memory_box", priorState, plan, config: plan, privateState: none });
}

describe("create", () => {
  test("gives the state with everything known", async () => {
    const server = await boxServer();
    const { plan } = await planOf(server, null, box({ size: 3 }));

    expect(await apply(server, null, plan)).toEqual({
      diagnostics: [],
      state: storedBox({ size: 3 }),
      privateState: new Uint8Array(),
    });
  });

  test("hands over the provider's data, the configuration and the plan", async () => {
    const seen: unknown[] = [];
    const server = await boxServer({
      async create({ providerData: provider, config, plan }, response) {
        seen.push(provider, config.size, plan.size);
        response.state = storedBox();
      },
    });
    await server.applyResourceChange({
      typeName: "memory_box",
      priorState: null,
      plan: storedBox(),
      config: box(),
      privateState: none,
    });

    expect(seen).toEqual(["attic", null, 1]);
  });

  test("that throws keeps the state that it had set, with null for what was still unknown", async () => {
    const server = await boxServer({
      async create({ plan }, response) {
        response.state = { ...plan, id: "box-1" };
        response.privateState = { half: "done" };
        throw new DiagnosticError("Unable to paint", "The brush is lost.", ["colour"]);
      },
    });
    const { plan } = await planOf(server, null, box({ size: 3 }));

    const { state, diagnostics, privateState } = await apply(server, null, plan);

    expect(diagnostics).toEqual([
      { severity: "error", summary: "Unable to paint", detail: "The brush is lost.", path: ["colour"] },
    ]);
    expect(state).toEqual(box({ id: "box-1", size: 3 }));
    expect(Buffer.from(privateState).toString()).toBe('{"half":"done"}');
  });

  test("that fails before anything was made leaves no state", async () => {
    const server = await boxServer({
      async create(_, { diagnostics }) {
        diagnostics.addError("Unable to create", "No room.");
      },
    });

    expect(await apply(server, null, storedBox())).toMatchObject({
      state: null,
      diagnostics: [{ detail: "No room." }],
    });
  });

  test("that succeeds without a state is a bug of the provider", async () => {
    const server = await boxServer({ async create() {} });

    const { state, diagnostics } = await apply(server, null, storedBox());

    expect(state).toBeNull();
    expect(diagnostics).toMatchObject([
      { severity: "error", detail: expect.stringMatching(/bug in the provider/) as unknown },
    ]);
  });
});

describe("a result that differs from its plan", () => {
  async function violationsOf(plan: ObjectValue, state: ObjectValue) {
    const server = await boxServer({
      async create(_, response) {
        response.state = state;
      },
    });
    const reply = await apply(server, null, plan);
    expect(reply.state).not.toBeNull();
    return reply.diagnostics.map(({ path, detail }) => [path, detail]);
  }
  const planned = "is not what was planned. This is a bug in the provider, please report it.";

  test("is an error where a known value became another, and its text has no values", async () => {
    expect(await violationsOf(storedBox({ secret: "a" }), storedBox({ secret: "b" }))).toEqual([
      [["secret"], `The attribute secret ${planned}`],
    ]);
    expect(await violationsOf(storedBox({ tags: ["a"] }), storedBox({ tags: null }))).toEqual([
      [["tags"], `The attribute tags ${planned}`],
    ]);
  });

  test("is an error in a block, at the path there", async () => {
    const lid = { locked: false, material: "oak", key: UNKNOWN };

    expect(await violationsOf(storedBox({ lid }), storedBox({ lid: { ...lid, locked: true, key: "k" } }))).toEqual([
      [["lid", "locked"], `The attribute lid.locked ${planned}`],
    ]);
  });

  test("is an error where something is still unknown", async () => {
    expect(await violationsOf(storedBox({ colour: UNKNOWN }), storedBox({ colour: UNKNOWN }))).toEqual([
      [["colour"], expect.stringMatching(/is still unknown/)],
    ]);
  });

  test("is an error where the plan's refinement does not hold", async () => {
    const plan = storedBox({ colour: new Unknown({ stringPrefix: "bl" }) });

    expect(await violationsOf(plan, storedBox({ colour: "blue" }))).toEqual([]);
    expect(await violationsOf(plan, storedBox({ colour: "red" }))).toEqual([
      [["colour"], expect.stringMatching(/not what the plan already told about it/)],
    ]);
  });

  test("is an error where an attribute does not exist", async () => {
    expect(await violationsOf(storedBox(), storedBox({ color: "red" }))).toEqual([
      [undefined, expect.stringMatching(/The object has no attribute "color"/)],
    ]);
  });

  test("is not one where a set comes back in another order", async () => {
    expect(await violationsOf(storedBox({ tags: ["a", "b"] }), storedBox({ tags: ["b", "a"] }))).toEqual([]);
  });
});

describe("update", () => {
  test("gets the prior state and gives the new one", async () => {
    const server = await boxServer();
    const { plan } = await planOf(server, storedBox(), box({ size: 2 }));

    const { state, diagnostics } = await apply(server, storedBox(), plan);

    expect(diagnostics).toEqual([]);
    expect(state).toEqual(storedBox({ size: 2, revision: 2 }));
  });

  test("that throws keeps what it had set, and does not change the prior state that it was given", async () => {
    const server = await boxServer({
      async update(_, response) {
        if (response.state) response.state.size = 2;
        throw new DiagnosticError("Unable to grow", "Half way.");
      },
    });
    const prior = storedBox();

    const { state } = await apply(server, prior, storedBox({ size: 3 }));

    expect(state).toEqual(storedBox({ size: 2 }));
    expect(prior).toEqual(storedBox());
  });

  test("of a type that cannot be updated is an error, and the state stays", async () => {
    const server = await boxServer({ update: undefined });

    const { state, diagnostics } = await apply(server, storedBox(), storedBox({ size: 2 }));

    expect(state).toEqual(storedBox());
    expect(diagnostics).toMatchObject([
      { summary: "Unable to update memory_box", detail: expect.stringMatching(/no update in place/) as unknown },
    ]);
  });
});

describe("delete", () => {
  test("leaves nothing when it ends without an error", async () => {
    const deleted: ObjectValue[] = [];
    const server = await boxServer({
      async delete({ state }) {
        deleted.push(state);
      },
    });

    expect(await apply(server, storedBox(), null)).toMatchObject({ state: null, diagnostics: [] });
    expect(deleted).toEqual([storedBox()]);
  });

  test("that fails keeps the state, as far as it was changed", async () => {
    const server = await boxServer({
      async delete(_, response) {
        if (response.state) response.state.tags = ["drained"];
        response.diagnostics.addError("Unable to delete", "Still full.");
      },
    });

    const { state } = await apply(server, storedBox(), null);

    expect(state).toEqual(storedBox({ tags: ["drained"] }));
  });
});

test("an unknown type keeps the stored state and private state, and is named in the error", async () => {
  const server = new ProviderServer(memoryProvider());

  for (const typeName of ["memory_bag", "constructor"]) {
    const reply = await server.applyResourceChange({
      typeName,
      priorState: storedBox(),
      plan: null,
      config: null,
      privateState: Buffer.from("{}"),
    });

    expect(reply.state).toEqual(storedBox());
    expect(Buffer.from(reply.privateState).toString()).toBe("{}");
    expect(reply.diagnostics).toMatchObject([{ summary: `Unknown resource ${typeName}` }]);
  }
});
