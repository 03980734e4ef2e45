import { readTimeout, timeoutsBlock } from "../../../lib/plugin/framework";

const timeouts = timeoutsBlock({ create: "30m", delete: "1h" });

test("each operation has an optional argument that takes only durations and documents its default", () => {
  const { create } = timeouts.attributes;

  expect(Object.keys(timeouts.attributes)).toEqual(["create", "delete"]);
  expect(create).toMatchObject({ type: "string", optional: true });
  expect(create?.description).toContain('"30m"');
  expect(create?.validators?.[0]?.("half an hour", ["timeouts", "create"])).toMatch(/duration/);
});

test.each([
  ["the configured time", { create: "90s", delete: null }, 90_000],
  ["the default where the argument is not set", { create: null, delete: "90s" }, 1_800_000],
  ["the default where the block is absent", null, 1_800_000],
  ["the default where there is no block at all", undefined, 1_800_000],
])("readTimeout() gives %s", (_, value, milliseconds) => {
  expect(readTimeout(timeouts, value, "create")).toBe(milliseconds);
});
