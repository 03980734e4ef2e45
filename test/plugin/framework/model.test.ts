import { schemaType, type ModelOf, type Schema, type Unknown, type Value } from "../../../lib/plugin/framework";

const SCHEMA = {
  description: "A box.",
  attributes: {
    name: { type: "string", required: true, description: "Its name." },
    size: { type: "number", optional: true, default: 1, description: "Its size." },
    tags: { type: { map: "string" }, optional: true, description: "Its tags." },
    parts: {
      type: { list: { object: { label: "string", flat: "bool" } } },
      computed: true,
      description: "Its parts.",
    },
    id: { type: "string", computed: true, alwaysSet: true, description: "Its id." },
    extra: { type: "dynamic", required: true, description: "Anything." },
  },
  blocks: {
    lid: {
      description: "Its lid.",
      attributes: { locked: { type: "bool", optional: true, description: "Whether it is locked." } },
    },
  },
} satisfies Schema;

interface State {
  name: string;
  size: number;
  tags: { [key: string]: string } | null;
  parts: { label: string | null; flat: boolean | null }[] | null;
  id: string;
  extra: Value;
  lid: { locked: boolean | null } | null;
}

type Plan = Omit<State, "id" | "parts"> & {
  id: State["id"] | Unknown;
  parts: State["parts"] | Unknown;
};

/** Compiles only where each type fits the other. */
function same<A, B>(...checks: [A] extends [B] ? ([B] extends [A] ? [true] : never) : never): true[] {
  return checks;
}

test("a schema tells what its states and plans hold", () => {
  const state: ModelOf<typeof SCHEMA>["state"] = {
    ...{ name: "crate", size: 1, tags: { a: "b" }, parts: [{ label: null, flat: true }], id: "box-1", extra: null },
    lid: { locked: null },
  };

  expect(Object.keys(schemaType(SCHEMA).object).sort()).toEqual(Object.keys(state).sort());
  expect(same<ModelOf<typeof SCHEMA>["state"], State>(true)).toEqual([true]);
  expect(same<ModelOf<typeof SCHEMA>["plan"], Plan>(true)).toEqual([true]);
});
