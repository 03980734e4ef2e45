import { ProviderServer, type Resource, type Schema, type Type, type Value } from "../../../../lib/plugin/framework";
import { valueFromJson } from "../../../../lib/plugin/framework/server/stored-state";
import { box, boxResource, memoryProvider, storedBox } from "../memory-provider";
import { fc } from "../../../support/property";

function upgrade(version: number, state: { [key: string]: unknown }, overrides: Partial<Resource<string>> = {}) {
  const server = new ProviderServer(memoryProvider({ resources: { memory_box: boxResource(overrides) } }));
  return server.upgradeResourceState({ typeName: "memory_box", version, state });
}

test("the state of the present version is read by the schema", async () => {
  const state = { id: "box-1", name: "crate", size: 3, tags: ["a"], lid: { locked: true, material: "oak" } };

  const reply = await upgrade(2, state);

  expect(reply).toEqual({
    diagnostics: [],
    state: box({ ...state, lid: { locked: true, material: "oak", key: null } }),
  });
});

test("attributes that the schema no longer has are passed over", async () => {
  const { state, diagnostics } = await upgrade(2, {
    name: "crate",
    weight: 3,
    lid: { material: "oak", hinge: "left" },
  });

  expect(diagnostics).toEqual([]);
  expect(state).toEqual(box({ lid: { locked: null, material: "oak", key: null } }));
});

test("an older state goes through its upgrade", async () => {
  const upgradeState = { 1: ({ title }: { [key: string]: unknown }) => storedBox({ name: String(title) }) };

  expect((await upgrade(1, { title: "chest" }, { upgradeState })).state).toEqual(storedBox({ name: "chest" }));
});

test("what an upgrade leaves out is null, and what does not fit is an error", async () => {
  const upgradeState = { 0: () => ({ name: "chest" }), 1: () => ({ name: 1 }) };

  expect(await upgrade(0, {}, { upgradeState })).toEqual({ diagnostics: [], state: box({ name: "chest" }) });
  expect(await upgrade(1, {}, { upgradeState })).toMatchObject({ state: null, diagnostics: [{ path: ["name"] }] });
});

test("an older state without an upgrade is an error that names both versions", async () => {
  const { state, diagnostics } = await upgrade(0, {});

  expect(state).toBeNull();
  expect(diagnostics[0]?.detail).toMatch(/schema version 0, .* to version 2/);
});

test("the state of a newer provider is an error that says to use it", async () => {
  const { state, diagnostics } = await upgrade(3, { name: "crate" });

  expect(state).toBeNull();
  expect(diagnostics).toMatchObject([{ summary: "Unable to use the state of memory_box" }]);
  expect(diagnostics[0]?.detail).toMatch(/newer version of this provider/);
});

test("a state that does not fit its schema is an error that names the place", async () => {
  const { state, diagnostics } = await upgrade(2, { name: "crate", tags: "a" });

  expect(state).toBeNull();
  expect(diagnostics[0]?.detail).toMatch(/the stored tags does not fit its type \{"set":"string"\}/);
});

test.each<[Type, unknown, Value]>([
  ["string", 5, "5"],
  ["string", true, "true"],
  ["number", "5.5", 5.5],
  ["bool", "false", false],
  ["dynamic", { type: "string", value: "x" }, "x"],
  [{ tuple: ["string", "number"] }, ["a", 1], ["a", 1]],
])("%j is read from %j", (type, json, value) => {
  expect(valueFromJson(type, json)).toEqual(value);
});

test.each<[Type, unknown]>([
  ["number", "five"],
  ["number", ""],
  ["bool", 1],
  ["string", {}],
  [{ list: "string" }, {}],
  [{ map: "string" }, []],
  [{ object: {} }, []],
])("%j is not read from %j", (type, json) => {
  expect(() => valueFromJson(type, json)).toThrow(/does not fit its type/);
});

test("every stored value is read back as it was", async () => {
  const text = fc.option(fc.string({ unit: "binary" }));
  const schema: Schema = {
    description: "Of every kind.",
    attributes: Object.fromEntries(
      Object.entries<Type>({
        a: "string",
        b: { list: { map: "number" } },
        c: { set: { object: { d: "bool", e: { tuple: ["string"] } } } },
      }).map(([name, type]) => [name, { type, description: name, optional: true }]),
    ),
  };
  const server = new ProviderServer(memoryProvider({ resources: { memory_box: boxResource({ schema }) } }));
  const stored = fc.record({
    a: text,
    b: fc.option(fc.array(fc.dictionary(fc.string(), fc.integer()))),
    c: fc.array(fc.record({ d: fc.option(fc.boolean()), e: fc.option(fc.tuple(text)) })),
  });

  await fc.assert(
    fc.asyncProperty(stored, async (state) => {
      const json = JSON.parse(JSON.stringify(state)) as { [key: string]: unknown };
      expect((await server.upgradeResourceState({ typeName: "memory_box", version: 0, state: json })).state).toEqual(
        state,
      );
    }),
  );
});
