import { AxiosError, type AxiosResponse } from "axios";
import { pauseMs } from "../../../lib/api/transport/retry-policy";

test.each([
  [1, 1_000],
  [2, 2_000],
  [4, 8_000],
])("the pause before retry %d is %d ms or up to a fifth more", (retry, least) => {
  const pause = pauseMs(retry, new AxiosError("away"));

  expect(pause).toBeGreaterThanOrEqual(least);
  expect(pause).toBeLessThanOrEqual(least * 1.2);
});

test("Retry-After lengthens the pause", () => {
  expect(pauseMs(1, tooOften("20"))).toBeGreaterThanOrEqual(20_000);
});

test("no pause is longer than a minute", () => {
  expect(pauseMs(1, tooOften("3600"))).toBe(60_000);
  expect(pauseMs(20, new AxiosError("away"))).toBe(60_000);
});

function tooOften(retryAfter: string): AxiosError {
  const response = { status: 429, headers: { "retry-after": retryAfter } } as unknown as AxiosResponse;
  return new AxiosError("too often", undefined, undefined, undefined, response);
}
