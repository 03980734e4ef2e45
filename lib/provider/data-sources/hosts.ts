/**
 * What Terraform reads of a platform and never changes, a file for each data source. Imports the rooms `hosts` and
 * `platform`, and `plugin/framework`.
 */
import type { DataSource, ModelOf, Schema } from "../../plugin/framework";
import type { Ece } from "../platform/ece";
import { describeHost, userRolesOf } from "../hosts/host-facts";

const SCHEMA = {
  description: "The hosts that the platform knows, sorted by runner id.",
  attributes: {
    hosts: {
      type: {
        list: {
          object: {
            runner_id: "string",
            host_ip: "string",
            public_hostname: "string",
            zone: "string",
            version: "string",
            roles: { set: "string" },
            connected: "bool",
            healthy: "bool",
          },
        },
      },
      computed: true,
      description: "The hosts.",
      members: {
        runner_id: "The id of the host on the platform.",
        host_ip: "The address at which the platform's other hosts reach it.",
        public_hostname: "The name or address at which users reach it.",
        zone: "Its availability zone.",
        version: "The version of ECE that it runs.",
        roles: "Its roles, without those that the platform gives to every host.",
        connected: "Whether the platform is connected to it.",
        healthy: "Whether the platform shows it as healthy.",
      },
    },
  },
} satisfies Schema;

/** Every host that the platform knows. */
export const hostsDataSource: DataSource<Ece, ModelOf<typeof SCHEMA>> = {
  schema: SCHEMA,

  async read({ providerData: ece, signal }, response) {
    const runners = await ece.client.runners.list({ signal });
    response.state = {
      hosts: runners
        .map((runner) => ({ runner_id: runner.runner_id, ...describeHost(runner), roles: userRolesOf(runner) }))
        .sort((a, b) => a.runner_id.localeCompare(b.runner_id)),
    };
  },
};
