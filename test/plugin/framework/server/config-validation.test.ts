import {
  ProviderServer,
  UNKNOWN,
  validators,
  type Attribute,
  type Diagnostic,
  type ObjectValue,
} from "../../../../lib/plugin/framework";
import { boxResource, memoryProvider } from "../memory-provider";

function validate(attributes: { [name: string]: Attribute }, config: ObjectValue): Promise<readonly Diagnostic[]> {
  const schema = { description: "A thing.", attributes, blocks: { inner: { description: "Within.", attributes } } };
  const server = new ProviderServer(memoryProvider({ resources: { memory_thing: boxResource({ schema }) } }));
  return server
    .validateResourceConfig({ typeName: "memory_thing", config: { inner: null, ...config } })
    .then(({ diagnostics }) => diagnostics);
}

const text = { type: "string", description: "Use other." } as const;

test("a required attribute that is not set is an error at its path, in blocks that are there as well", async () => {
  const attributes = { a: { ...text, required: true } } as const;

  expect(await validate(attributes, { a: null })).toMatchObject([{ severity: "error", path: ["a"] }]);
  expect(await validate(attributes, { a: "x", inner: { a: null } })).toMatchObject([{ path: ["inner", "a"] }]);
});

test("a required attribute that is unknown, or in a block that is absent or unknown, is no error", async () => {
  const attributes = { a: { ...text, required: true } } as const;

  expect(await validate(attributes, { a: UNKNOWN })).toEqual([]);
  expect(await validate(attributes, { a: "x", inner: UNKNOWN })).toEqual([]);
});

test("a computed attribute cannot be set, unless it is optional or has a default", async () => {
  const diagnostics = await validate(
    {
      a: { ...text, computed: true },
      b: { ...text, computed: true, optional: true },
      c: { ...text, computed: true, default: "d" },
    },
    { a: UNKNOWN, b: "x", c: "x" },
  );

  expect(diagnostics).toMatchObject([{ severity: "error", summary: "Cannot set a", path: ["a"] }]);
});

test("reports what every validator finds, each with its path, all at once", async () => {
  const diagnostics = await validate(
    {
      a: { ...text, optional: true, validators: [validators.oneOf(["x", "y"])] },
      b: { ...text, optional: true, validators: [validators.notEmpty(), () => "Never right."] },
    },
    { a: "z", b: "" },
  );

  expect(diagnostics).toMatchObject([
    { summary: "Invalid a", detail: 'Must be one of "x", "y"; got "z".', path: ["a"] },
    { summary: "Invalid b", detail: 'Must not be empty; got "".', path: ["b"] },
    { summary: "Invalid b", detail: "Never right.", path: ["b"] },
  ]);
});

test("validators are not called for null, for unknown values, or for what contains one", async () => {
  const roles = {
    type: { set: "string" },
    description: "Roles.",
    optional: true,
    validators: [() => "called"],
  } as const;

  for (const a of [null, UNKNOWN, ["x", UNKNOWN]]) expect(await validate({ a: roles }, { a })).toEqual([]);
  expect(await validate({ a: roles }, { a: ["x"] })).toHaveLength(1);
});

test("an error about a sensitive attribute does not repeat the value", async () => {
  const [error] = await validate(
    { a: { ...text, optional: true, sensitive: true, validators: [validators.oneOf(["x"])] } },
    { a: "hunter2" },
  );
  const [inList] = await validate(
    {
      a: { ...text, type: { set: "string" }, optional: true, sensitive: true, validators: [validators.eachOneOf([])] },
    },
    { a: ["hunter2"] },
  );

  expect(error?.detail).toBe('Must be one of "x"; got "(sensitive value)".');
  expect(JSON.stringify(inList)).not.toContain("hunter2");
});

test("a deprecated attribute gives a warning when it is set", async () => {
  const attributes = { a: { ...text, optional: true, deprecated: true } } as const;

  expect(await validate(attributes, { a: "x" })).toMatchObject([
    { severity: "warning", summary: "a is deprecated", detail: "Use other.", path: ["a"] },
  ]);
  expect(await validate(attributes, { a: null })).toEqual([]);
});
