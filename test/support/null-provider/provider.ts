import type { Provider } from "../../../lib/plugin/framework";
import { nullDataSource } from "./null-data-source";
import { nullResource } from "./null-resource";

/** A stand-in for hashicorp/null with the real one's types, for machines that cannot reach its registry. */
export const nullProvider: Provider<void> = {
  name: "null",
  version: "3.2.4",
  schema: { description: "Types that do nothing.", attributes: {} },
  async configure() {},
  resources: { null_resource: nullResource },
  dataSources: { null_data_source: nullDataSource },
  ephemeralResources: {},
  functions: {},
};
