import { decodeNumber, encodeNumber } from "../../../../lib/plugin/protocol/wire/number-codec";
import { fc } from "../../../support/property";

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
