/** Makes something before each test and disposes of it afterwards. Returns a function that gives the one of this test. */
export function useEach<Thing>(make: () => Thing | Promise<Thing>, dispose: (thing: Thing) => unknown): () => Thing {
  let current: { readonly thing: Thing } | undefined;
  beforeEach(async () => {
    current = { thing: await make() };
  });
  afterEach(async () => {
    const made = current;
    current = undefined;
    if (made) await dispose(made.thing);
  });
  return () => {
    if (current === undefined) throw new Error("what a test uses is there only while a test runs");
    return current.thing;
  };
}
