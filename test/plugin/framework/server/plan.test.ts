import { UNKNOWN, Unknown, isUnknown, type ObjectValue } from "../../../../lib/plugin/framework";
import { box, boxServer, planOf, storedBox } from "../memory-provider";

describe("a plan to create", () => {
  test("has unknown computed attributes and the defaults of what is not set", async () => {
    const { plan, requiresReplace, diagnostics } = await planOf(await boxServer(), null, box());

    expect(diagnostics).toEqual([]);
    expect(plan).toEqual(box({ id: UNKNOWN, size: 1, colour: UNKNOWN, revision: UNKNOWN }));
    expect(requiresReplace).toEqual([]);
  });

  test("keeps what the configuration sets", async () => {
    const { plan } = await planOf(await boxServer(), null, box({ size: 7, colour: "red", tags: ["a"] }));

    expect(plan).toMatchObject({ size: 7, colour: "red", tags: ["a"] });
  });

  test("keeps unknown configuration unknown, with its refinement, and fills in no default for it", async () => {
    const refined = new Unknown({ nullness: "not-null", stringPrefix: "r" });

    const { plan } = await planOf(await boxServer(), null, box({ size: UNKNOWN, colour: refined, tags: [UNKNOWN] }));

    expect(plan?.size).toBe(UNKNOWN);
    expect(plan?.colour).toBe(refined);
    expect(plan?.tags).toEqual([UNKNOWN]);
  });

  test("treats the attributes of a block like others", async () => {
    const config = box({ lid: { locked: null, material: "oak", key: null } });

    const { plan } = await planOf(await boxServer(), null, config);

    expect(plan?.lid).toEqual({ locked: false, material: "oak", key: UNKNOWN });
  });

  test("changes nothing in the proposal that it came from", async () => {
    const lid = { locked: null, material: "oak", key: null };
    const server = await boxServer();

    await server.planResourceChange({
      typeName: "memory_box",
      priorState: null,
      proposedNewState: box({ lid }),
      config: box({ lid }),
      privateState: new Uint8Array(),
    });

    expect(lid).toEqual({ locked: null, material: "oak", key: null });
  });

  test("leaves an absent block null and an unknown one unknown", async () => {
    const server = await boxServer();

    expect((await planOf(server, null, box())).plan?.lid).toBeNull();
    expect((await planOf(server, null, box({ lid: UNKNOWN }))).plan?.lid).toBe(UNKNOWN);
  });
});

describe("a plan to update", () => {
  test("equals the prior state when the configuration asks for nothing new", async () => {
    const state = storedBox({ tags: ["b", "a"], lid: { locked: false, material: "oak", key: "k" } });
    const config = box({ tags: ["a", "b"], lid: { locked: null, material: "oak", key: null } });

    const { plan, requiresReplace } = await planOf(await boxServer(), state, config);

    expect({ ...plan, tags: ["b", "a"] }).toEqual(state);
    expect(requiresReplace).toEqual([]);
  });

  test("makes computed attributes unknown when anything differs, except those that keep their state", async () => {
    const { plan, requiresReplace } = await planOf(await boxServer(), storedBox(), box({ size: 2 }));

    expect(plan).toEqual(storedBox({ size: 2, colour: UNKNOWN, revision: UNKNOWN }));
    expect(requiresReplace).toEqual([]);
  });

  test("keeps, in a block, the prior value of what keeps its state, and only that", async () => {
    const state = storedBox({ lid: { locked: true, material: "oak", key: "k" } });
    const config = box({ lid: { locked: null, material: "oak", key: null } });

    const { plan, requiresReplace } = await planOf(await boxServer(), state, config);

    expect(plan?.lid).toEqual({ locked: false, material: "oak", key: "k" });
    expect(requiresReplace).toEqual([]);
  });

  test("keeps the state of a computed attribute also where it is null", async () => {
    const { plan } = await planOf(await boxServer(), storedBox({ id: null }), box({ size: 2 }));

    expect(plan?.id).toBeNull();
  });

  test("goes back to the default when a value is taken out of the configuration", async () => {
    const { plan } = await planOf(await boxServer(), storedBox({ size: 9 }), box());

    expect(plan?.size).toBe(1);
  });

  test("has an unknown computed attribute in a block that is new", async () => {
    const config = box({ lid: { locked: true, material: "oak", key: null } });

    const { plan, requiresReplace } = await planOf(await boxServer(), storedBox(), config);

    expect(plan?.lid).toEqual({ locked: true, material: "oak", key: UNKNOWN });
    expect(requiresReplace).toEqual([["lid", "material"]]);
  });

  test("replaces the resource when an unknown block may require it", async () => {
    const { requiresReplace } = await planOf(await boxServer(), storedBox(), box({ lid: UNKNOWN }));

    expect(requiresReplace).toEqual([["lid", "material"]]);
  });

  test.each<[string, ObjectValue]>([
    ["differs", { name: "chest" }],
    ["is unknown", { name: UNKNOWN }],
  ])("replaces the resource when an attribute that requires it %s", async (_, change) => {
    const { requiresReplace } = await planOf(await boxServer(), storedBox(), box(change));

    expect(requiresReplace).toEqual([["name"]]);
  });
});

describe("modifyPlan()", () => {
  test("sees the filled-in plan and has the last word on it", async () => {
    const seen: ObjectValue[] = [];
    const server = await boxServer({
      modifyPlan({ config, state }, response) {
        seen.push({ config, state, plan: response.plan && { ...response.plan } });
        if (response.plan) response.plan.colour = "green";
      },
    });

    const { plan } = await planOf(server, storedBox(), box({ size: 2 }));

    expect(seen).toEqual([
      {
        config: box({ size: 2 }),
        state: storedBox(),
        plan: storedBox({ size: 2, colour: UNKNOWN, revision: UNKNOWN }),
      },
    ]);
    expect(plan?.colour).toBe("green");
  });

  test("can plan a change where the configuration has none, without changing the state that it was given", async () => {
    const state = storedBox({ tags: ["a"] });
    const server = await boxServer({
      modifyPlan(_, { plan }) {
        if (plan) plan.colour = UNKNOWN;
        if (Array.isArray(plan?.tags)) plan.tags.push("b");
      },
    });

    const { plan } = await planOf(server, state, box({ tags: state.tags ?? null }));

    expect(plan).toEqual(storedBox({ colour: UNKNOWN, tags: ["a", "b"] }));
    expect(state.tags).toEqual(["a"]);
  });

  test("adds attributes that replace, each listed once and in a stable order", async () => {
    const server = await boxServer({
      modifyPlan(_, { requiresReplace }) {
        requiresReplace.push(["size"], ["name"], ["size"]);
      },
    });

    const { requiresReplace } = await planOf(server, storedBox(), box({ name: "chest", size: 2 }));

    expect(requiresReplace).toEqual([["name"], ["size"]]);
  });

  test("is called for a destroy, too, with all of the configuration null", async () => {
    const seen: unknown[] = [];
    const server = await boxServer({
      modifyPlan({ config, state }, { plan, diagnostics }) {
        seen.push(config.name, state, plan);
        diagnostics.addWarning("Going", "It cannot come back.");
      },
    });

    const { plan, diagnostics } = await server.planResourceChange({
      typeName: "memory_box",
      priorState: storedBox(),
      proposedNewState: null,
      config: null,
      privateState: new Uint8Array(),
    });

    expect(plan).toBeNull();
    expect(diagnostics).toMatchObject([{ severity: "warning", summary: "Going" }]);
    expect(seen).toEqual([null, storedBox(), null]);
  });

  test("gets an error with the path where it breaks the schema", async () => {
    const server = await boxServer({
      modifyPlan(_, { plan }) {
        if (plan) plan.size = "huge";
      },
    });

    const { plan, diagnostics } = await planOf(server, null, box());

    expect(diagnostics).toMatchObject([{ severity: "error", path: ["size"] }]);
    expect(diagnostics[0]?.detail).toMatch(/must be a number, but is string\. This is a bug in the provider/);
    expect(plan?.size).toBeNull();
  });

  test("hands private state from plan to apply", async () => {
    const server = await boxServer({
      modifyPlan({ privateState }, response) {
        response.privateState = { ...privateState, planned: true };
      },
      async update({ privateState, plan }, response) {
        response.state = storedBox({ size: plan.size ?? null });
        response.privateState = { ...privateState, applied: true };
      },
    });
    const config = box({ size: 2 });
    const planned = await server.planResourceChange({
      typeName: "memory_box",
      priorState: storedBox(),
      proposedNewState: storedBox({ size: 2 }),
      config,
      privateState: Buffer.from('{"stored":true}'),
    });

    const applied = await server.applyResourceChange({
      typeName: "memory_box",
      priorState: storedBox(),
      plan: planned.plan,
      config,
      privateState: planned.privateState,
    });

    expect(JSON.parse(Buffer.from(applied.privateState).toString())).toEqual({
      stored: true,
      planned: true,
      applied: true,
    });
    expect(isUnknown(planned.plan?.revision ?? null)).toBe(true);
  });
});
