import {
  bool,
  byName,
  bytes,
  int64,
  many,
  message,
  one,
  string,
  strings,
} from "../../../../lib/plugin/protocol/wire/protobuf";

const inner = message({ text: string(1) });
const outer = message({
  flag: bool(1),
  number: int64(2),
  data: bytes(3),
  child: one(4, inner),
  named: byName(6, inner),
});

const hex = (text: string) => Buffer.from(text.replaceAll(" ", ""), "hex");

test("fields are written in the wire form of their published numbers", () => {
  expect(outer.encode({ flag: true, number: 300, data: Buffer.from([7]), child: { text: "a" } })).toEqual(
    hex("08 01  10 ac02  1a 01 07  22 03 0a0161"),
  );
});

test("a field that is left out is not written, and an explicit zero is", () => {
  expect(outer.encode({ flag: undefined, number: 0 })).toEqual(hex("10 00"));
});

test("absent fields are read as their defaults", () => {
  expect(outer.decode(Buffer.alloc(0))).toEqual({
    flag: false,
    number: 0,
    data: Buffer.alloc(0),
    child: null,
    named: {},
  });
});

test("fields that are not described are skipped", () => {
  expect(inner.decode(hex("7a 02 ffff  0a 01 61"))).toEqual({ text: "a" });
});

test("repeated and named messages keep all their elements", () => {
  const list = message({ items: many(1, inner), byName: byName(2, inner) });
  const value = { items: [{ text: "a" }, { text: "b" }], byName: { x: { text: "c" } } };

  expect(list.decode(list.encode(value))).toEqual(value);
});

test("integers of 64 bits are read as numbers", () => {
  expect(outer.decode(hex("10 ffffffffffffff0f")).number).toBe(2 ** 53 - 1);
});

test("a negative integer keeps its sign", () => {
  expect(outer.decode(outer.encode({ number: -5 })).number).toBe(-5);
});

test("text that repeats is the last one, and a field of another wire type is skipped", () => {
  expect(inner.decode(hex("0a 01 61  0a 01 62  08 05"))).toEqual({ text: "b" });
});

test("a map keeps a name that JavaScript has a meaning for, and an entry without a value has the default", () => {
  const named = message({ texts: strings(1), messages: byName(2, inner) });

  const read = named.decode(hex("0a 0e  0a 09 5f5f70726f746f5f5f  12 01 61  12 03 0a0162"));

  expect(Object.entries(read.texts)).toEqual([["__proto__", "a"]]);
  expect(read.messages).toEqual({ b: { text: "" } });
  expect(named.encode(read).subarray(0, 16)).toEqual(hex("0a 0e  0a 09 5f5f70726f746f5f5f  12 01 61"));
});

test.each([
  ["ends within a text", "0a 05 61"],
  ["ends within a message", "22 05 0a0161"],
  ["has a message that is shorter than its field", "22 02 0a0161"],
  ["has text that is not UTF-8", "22 03 0a01ff"],
  ["has a field without a number", "00 00"],
])("a message that %s is refused", (_, bytes) => {
  expect(() => outer.decode(hex(bytes))).toThrow();
});
