/**
 * Bindings: one class for each type of the Terraform provider, with nothing clever in it.
 *
 * May import the checks and the CDKTF helpers of constructs, `delivery` and `ece`.
 */
import {
  TerraformDataSource,
  TerraformResource,
  type TerraformMetaArguments,
  type TerraformProviderGeneratorMetadata,
} from "cdktf";
import type { Construct } from "constructs";
import { VERSION } from "../../version";

/** What CDKTF notes about the provider on each of its resources. */
export const GENERATOR_METADATA: TerraformProviderGeneratorMetadata = {
  providerName: "ece",
  providerVersion: VERSION,
  providerVersionConstraint: VERSION,
};

/** Terraform's attributes and blocks, by their names there. */
export interface Attributes {
  readonly [name: string]: unknown;
}

/** A resource of the provider. Subclasses give its type and its attributes. */
export abstract class EceResource<Config extends TerraformMetaArguments> extends TerraformResource {
  static readonly tfResourceType: string;

  readonly #config: Config;

  constructor(scope: Construct, id: string, config: Config) {
    super(scope, id, {
      ...config,
      terraformResourceType: new.target.tfResourceType,
      terraformGeneratorMetadata: GENERATOR_METADATA,
    });
    this.#config = config;
  }

  protected override synthesizeAttributes(): Attributes {
    return this.attributesOf(this.#config);
  }

  /** The configuration in Terraform's terms. */
  protected abstract attributesOf(config: Config): Attributes;
}

/** A data source of the provider; none of them takes attributes. */
export abstract class EceDataSource extends TerraformDataSource {
  static readonly tfResourceType: string;

  constructor(scope: Construct, id: string, config: TerraformMetaArguments = {}) {
    super(scope, id, {
      ...config,
      terraformResourceType: new.target.tfResourceType,
      terraformGeneratorMetadata: GENERATOR_METADATA,
    });
  }
}
