import { readTimeout, timeoutsBlock, type ObjectValue, type Resource } from "../../plugin/framework";
import { drain, drainBlock, readDrainOptions } from "../hosts/drain";
import type { Ece } from "../platform/ece";
import { runnerIdAttribute } from "../hosts/runner-id";
import { Deadline } from "../platform/wait";

const timeouts = timeoutsBlock({ delete: "60m" });

interface HostGuardModel extends ObjectValue {
  runner_id: string;
}

/**
 * Stands between the install of a host and its cleanup.
 *
 * `ece_host_roles` drains too, but is there only once the host has joined with its roles. A host whose install was
 * interrupted, or failed after the join, may hold instances without it.
 */
export const hostGuardResource: Resource<Ece> = {
  schema: {
    description:
      "Keeps a host from being cleaned while it holds instances: destroying it drains the host, if the platform knows it by then. Create it after whatever cleans the host when destroyed, and before the install. Creating it does nothing.",
    attributes: {
      runner_id: { ...runnerIdAttribute, required: true, requiresReplace: true },
    },
    blocks: { drain: drainBlock, timeouts },
  },

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
    const { runner_id: runnerId } = state as HostGuardModel;
    const runner = await ece.client.runners.tryFind(runnerId, { signal });
    const deadline = new Deadline(readTimeout(timeouts, state.timeouts, "delete"));
    await drain(ece.client, runner ?? { runner_id: runnerId, host_ip: "" }, readDrainOptions(state.drain), {
      deadline,
      signal,
    });
  },

  async importState({ id }, response) {
    response.state = { runner_id: id };
  },
};
