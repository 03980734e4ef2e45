import type { Attribute, Block } from "./schema";
import { isObjectValue, type Value } from "./value";
import { duration, tryParseDurationMs } from "./validators";

/** A `timeouts` block with its defaults. */
export interface TimeoutsBlock<Operation extends string = string> extends Block {
  readonly defaults: { readonly [operation in Operation]: string };
}

/**
 * The block `timeouts`, with an argument for each operation that waits.
 *
 * The defaults stand here and not in the schema, as they must hold where the whole block is absent, too.
 *
 * @example timeoutsBlock({ create: "30m", delete: "1h" })
 */
export function timeoutsBlock<Operation extends string>(defaults: {
  readonly [operation in Operation]: string;
}): TimeoutsBlock<Operation> {
  const attributes = Object.entries<string>(defaults).map(([operation, length]): [string, Attribute] => [
    operation,
    {
      type: "string",
      description: `How long to wait during ${operation}, as "90s" or "1h30m" (default: "${length}").`,
      optional: true,
      validators: [duration()],
    },
  ]);
  return { description: "How long operations may take.", attributes: Object.fromEntries(attributes), defaults };
}

/** The milliseconds that an operation may take, by the value of the block in a plan, state or configuration. */
export function readTimeout<Operation extends string>(
  block: TimeoutsBlock<Operation>,
  value: Value | undefined,
  operation: Operation,
): number {
  const configured = isObjectValue(value) ? value[operation] : undefined;
  const text = typeof configured === "string" ? configured : block.defaults[operation];
  const milliseconds = tryParseDurationMs(text);
  if (milliseconds === undefined) throw new TypeError(`the timeout "${text}" for ${operation} is no duration`);
  return milliseconds;
}
