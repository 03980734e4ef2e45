import { bool, byName, bytes, int64, many, message, one, string } from "../../../../lib/plugin/protocol/wire/protobuf";

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
