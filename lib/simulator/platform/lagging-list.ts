/** How a list of the API differs from the truth. */
export type ListLag<Noun extends string> = {
  /** Number of reads of the list that do not show a new one yet. @default 0 */
  [Key in `${Noun}ListedAfterReads`]: number;
} & {
  /** Number of reads of the list that still show a deleted one. @default 0 */
  [Key in `${Noun}UnlistedAfterReads`]: number;
} & {
  /** Ids that no list shows, though a read by id has them. @default - none */
  unlisted: readonly string[];
};

/** A list that shows additions and removals late. */
export class LaggingList<Item> {
  readonly #lag: () => { readonly addedAfterReads: number; readonly removedAfterReads: number };
  readonly #isUnlisted: (item: Item) => boolean;
  readonly #hidden = new Map<Item, number>();
  readonly #ghosts = new Map<Item, number>();

  constructor(
    lag: () => { readonly addedAfterReads: number; readonly removedAfterReads: number },
    isUnlisted: (item: Item) => boolean,
  ) {
    this.#lag = lag;
    this.#isUnlisted = isUnlisted;
  }

  added(item: Item): void {
    this.#hidden.set(item, this.#lag().addedAfterReads);
  }

  removed(item: Item): void {
    this.#ghosts.set(item, this.#lag().removedAfterReads);
  }

  /** What a read of the list shows. Each read uses up one of those that lag. */
  read(items: readonly Item[]): Item[] {
    const hidden = useUp(this.#hidden);
    const ghosts = useUp(this.#ghosts);
    return [...items.filter((item) => !hidden.has(item)), ...ghosts].filter((item) => !this.#isUnlisted(item));
  }
}

function useUp<Item>(reads: Map<Item, number>): Set<Item> {
  const left = new Set<Item>();
  for (const [item, count] of reads) {
    if (count > 0) left.add(item);
    if (count > 1) reads.set(item, count - 1);
    else reads.delete(item);
  }
  return left;
}
