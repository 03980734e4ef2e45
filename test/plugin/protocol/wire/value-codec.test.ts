import { isObjectValue, UNKNOWN, Unknown, type Type, type Value } from "../../../../lib/plugin/framework";
import { decodeNumber, decodeValue, encodeNumber, encodeValue } from "../../../../lib/plugin/protocol/wire/value-codec";
import { fc } from "../../../support/property";

const hex = (text: string) => Buffer.from(text.replaceAll(" ", ""), "hex");
const encoded = (value: Value, type: Type) => Buffer.from(encodeValue(value, type).msgpack).toString("hex");

// The bytes that go-cty, the library inside Terraform, gives for the same values.
const GOLDEN: readonly [name: string, type: Type, value: Value, bytes: string][] = [
  ["null", "string", null, "c0"],
  ["a string", "string", "hé", "a3 68c3a9"],
  ["true", "bool", true, "c3"],
  ["a small integer", "number", 5, "05"],
  ["a negative integer", "number", -1, "ff"],
  ["a 32-bit integer", "number", 86400, "ce 00015180"],
  ["a fraction", "number", 0.1, "a3 302e31"],
  ["a list", { list: "string" }, ["a", null], "92 a161 c0"],
  ["a set", { set: "number" }, [2, 1], "92 02 01"],
  ["a map", { map: "string" }, { b: "2", a: "1" }, "82 a161 a131 a162 a132"],
  ["an object", { object: { b: "bool", a: "string" } }, { a: "x", b: false }, "82 a161 a178 a162 c2"],
  ["a tuple", { tuple: ["string", "bool"] }, ["x", true], "92 a178 c3"],
  ["an unknown value", "string", UNKNOWN, "d4 00 00"],
  ["an unknown value that is not null", "string", new Unknown({ nullness: "not-null" }), "c7 03 0c 81 01 c2"],
  [
    "an unknown string with a prefix",
    "string",
    new Unknown({ nullness: "not-null", stringPrefix: "tf-" }),
    "d7 0c 82 01 c2 02 a3 74662d",
  ],
  [
    "an unknown number with bounds",
    "number",
    new Unknown({ numberLowerBound: { value: 2, inclusive: true }, numberUpperBound: { value: 30, inclusive: false } }),
    "c7 09 0c 82 03 92 02 c3 04 92 1e c2",
  ],
  [
    "an unknown list with a length",
    { list: "string" },
    new Unknown({ lengthLowerBound: 1, lengthUpperBound: 8 }),
    "c7 05 0c 82 05 01 06 08",
  ],
  ["a dynamic string", "dynamic", "x", "92 c408 22737472696e6722 a178"],
  ["a dynamic null", "dynamic", null, "c0"],
];

describe.each(GOLDEN)("%s", (_name, type, value, bytes) => {
  test("is written in Terraform's bytes", () => {
    expect(encoded(value, type)).toBe(bytes.replaceAll(" ", ""));
  });

  test("is read from Terraform's bytes", () => {
    expect(decodeValue({ msgpack: hex(bytes) }, type)).toEqual(value);
  });
});

test.each(["d4 07 00", "c7 00 0c", "d4 0c 00", "c7 02 ff 0102", "c7 03 2a 010203"])(
  "an extension of any type is an unknown value: %s",
  (bytes) => {
    expect(decodeValue({ msgpack: hex(bytes) }, "string")).toBe(UNKNOWN);
  },
);

test("refinements of a kind that this codec does not know are ignored", () => {
  expect(decodeValue({ msgpack: hex("c7 05 0c 82 01 c2 63 01") }, "string")).toEqual(
    new Unknown({ nullness: "not-null" }),
  );
});

test("a number may come as an integer, a float or a decimal string", () => {
  const wires = ["cf 0000000000000007", "cb 401c000000000000", "a1 37", "d3 0000000000000007"];

  expect(wires.map((bytes) => decodeValue({ msgpack: hex(bytes) }, "number"))).toEqual([7, 7, 7, 7]);
});

test("attributes that are missing on either side are null", () => {
  const type: Type = { object: { a: "string", b: "string" } };

  expect(decodeValue({ msgpack: hex("81 a161 a178") }, type)).toEqual({ a: "x", b: null });
  expect(encoded({ a: "x" }, type)).toBe(encoded({ a: "x", b: null }, type));
});

test("equal objects have equal bytes, whatever the order of their attributes", () => {
  expect(encoded({ a: "1", b: "2" }, { map: "string" })).toBe(encoded({ b: "2", a: "1" }, { map: "string" }));
});

test("a dynamic value is read by the type that comes with it", () => {
  const type = Buffer.from('["set","number"]');
  const msgpack = Buffer.concat([hex("92 c4"), Buffer.from([type.length]), type, hex("92 01 02")]);

  expect(decodeValue({ msgpack }, "dynamic")).toEqual([1, 2]);
});

describe("JSON", () => {
  const type: Type = { object: { name: "string", ports: { set: "number" }, any: "dynamic", gone: "bool" } };

  test("is read where there is no msgpack", () => {
    const json = Buffer.from('{"name":"x","ports":[1.5],"any":{"type":["list","string"],"value":["a"]},"gone":null}');

    expect(decodeValue({ json }, type)).toEqual({ name: "x", ports: [1.5], any: ["a"], gone: null });
  });

  test("gives way to msgpack", () => {
    expect(decodeValue({ json: Buffer.from('"json"'), msgpack: hex("a1 6d") }, "string")).toBe("m");
  });
});

test("a value with neither msgpack nor JSON is null", () => {
  expect(decodeValue(null, "string")).toBeNull();
  expect(decodeValue({ msgpack: Buffer.alloc(0), json: Buffer.alloc(0) }, "string")).toBeNull();
});

describe("a value that is not of its type", () => {
  const type: Type = { object: { outer: { object: { token: "string", count: "number" } } } };

  test.each<[string, Value, string]>([
    ["another primitive", { outer: { token: 7 } }, "outer.token: expected a string"],
    ["no number", { outer: { count: "secret" } }, "outer.count: expected a number"],
    ["no object", { outer: "secret" }, "outer: expected an object"],
    ["an attribute beyond the schema", { outer: { tokn: "secret" } }, "outer.tokn is not in the schema"],
  ])("is refused with its place and without its content: %s", (_case, value, message) => {
    expect(() => encodeValue(value, type)).toThrow(message);
    expect(() => encodeValue(value, type)).not.toThrow("secret");
  });

  test("is refused when read, too", () => {
    expect(() => decodeValue({ json: Buffer.from('{"outer":{"token":7}}') }, type)).toThrow(
      "outer.token: expected a string",
    );
    expect(() => decodeValue({ json: Buffer.from('["a","b"]') }, { tuple: ["string"] })).toThrow("a tuple of 1");
  });

  test("is refused with the place as diagnostics write it", () => {
    const hosts: Type = { list: { object: { zone: "string" } } };

    expect(() => encodeValue({ hosts: [{ zone: "a" }, { zone: 7 }] }, { object: { hosts } })).toThrow(
      "hosts[1].zone: expected a string",
    );
  });
});

describe("any value of any type", () => {
  const text = fc.string({ unit: "grapheme", maxLength: 8 });
  const name = text.filter((key) => key !== "__proto__").map((each) => each.normalize("NFC"));
  const refinement = fc.oneof(
    fc.constant({}),
    fc.record({ nullness: fc.constantFrom("not-null" as const, "null" as const) }),
    fc.record({ stringPrefix: text }),
    fc.record({ numberLowerBound: fc.record({ value: fc.double({ noNaN: true }), inclusive: fc.boolean() }) }),
    fc.record({ lengthLowerBound: fc.nat(), lengthUpperBound: fc.nat() }),
  );
  const { type } = fc.letrec<{ type: Type }>((tie) => ({
    type: fc.oneof(
      { depthSize: "small" },
      fc.constantFrom<Type>("string", "number", "bool"),
      fc.record({ list: tie("type") }),
      fc.record({ set: tie("type") }),
      fc.record({ map: tie("type") }),
      fc.record({ tuple: fc.array(tie("type"), { maxLength: 3 }) }),
      fc.record({ object: fc.dictionary(name, tie("type"), { maxKeys: 3 }) }),
    ),
  }));

  function valueOf(type: Type): fc.Arbitrary<Value> {
    const special = [fc.constant(null), refinement.map((refined) => new Unknown(refined))];
    return fc.oneof({ weight: 6, arbitrary: knownValueOf(type) }, ...special);
  }

  function knownValueOf(type: Type): fc.Arbitrary<Value> {
    if (type === "string" || type === "dynamic") return text;
    if (type === "bool") return fc.boolean();
    if (type === "number") return fc.double({ noNaN: true }).map((number) => number + 0);
    if ("list" in type) return fc.array(valueOf(type.list), { maxLength: 3 });
    if ("set" in type) return fc.array(valueOf(type.set), { maxLength: 3 });
    if ("map" in type) return fc.dictionary(name, valueOf(type.map), { maxKeys: 3, noNullPrototype: true });
    if ("tuple" in type) return fc.tuple(...type.tuple.map(valueOf));
    const attributes = Object.entries(type.object).map(([attribute, inner]) => [attribute, valueOf(inner)]);
    return fc.record(Object.fromEntries(attributes) as { [name: string]: fc.Arbitrary<Value> }, {
      noNullPrototype: true,
    });
  }

  test("comes back from its bytes, with its text in Terraform's form of Unicode", () => {
    const typed = type.chain((type) => fc.tuple(fc.constant(type), valueOf(type)));
    fc.assert(
      fc.property(typed, ([type, value]) => {
        expect(decodeValue(encodeValue(value, type), type)).toEqual(normalized(value));
      }),
      { numRuns: 300 },
    );
  });
});

test.each([
  [0, 0],
  [-7, -7],
  [0.5, "0.5"],
  [0.1, "0.1"],
  [2 ** 53 - 1, 2 ** 53 - 1],
  [2 ** 53, "9007199254740992"],
  [1e300, "1e+300"],
  [Infinity, Infinity],
])("%p is written as %p", (value, wire) => {
  expect(encodeNumber(value)).toBe(wire);
});

test.each<[unknown, number]>([
  [12, 12],
  [12n, 12],
  [-5n, -5],
  [0.25, 0.25],
  ["0.1", 0.1],
  ["-1200", -1200],
  ["1000000000000000000000000", 1e24],
  ["0.00000012", 1.2e-7],
])("%p is read as %p", (wire, value) => {
  expect(decodeNumber(wire)).toBe(value);
});

test.each<[unknown]>([["3.14159265358979323846"], [2n ** 53n + 1n], ["12345678901234567891"]])(
  "%p is refused, because it would come back changed",
  (wire) => {
    expect(() => decodeNumber(wire)).toThrow("more digits than this provider can keep");
  },
);

test.each([["seven"], [true], [{}]])("%p is not a number", (wire) => {
  expect(() => decodeNumber(wire)).toThrow("expected a number");
});

test("NaN is never written", () => {
  expect(() => encodeNumber(NaN)).toThrow("got NaN");
});

test("every number comes back from its written form", () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true }), (value) => {
      // Terraform has no negative zero.
      expect(decodeNumber(encodeNumber(value)) + 0).toBe(value + 0);
    }),
  );
});

/** With all text composed, as Terraform has it. */
function normalized(value: Value): Value {
  if (typeof value === "string") return value.normalize("NFC");
  if (Array.isArray(value)) return value.map(normalized);
  if (!isObjectValue(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key.normalize("NFC"), normalized(member)]));
}
