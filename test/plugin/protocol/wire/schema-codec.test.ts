import type { Type } from "../../../../lib/plugin/framework";
import {
  decodeType,
  encodeFunction,
  encodeSchema,
  encodeType,
} from "../../../../lib/plugin/protocol/wire/schema-codec";

const TYPES: readonly [json: string, type: Type][] = [
  ['"string"', "string"],
  ['"dynamic"', "dynamic"],
  ['["list","number"]', { list: "number" }],
  ['["set","bool"]', { set: "bool" }],
  ['["map",["list","string"]]', { map: { list: "string" } }],
  ['["tuple",["string","number"]]', { tuple: ["string", "number"] }],
  ['["object",{"a":"string","b":["set","string"]}]', { object: { a: "string", b: { set: "string" } } }],
];

const description = "for the test";

test("an attribute keeps its type, description and flags", () => {
  const { block } = encodeSchema({
    version: 2,
    description,
    attributes: { token: { type: { set: "string" }, computed: true, sensitive: true, deprecated: true, description } },
  });

  expect(block).toMatchObject({ version: 2, description });
  expect(block.attributes).toEqual([
    {
      name: "token",
      type: Buffer.from('["set","string"]'),
      description,
      descriptionKind: 1,
      required: undefined,
      optional: undefined,
      computed: true,
      sensitive: true,
      deprecated: true,
    },
  ]);
});

test("an attribute with a default is optional and computed", () => {
  const { block } = encodeSchema({ description, attributes: { force: { type: "bool", default: false, description } } });

  expect(block.attributes).toMatchObject([{ optional: true, computed: true }]);
});

test("objects whose members have descriptions are nested attributes", () => {
  const { block } = encodeSchema({
    description,
    attributes: {
      hosts: { type: { list: { object: { id: "string" } } }, computed: true, description, members: { id: "Its id." } },
    },
  });

  expect(block.attributes).toMatchObject([
    {
      name: "hosts",
      computed: true,
      nestedType: {
        nesting: 2,
        attributes: [
          { name: "id", type: Buffer.from('"string"'), computed: true, description: "Its id.", descriptionKind: 1 },
        ],
      },
    },
  ]);
  expect(block.attributes[0]).not.toHaveProperty("type");
});

test("a block may stand once", () => {
  const { block } = encodeSchema({
    description,
    attributes: {},
    blocks: { timeouts: { description, attributes: { create: { type: "string", optional: true, description } } } },
  });

  expect(block.blockTypes).toMatchObject([
    { typeName: "timeouts", nesting: 1, block: { description, attributes: [{ name: "create", optional: true }] } },
  ]);
});

test("a function has its parameters and its result", () => {
  const definition = encodeFunction({
    summary: "Doubles",
    description,
    parameters: [{ name: "number", type: "number", description }],
    returns: "number",
    call: (number) => number ?? null,
  });

  expect(definition).toEqual({
    summary: "Doubles",
    description,
    descriptionKind: 1,
    parameters: [{ name: "number", type: Buffer.from('"number"'), description, descriptionKind: 1 }],
    return: { type: Buffer.from('"number"') },
  });
});

test.each(TYPES)("%s is a type both ways", (json, type) => {
  expect(encodeType(type).toString()).toBe(json);
  expect(decodeType(Buffer.from(json))).toEqual(type);
});

test("optional attributes of an object type are read as attributes", () => {
  expect(decodeType(Buffer.from('["object",{"a":"string"},["a"]]'))).toEqual({ object: { a: "string" } });
});

test.each(['"text"', '["bag","string"]', "7", '["tuple","string"]'])("%s is refused", (json) => {
  expect(() => decodeType(Buffer.from(json))).toThrow("not a Terraform type");
});
