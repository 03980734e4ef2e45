import { SimulatedClock } from "../../../lib/simulator";

test("advance() moves the platform's time ahead of the real one", () => {
  const clock = new SimulatedClock();

  clock.advance(3600);

  expect(clock.now().getTime() - Date.now()).toBeGreaterThan(3_590_000);
});

test.each([-1, NaN, Infinity])("advance(%p) throws", (seconds) => {
  expect(() => new SimulatedClock().advance(seconds)).toThrow(/at least 0/);
});
