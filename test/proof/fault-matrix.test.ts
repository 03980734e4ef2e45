import { prove, writeTable } from "./prove";

const LIVES = ["A director on a VM", "A token that is revoked after the join", "An allocator on a machine"] as const;

test.each(LIVES)("%s: whatever goes wrong with one call, nothing is lost and nothing stays", async (life) => {
  const { losses, table } = await prove(life);
  writeTable(life, table);

  expect(losses).toEqual([]);
});
