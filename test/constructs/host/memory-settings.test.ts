import { EceRole, MemorySettings } from "../../../lib";

const { ALLOCATOR, COORDINATOR, DIRECTOR, PROXY } = EceRole;

test.each<[string[], string[]]>([
  [[ALLOCATOR], ["runner", "allocator"]],
  [[PROXY], ["runner"]],
  [
    [DIRECTOR, COORDINATOR, PROXY],
    ["runner", "zookeeper", "director", "constructor", "admin-console"],
  ],
  [
    [ALLOCATOR, COORDINATOR, DIRECTOR, PROXY],
    ["runner", "allocator", "zookeeper", "director", "constructor", "admin-console"],
  ],
])("gives heaps to what the roles %j bring", (roles, services) => {
  const heaps = JSON.parse(MemorySettings.small()._render(roles)) as object;

  expect(Object.keys(heaps).sort()).toEqual([...services].sort());
});

test("has the sizes of Elastic's installations", () => {
  const heaps = (settings: MemorySettings) =>
    settings
      ._render([DIRECTOR, COORDINATOR])
      .match(/"xmx":"(\d+)G"/g)
      ?.join();

  expect(heaps(MemorySettings.small())).toBe('"xmx":"1G","xmx":"4G","xmx":"1G","xmx":"4G","xmx":"4G"');
  expect(heaps(MemorySettings.medium())).toBe('"xmx":"1G","xmx":"8G","xmx":"1G","xmx":"4G","xmx":"8G"');
  expect(heaps(MemorySettings.large())).toBe('"xmx":"1G","xmx":"24G","xmx":"1G","xmx":"4G","xmx":"24G"');
});

test("renders chosen heaps as compact JSON, whatever the roles", () => {
  expect(MemorySettings.of({ runnerGb: 2, adminConsoleGb: 6 })._render([PROXY])).toBe(
    '{"runner":{"xms":"2G","xmx":"2G"},"admin-console":{"xms":"6G","xmx":"6G"}}',
  );
});

test.each([{}, { runnerGb: 0 }, { runnerGb: 1.5 }, { runnerGb: "1" as unknown as number }])("refuses %j", (options) => {
  expect(() => MemorySettings.of(options)).toThrow("MemorySettings.of() got");
});
