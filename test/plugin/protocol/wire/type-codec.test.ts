import type { Type } from "../../../../lib/plugin/framework";
import { decodeType, encodeType } from "../../../../lib/plugin/protocol/wire/type-codec";

const TYPES: readonly [json: string, type: Type][] = [
  ['"string"', "string"],
  ['"dynamic"', "dynamic"],
  ['["list","number"]', { list: "number" }],
  ['["set","bool"]', { set: "bool" }],
  ['["map",["list","string"]]', { map: { list: "string" } }],
  ['["tuple",["string","number"]]', { tuple: ["string", "number"] }],
  ['["object",{"a":"string","b":["set","string"]}]', { object: { a: "string", b: { set: "string" } } }],
];

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
