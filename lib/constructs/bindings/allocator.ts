import type { TerraformMetaArguments } from "cdktf";
import { EceResource, type Attributes } from "./ece-resource";

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
export class Allocator extends EceResource<AllocatorConfig> {
  static override readonly tfResourceType = "ece_allocator";

  /** The allocator's id. */
  get allocatorId(): string {
    return this.getStringAttribute("allocator_id");
  }

  /** The allocator's availability zone. */
  get zone(): string {
    return this.getStringAttribute("zone");
  }

  protected override attributesOf({ allocatorId, tags, capacity }: AllocatorConfig): Attributes {
    return { allocator_id: allocatorId, tags, capacity };
  }
}
