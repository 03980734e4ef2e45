import { prove } from "../proof/prove";
import { LIVES, type LifeName } from "../proof/lives";

/** Of each life so many cells are left out between two that are tried; `npm run test:proof` tries them all. */
const EVERY_NTH: Readonly<Record<LifeName, number>> = {
  "An allocator on a VM": 137,
  "A director on a VM": 113,
  "A token that is revoked after the join": 31,
  "An allocator on a machine": 127,
};

test.each(Object.keys(LIVES) as LifeName[])(
  "%s: a sample of what can go wrong with one call",
  async (life) => {
    const { losses, table } = await prove(life, EVERY_NTH[life]);

    expect(losses).toEqual([]);
    expect(table).toMatch(/[·→]/);
  },
  300_000,
);
