import { UNKNOWN, type Type, type Value } from "../../../../lib/plugin/framework";
import { conform } from "../../../../lib/plugin/framework/server/conformity";
import type { Fault } from "../../../../lib/plugin/framework/server/fault";

function conformed(type: Type, value: Value | undefined, unknowns: "keep" | "fault" | "drop" = "fault") {
  const faults: Fault[] = [];
  return { value: conform(type, value, unknowns, faults), faults };
}

test("an absent attribute becomes null", () => {
  expect(conformed({ object: { a: "string", b: "bool" } }, { a: "x" })).toEqual({
    value: { a: "x", b: null },
    faults: [],
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
])("%s becomes null, with a fault", (_, type, value) => {
  expect(conformed(type, value as Value)).toEqual({
    value: null,
    faults: [{ path: [], text: expect.any(String) as unknown }],
  });
});

test("a fault has the path to where it is, which ends at a set", () => {
  const type: Type = { object: { a: { list: { map: "number" } }, b: { set: "number" } } };

  const { value, faults } = conformed(type, { a: [{}, { k: "x" }], b: [1, "x"] });

  expect(faults.map(({ path }) => path)).toEqual([["a", 1, "k"], ["b"]]);
  expect(value).toEqual({ a: [{}, { k: null }], b: [1, null] });
});

test("unknown values are kept, or become null with a fault or without", () => {
  const type: Type = { list: "string" };

  expect(conformed(type, ["a", UNKNOWN], "keep")).toEqual({ value: ["a", UNKNOWN], faults: [] });
  expect(conformed(type, ["a", UNKNOWN], "drop")).toEqual({ value: ["a", null], faults: [] });
  expect(conformed(type, ["a", UNKNOWN], "fault")).toEqual({
    value: ["a", null],
    faults: [{ path: [1], text: "is still unknown" }],
  });
});

test("a dynamic value may be anything", () => {
  expect(conformed("dynamic", { a: [1, { b: true }] })).toEqual({ value: { a: [1, { b: true }] }, faults: [] });
});
