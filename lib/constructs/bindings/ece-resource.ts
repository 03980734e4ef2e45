/**
 * Bindings: one class for each type of the Terraform provider, with nothing clever in it.
 *
 * May import the checks and the CDKTF helpers of constructs, `delivery` and `ece`.
 */
import {
  ImportableResource,
  TerraformDataSource,
  TerraformResource,
  type TerraformMetaArguments,
  type TerraformProvider,
  type TerraformProviderGeneratorMetadata,
} from "cdktf";
import type { Construct } from "constructs";
import { VERSION } from "../../version";
import { nameErrors } from "../checks";

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
    this.node.addValidation({ validate: () => nameErrors(this).map((error) => `${this.node.path}: ${error}`) });
  }

  /**
   * An import block alone, for which Terraform writes the configuration of the resource (`plan -generate-config-out`).
   *
   * @param importToId the construct id of the resource in the generated configuration
   * @param importFromId the id that the resource is imported by
   * @param provider the platform; the stack's default EceProvider unless it is given
   */
  static generateConfigForImport(
    scope: Construct,
    importToId: string,
    importFromId: string,
    provider?: TerraformProvider,
  ): ImportableResource {
    return new ImportableResource(scope, importToId, {
      terraformResourceType: this.tfResourceType,
      importId: importFromId,
      provider,
    });
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
