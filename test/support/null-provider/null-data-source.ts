import type { DataSource } from "../../../lib/plugin/framework";
import { randomNumber } from "./null-resource";

/** What locals are for today. */
export const nullDataSource: DataSource<void> = {
  schema: {
    description: "Gives its inputs back.",
    attributes: {
      inputs: { type: { map: "string" }, optional: true, description: "Free strings." },
      outputs: { type: { map: "string" }, computed: true, description: "The inputs." },
      has_computed_default: {
        type: "string",
        optional: true,
        computed: true,
        description: "`default` where it is not set.",
      },
      random: { type: "string", computed: true, description: "A random number, new for each read." },
      id: { type: "string", computed: true, deprecated: true, description: "Always `static`." },
    },
  },
  async read({ config }, response) {
    response.state = {
      ...config,
      outputs: config["inputs"] ?? null,
      has_computed_default: config["has_computed_default"] ?? "default",
      random: randomNumber(),
      id: "static",
    };
  },
};
