import { validators, type Value } from "../../../lib/plugin/framework";

const { duration, eachOneOf, notEmpty, oneOf, tryParseDurationMs, wholeNumber } = validators;

test.each([
  [oneOf(["a", "b"]), "a"],
  [oneOf([1, 2]), 2],
  [eachOneOf(["a", "b"]), ["b", "a"]],
  [eachOneOf(["a"]), []],
  [eachOneOf(["a"]), { key: "a" }],
  [notEmpty(), "x"],
  [notEmpty(), ["x"]],
  [notEmpty(), { key: "x" }],
  [wholeNumber({ atLeast: 1, atMost: 3 }), 1],
  [wholeNumber({ atLeast: 1, atMost: 3 }), 3],
  [wholeNumber({ atLeast: 1 }), 1e9],
  [duration(), "1h30m"],
])("%# accepts what is allowed", (validator, value: Value) => {
  expect(validator(value, [])).toBeUndefined();
});

test.each([
  [oneOf(["a", "b"]), "c", 'Must be one of "a", "b"; got "c".'],
  [oneOf([1]), "1", 'Must be one of 1; got "1".'],
  [eachOneOf(["a", "b"]), ["a", "c", null], 'May hold only "a", "b"; got "c", null.'],
  [notEmpty(), "  ", 'Must not be empty; got "  ".'],
  [notEmpty(), [], "Must not be empty; got []."],
  [wholeNumber({ atLeast: 1, atMost: 3 }), 4, "Must be a whole number from 1 to 3; got 4."],
  [wholeNumber({ atLeast: 1, atMost: 3 }), 0, "Must be a whole number from 1 to 3; got 0."],
  [wholeNumber({ atLeast: 1 }), 1.5, "Must be a whole number of at least 1; got 1.5."],
  [duration(), "0s", 'Must be a duration above zero such as "90s", "20m" or "1h30m"; got "0s".'],
  [duration(), "soon", 'Must be a duration above zero such as "90s", "20m" or "1h30m"; got "soon".'],
])("%# says what is allowed and what it got", (validator, value: Value, message) => {
  expect(validator(value, [])).toBe(message);
});

test.each([
  ["1h30m", 5_400_000],
  ["1.5h", 5_400_000],
  ["250ms", 250],
  ["1m0.5s", 60_500],
  ["2µs", 0.002],
])("%s are %d milliseconds", (text, milliseconds) => {
  expect(tryParseDurationMs(text)).toBeCloseTo(milliseconds);
});

test.each(["", "90", "s", "-1s", "1 h", "1h 30m", "1d", "1hour"])("%j is no duration", (text) => {
  expect(tryParseDurationMs(text)).toBeUndefined();
});
