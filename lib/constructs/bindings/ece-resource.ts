/**
 * Bindings: one class for each type of the Terraform provider, with nothing clever in it.
 *
 * May import the checks and the CDKTF helpers of constructs, `delivery` and `ece`.
 */
import {
  ImportableResource,
  TerraformDataSource,
  TerraformResource,
  Token,
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
export type Attributes = { readonly [name: string]: unknown };

/** A resource of the provider. Subclasses give its type and its attributes. */
export abstract class EceResource<Config extends TerraformMetaArguments> extends TerraformResource {
  static readonly tfResourceType: string;

  readonly #config: Config;
  #import: Attributes | undefined;

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

  /**
   * Writes an import block, so that the object that the platform has already becomes this resource.
   *
   * @param id the id that the resource is imported by, as its page of the documentation tells
   * @param provider the platform; that of the resource unless it is given
   */
  override importFrom(id: string, provider: TerraformProvider | undefined = this.#config.provider): void {
    // CDKTF's own runs `terraform version` at each synth, once for each resource.
    this.#import = { id, to: `${this.terraformResourceType}.${this.friendlyUniqueId}`, provider: provider?.fqn };
  }

  /**
   * @internal Imports the object with the arguments of this resource, so that the plan shows nothing but the import.
   *
   * @param further arguments that refer to something, and what they will be
   */
  _importWithArguments(further: Attributes): void {
    const known = Object.entries(this.attributesOf(this.#config)).filter(([, value]) => !isReference(value));
    this.importFrom(JSON.stringify({ ...Object.fromEntries(known), ...further }));
  }

  override toTerraform(): Attributes {
    const blocks = super.toTerraform() as Attributes;
    return this.#import === undefined ? blocks : { ...blocks, import: [this.#import] };
  }

  protected override synthesizeAttributes(): Attributes {
    return this.attributesOf(this.#config);
  }

  /** The configuration in Terraform's terms. */
  protected abstract attributesOf(config: Config): Attributes;
}

/** Whether only Terraform knows a value, or a part of it. */
function isReference(value: unknown): boolean {
  if (Token.isUnresolved(value)) return true;
  return typeof value === "object" && value !== null && Object.values(value).some(isReference);
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
