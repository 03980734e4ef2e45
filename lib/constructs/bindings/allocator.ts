import { TerraformResource, type TerraformMetaArguments } from "cdktf";
import type { Construct } from "constructs";
import { GENERATOR_METADATA } from "./generator-metadata";

/** Configuration of `Allocator`. */
export interface AllocatorConfig extends TerraformMetaArguments {
  /** The allocator's id, on ECE that of its host: pass `hostRoles.runnerId`, so that the host has joined. */
  readonly allocatorId: string;
  /**
   * Tags by which instance configurations find the allocator; only those named here are managed.
   *
   * @default - none
   */
  readonly tags?: { [key: string]: string };
  /**
   * The memory in MB that the allocator offers, at least 8192.
   *
   * @default - the installer's choice
   */
  readonly capacity?: number;
}

/**
 * Tags and capacity of an allocator (`ece_allocator`), changed without a reinstall.
 */
export class Allocator extends TerraformResource {
  static readonly tfResourceType = "ece_allocator";

  readonly #config: AllocatorConfig;

  constructor(scope: Construct, id: string, config: AllocatorConfig) {
    super(scope, id, {
      ...config,
      terraformResourceType: Allocator.tfResourceType,
      terraformGeneratorMetadata: GENERATOR_METADATA,
    });
    this.#config = config;
  }

  /** The allocator's id. */
  get allocatorId(): string {
    return this.getStringAttribute("allocator_id");
  }

  /** The allocator's availability zone. */
  get zone(): string {
    return this.getStringAttribute("zone");
  }

  protected override synthesizeAttributes(): { [name: string]: unknown } {
    const { allocatorId, tags, capacity } = this.#config;
    return { allocator_id: allocatorId, tags, capacity };
  }
}
