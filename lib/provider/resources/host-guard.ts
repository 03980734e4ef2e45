import { timeoutsBlock, type ModelOf, type Resource, type Schema } from "../../plugin/framework";
import { drainBlock } from "../hosts/drain";
import { runnerIdAttribute } from "../hosts/host-facts";
import type { Ece } from "../platform/ece";

const SCHEMA = {
  description:
    "Has no effect any more: ece_host_machine drains its host before it removes ECE. It is here for states of version 0.1.0, which a plan could not read without it. Take it out of the configuration.",
  attributes: {
    runner_id: { ...runnerIdAttribute, required: true },
  },
  blocks: { drain: drainBlock, timeouts: timeoutsBlock({ delete: "60m" }) },
} satisfies Schema;

/** What stood between the install and the cleanup of a host in version 0.1.0; a state may still hold it. */
export const hostGuardResource: Resource<Ece, ModelOf<typeof SCHEMA>> = {
  schema: SCHEMA,

  async create({ plan }, response) {
    response.state = plan;
  },

  async read() {
    // It stands nowhere but in the state.
  },

  async update({ plan }, response) {
    response.state = plan;
  },

  async delete() {
    // Forgetting it is all there is to do.
  },
};
