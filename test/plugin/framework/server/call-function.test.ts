import {
  FunctionArgumentError,
  ProviderServer,
  type ProviderFunction,
  type Value,
} from "../../../../lib/plugin/framework";
import { memoryProvider } from "../memory-provider";

function call(run: ProviderFunction["call"], ...args: Value[]) {
  const half: ProviderFunction = {
    summary: "Half",
    description: "Half of a number.",
    parameters: [{ name: "number", type: "number", description: "The number." }],
    returns: { object: { half: "number" } },
    call: run,
  };
  return new ProviderServer(memoryProvider({ functions: { half } })).callFunction({ name: "half", arguments: args });
}

test("a function takes its arguments and returns a value of its type, even before the provider is configured", async () => {
  expect(await call((number) => ({ half: Number(number) / 2 }), 5)).toEqual({ result: { half: 2.5 } });
});

test("an error about an argument names the argument", async () => {
  const reply = await call(() => {
    throw new FunctionArgumentError(0, "is odd");
  });

  expect(reply).toEqual({ error: { text: "is odd", argument: 0 } });
});

test("any other error is reported by its message", async () => {
  const reply = await call(() => {
    throw new Error("no halves today");
  });

  expect(reply).toEqual({ error: { text: "no halves today" } });
});

test("a result that is not of the function's type is a bug of the provider", async () => {
  expect((await call(() => ({ half: "2" }))).error?.text).toMatch(/^half: half must be a number.* bug in the provider/);
});

test("an unknown function is an error that names it", async () => {
  const reply = await new ProviderServer(memoryProvider()).callFunction({ name: "toString", arguments: [] });

  expect(reply).toEqual({ error: { text: 'The provider has no function "toString"' } });
});
