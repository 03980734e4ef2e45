import { randomInt } from "node:crypto";
import type { Resource } from "../../../lib/plugin/framework";

/** Nothing that is created, kept and deleted; provisioners hang on it. */
export const nullResource: Resource<void> = {
  schema: {
    description: "A resource that does nothing of its own, as a place for provisioners.",
    attributes: {
      triggers: {
        type: { map: "string" },
        optional: true,
        requiresReplace: true,
        description: "Free strings; when one changes, the resource is replaced and its provisioners run again.",
      },
      id: {
        type: "string",
        computed: true,
        useStateForUnknown: true,
        description: "A random number, new for each creation.",
      },
    },
  },
  async create({ plan }, response) {
    response.state = { ...plan, id: randomNumber() };
  },
  async read() {},
  async delete() {},
};

export function randomNumber(): string {
  return String(randomInt(2 ** 47));
}
