import { UNKNOWN, Unknown, equalValues, type Type, type Value } from "../../../lib/plugin/framework";
import { fc } from "../../support/property";

const setOfStrings = { set: "string" } as const;

test("sets are equal in any order and with repeated elements", () => {
  const shuffled = fc
    .array(fc.string())
    .chain((elements) =>
      fc.tuple(fc.constant(elements), fc.shuffledSubarray(elements, { minLength: elements.length })),
    );

  fc.assert(
    fc.property(shuffled, ([elements, others]) => equalValues(setOfStrings, elements, [...others, ...elements])),
  );
});

test("sets with other elements differ", () => {
  fc.assert(
    fc.property(fc.array(fc.string()), fc.string(), (elements, stranger) => {
      fc.pre(!elements.includes(stranger));
      return !equalValues(setOfStrings, elements, [...elements, stranger]);
    }),
  );
});

test("lists are equal only in the same order", () => {
  expect(equalValues({ list: "string" }, ["a", "b"], ["a", "b"])).toBe(true);
  expect(equalValues({ list: "string" }, ["a", "b"], ["b", "a"])).toBe(false);
});

test.each<[string, Type, Value, Value]>([
  ["strings that spell other values", "dynamic", "null", null],
  ["a number and its text", "dynamic", 1, "1"],
  ["a list element with a comma and two elements", { list: "string" }, ["a,b"], ["a", "b"]],
  ["an empty map and null", { map: "string" }, {}, null],
  ["an empty list and null", { list: "string" }, [], null],
  ["an unknown and a known value", "string", UNKNOWN, "unknown"],
  ["maps with a null element and without", { map: "string" }, { a: null }, {}],
])("%s differ", (_, type, left, right) => {
  expect(equalValues(type, left, right)).toBe(false);
});

test("an attribute that is absent from an object is null, and the order of attributes and keys means nothing", () => {
  const type: Type = { object: { a: "string", b: { map: "number" } } };

  expect(equalValues(type, { b: { x: 1, y: 2 } }, { a: null, b: { y: 2, x: 1 } })).toBe(true);
});

test("sets of objects are compared deeply", () => {
  const type: Type = { set: { object: { roles: setOfStrings } } };

  expect(equalValues(type, [{ roles: ["a", "b"] }, { roles: [] }], [{ roles: [] }, { roles: ["b", "a"] }])).toBe(true);
  expect(equalValues(type, [{ roles: ["a", "b"] }], [{ roles: ["a"] }])).toBe(false);
});

test("unknown values are equal whatever is known about them", () => {
  expect(equalValues("string", UNKNOWN, new Unknown({ stringPrefix: "a" }))).toBe(true);
});
