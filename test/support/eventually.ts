import { setTimeout as delay } from "node:timers/promises";

/** Resolves as soon as the condition holds; a condition that never holds ends with the test's own time. */
export async function eventually(condition: () => boolean): Promise<void> {
  while (!condition()) await delay(10);
}
