import type { TerraformMetaArguments } from "cdktf";
import { EceResource, type Attributes } from "./ece-resource";

/** Configuration of `HostUserData`. Everything but hostId is frozen until the host is replaced. */
export interface HostUserDataConfig extends TerraformMetaArguments {
  /** The `id` of the host's `Host`; a change makes new user data. */
  readonly hostId: string;
  /** What cloud-init gets, in this order: texts that begin with `#cloud-config`, `#!` or another of its marks. */
  readonly parts: string[];
  /**
   * The form of `userData`: `base64gzip`, `base64` or `raw`.
   *
   * @default "base64gzip"
   */
  readonly encoding?: string;
  /**
   * How many bytes the cloud takes, counted without base64.
   *
   * @default 16384
   */
  readonly maxBytes?: number;
}

/**
 * What a VM is given to install ECE on itself (`ece_host_user_data`): made with its host, and kept until the host is replaced.
 */
export class HostUserData extends EceResource<HostUserDataConfig> {
  static override readonly tfResourceType = "ece_host_user_data";

  /** The user data for the VM, a secret. */
  get userData(): string {
    return this.getStringAttribute("user_data");
  }

  /** New for each creation. */
  get id(): string {
    return this.getStringAttribute("id");
  }

  protected override attributesOf({ hostId, parts, encoding, maxBytes }: HostUserDataConfig): Attributes {
    return { host_id: hostId, parts, encoding, max_bytes: maxBytes };
  }
}
