import { UNKNOWN, Unknown, type Refinement, type Type, type Value } from "../../../../lib/plugin/framework";
import { conform, inconsistencies, type ContractViolation } from "../../../../lib/plugin/framework/server/conformity";

function conformed(type: Type, value: Value | undefined, unknowns: "keep" | "reject" | "drop" = "reject") {
  const violations: ContractViolation[] = [];
  return { value: conform(type, value, unknowns, violations), violations };
}

test("an absent attribute becomes null", () => {
  expect(conformed({ object: { a: "string", b: "bool" } }, { a: "x" })).toEqual({
    value: { a: "x", b: null },
    violations: [],
  });
});

test.each<[string, Type, unknown]>([
  ["a number where text belongs", "string", 1],
  ["text where a number belongs", "number", "1"],
  ["what is not a number", "number", NaN],
  ["text where a truth value belongs", "bool", "true"],
  ["a map where a list belongs", { list: "string" }, { a: "x" }],
  ["a list where a map belongs", { map: "string" }, ["x"]],
  ["a list where an object belongs", { object: {} }, []],
  ["a tuple that is too short", { tuple: ["string", "string"] }, ["x"]],
])("%s becomes null, with a violation", (_, type, value) => {
  expect(conformed(type, value as Value)).toEqual({
    value: null,
    violations: [{ path: [], text: expect.any(String) as unknown }],
  });
});

test("a violation has its path, which ends at a set", () => {
  const type: Type = { object: { a: { list: { map: "number" } }, b: { set: "number" } } };

  const { value, violations } = conformed(type, { a: [{}, { k: "x" }], b: [1, "x"] });

  expect(violations.map(({ path }) => path)).toEqual([["a", 1, "k"], ["b"]]);
  expect(value).toEqual({ a: [{}, { k: null }], b: [1, null] });
});

test("unknown values are kept, or become null with a violation or without", () => {
  const type: Type = { list: "string" };

  expect(conformed(type, ["a", UNKNOWN], "keep")).toEqual({ value: ["a", UNKNOWN], violations: [] });
  expect(conformed(type, ["a", UNKNOWN], "drop")).toEqual({ value: ["a", null], violations: [] });
  expect(conformed(type, ["a", UNKNOWN], "reject")).toEqual({
    value: ["a", null],
    violations: [{ path: [1], text: "is still unknown" }],
  });
});

test("a dynamic value may be anything", () => {
  expect(conformed("dynamic", { a: [1, { b: true }] })).toEqual({ value: { a: [1, { b: true }] }, violations: [] });
});

test.each<[string, Refinement, Value]>([
  ["a value where null was announced", { nullness: "null" }, "x"],
  ["null where a value was announced", { nullness: "not-null" }, null],
  ["another prefix", { stringPrefix: "ab" }, "ac"],
  ["a number below the bound", { numberLowerBound: { value: 1, inclusive: true } }, 0],
  ["a number on an exclusive lower bound", { numberLowerBound: { value: 1, inclusive: false } }, 1],
  ["a number above the bound", { numberUpperBound: { value: 1, inclusive: true } }, 2],
  ["a number on an exclusive upper bound", { numberUpperBound: { value: 1, inclusive: false } }, 1],
  ["too few elements", { lengthLowerBound: 2 }, ["a"]],
  ["too many keys", { lengthUpperBound: 0 }, { a: "b" }],
])("%s breaks a refinement", (_, refinement, actual) => {
  expect(inconsistencies("dynamic", new Unknown(refinement), actual)).toHaveLength(1);
});

test.each<[string, Refinement, Value]>([
  ["null where null was announced", { nullness: "null" }, null],
  ["null where only values have a prefix", { stringPrefix: "ab" }, null],
  ["the prefix itself", { stringPrefix: "ab" }, "ab"],
  ["a number on an inclusive bound", { numberLowerBound: { value: 1, inclusive: true } }, 1],
  ["as many elements as announced", { lengthLowerBound: 1, lengthUpperBound: 1 }, ["a"]],
  ["anything where nothing was announced", {}, true],
])("%s keeps a refinement", (_, refinement, actual) => {
  expect(inconsistencies("dynamic", new Unknown(refinement), actual)).toEqual([]);
});

test.each<[string, Type, Value, Value, (string | number)[][]]>([
  ["a list element", { list: "string" }, ["a", UNKNOWN, "c"], ["a", "b", "x"], [[2]]],
  ["the length of a list", { list: "string" }, ["a", UNKNOWN], ["a"], [[]]],
  ["a map element", { map: "string" }, { a: "1", b: "2" }, { a: "1", b: "3" }, [["b"]]],
  ["a key that is gone", { map: "string" }, { a: "1", b: UNKNOWN }, { b: "2" }, [["a"]]],
  ["a key that came", { map: "string" }, { a: UNKNOWN }, { a: "1", b: "2" }, [["b"]]],
  ["an element of a set with unknown ones", { set: "string" }, ["a", UNKNOWN], ["b", "c"], [[]]],
  ["the size of a set with unknown elements", { set: "string" }, ["a", UNKNOWN], ["a", "b", "c"], [[]]],
  ["an attribute deep within", { object: { a: { list: "number" } } }, { a: [1] }, { a: [2] }, [["a"]]],
])("%s is reported at its path", (_, type, planned, actual, paths) => {
  expect(inconsistencies(type, planned, actual).map(({ path }) => path)).toEqual(paths);
});

test("the unknown elements of a set may become anything, even equal to others", () => {
  expect(inconsistencies({ set: "string" }, ["a", UNKNOWN], ["b", "a"])).toEqual([]);
  expect(inconsistencies({ set: "string" }, ["a", UNKNOWN], ["a"])).toEqual([]);
});
