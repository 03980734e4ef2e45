import type { TerraformProviderGeneratorMetadata } from "cdktf";
import { VERSION } from "../../version";

/** What CDKTF notes about the provider on each of its resources. */
export const GENERATOR_METADATA: TerraformProviderGeneratorMetadata = {
  providerName: "ece",
  providerVersion: VERSION,
  providerVersionConstraint: VERSION,
};
