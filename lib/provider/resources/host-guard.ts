import { readTimeout, timeoutsBlock, type ModelOf, type Resource, type Schema } from "../../plugin/framework";
import { drain, drainBlock, readDrainOptions } from "../hosts/drain";
import { runnerIdAttribute } from "../hosts/host-facts";
import type { Ece } from "../platform/ece";

const timeouts = timeoutsBlock({ delete: "60m" });

const SCHEMA = {
  description:
    "Keeps a host from being cleaned while it holds instances: destroying it drains the host, if the platform knows it by then. Create it after whatever cleans the host when destroyed, and before the install. Creating it does nothing.",
  attributes: {
    runner_id: { ...runnerIdAttribute, required: true, requiresReplace: true },
  },
  blocks: { drain: drainBlock, timeouts },
} satisfies Schema;

/**
 * Stands between the install of a host and its cleanup.
 *
 * `ece_host_roles` drains too, but is there only once the host has joined with its roles. A host whose install was
 * interrupted, or failed after the join, may hold instances without it.
 */
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

  async delete({ providerData: ece, state, signal }) {
    const { runner_id: runnerId } = state;
    const runner = await ece.client.runners.tryFind(runnerId, { signal });
    const wait = ece.startWaiting(readTimeout(timeouts, state.timeouts, "delete"), signal);
    await drain(ece.client, runner ?? { runner_id: runnerId, host_ip: "" }, readDrainOptions(state.drain), wait);
  },

  async importState({ id }, response) {
    response.state = { runner_id: id };
  },
};
