import { UNKNOWN, Unknown, type Refinement, type Type, type Value } from "../../../../lib/plugin/framework";
import { planBreaches } from "../../../../lib/plugin/framework/server/plan-consistency";

test.each<[string, Refinement, Value]>([
  ["a value where null was told", { nullness: "null" }, "x"],
  ["null where a value was told", { nullness: "not-null" }, null],
  ["another prefix", { stringPrefix: "ab" }, "ac"],
  ["a number below the bound", { numberLowerBound: { value: 1, inclusive: true } }, 0],
  ["a number on an exclusive lower bound", { numberLowerBound: { value: 1, inclusive: false } }, 1],
  ["a number above the bound", { numberUpperBound: { value: 1, inclusive: true } }, 2],
  ["a number on an exclusive upper bound", { numberUpperBound: { value: 1, inclusive: false } }, 1],
  ["too few elements", { lengthLowerBound: 2 }, ["a"]],
  ["too many keys", { lengthUpperBound: 0 }, { a: "b" }],
])("%s breaks a refinement", (_, refinement, actual) => {
  expect(planBreaches("dynamic", new Unknown(refinement), actual)).toHaveLength(1);
});

test.each<[string, Refinement, Value]>([
  ["null where null was told", { nullness: "null" }, null],
  ["null where only values have a prefix", { stringPrefix: "ab" }, null],
  ["the prefix itself", { stringPrefix: "ab" }, "ab"],
  ["a number on an inclusive bound", { numberLowerBound: { value: 1, inclusive: true } }, 1],
  ["as many elements as told", { lengthLowerBound: 1, lengthUpperBound: 1 }, ["a"]],
  ["anything where nothing was told", {}, true],
])("%s keeps a refinement", (_, refinement, actual) => {
  expect(planBreaches("dynamic", new Unknown(refinement), actual)).toEqual([]);
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
])("%s is told where it stands", (_, type, planned, actual, paths) => {
  expect(planBreaches(type, planned, actual).map(({ path }) => path)).toEqual(paths);
});

test("the unknown elements of a set may become anything, even equal to others", () => {
  expect(planBreaches({ set: "string" }, ["a", UNKNOWN], ["b", "a"])).toEqual([]);
  expect(planBreaches({ set: "string" }, ["a", UNKNOWN], ["a"])).toEqual([]);
});
