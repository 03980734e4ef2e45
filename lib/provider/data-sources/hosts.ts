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
      description:
        "The hosts: `runner_id`, `host_ip`, `public_hostname`, `zone`, `version`, `roles` (without the platform's internal ones), `connected`, `healthy`.",
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
