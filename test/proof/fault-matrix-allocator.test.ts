import { prove, writeTable } from "./prove";

const life = "An allocator on a VM";

test(`${life}: whatever goes wrong with one call, nothing is lost and nothing stays`, async () => {
  const { losses, table } = await prove(life);
  writeTable(life, table);

  expect(losses).toEqual([]);
});
