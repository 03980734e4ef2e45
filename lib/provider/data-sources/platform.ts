import type { DataSource, ModelOf, Schema } from "../../plugin/framework";
import type { Ece } from "../platform/ece";

const SCHEMA = {
  description: "The ECE platform: its version, its region, and how many hosts it has.",
  attributes: {
    version: {
      type: "string",
      computed: true,
      description: "The platform's version; the installer of an added host must have the same.",
    },
    region: { type: "string", computed: true, description: "The platform's region, on ECE `ece-region`." },
    runners: { type: "number", computed: true, description: "How many hosts the platform knows." },
    connected_runners: { type: "number", computed: true, description: "How many of them are connected." },
    allocators: { type: "number", computed: true, description: "How many allocators the platform knows." },
  },
} satisfies Schema;

/** The platform itself. */
export const platformDataSource: DataSource<Ece, ModelOf<typeof SCHEMA>> = {
  schema: SCHEMA,

  async read({ providerData: ece, signal }, response) {
    const [platform, runners, allocators] = await Promise.all([
      ece.platform(signal),
      ece.client.runners.list({ signal }),
      ece.client.allocators.list({ signal }),
    ]);
    response.state = {
      version: platform.version,
      region: platform.regions?.[0]?.region_id ?? null,
      runners: runners.length,
      connected_runners: runners.filter((runner) => runner.connected).length,
      allocators: allocators.length,
    };
  },
};
