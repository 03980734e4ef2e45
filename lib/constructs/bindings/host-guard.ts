import type { TerraformMetaArguments } from "cdktf";
import { EceResource, type Attributes } from "./ece-resource";
import type { HostDrain } from "./host-roles";

/** How long destroying a host's guard may take. */
export interface HostGuardTimeouts {
  /**
   * How long the drain may take, such as "2h".
   *
   * @default - the provider's
   */
  readonly delete?: string;
}

/** Configuration of `HostGuard`. */
export interface HostGuardConfig extends TerraformMetaArguments {
  /** The host's id on the platform. */
  readonly runnerId: string;
  /**
   * How the host is emptied.
   *
   * @default - everything is moved away, and pending plans are waited for
   */
  readonly drain?: HostDrain;
  /**
   * How long a drain may take.
   *
   * @default - the provider's
   */
  readonly timeouts?: HostGuardTimeouts;
}

/**
 * Keeps a host from being cleaned while it holds instances (`ece_host_guard`): destroying it drains the host.
 *
 * It is made before the install, so that it is there whatever becomes of that.
 */
export class HostGuard extends EceResource<HostGuardConfig> {
  static override readonly tfResourceType = "ece_host_guard";

  protected override attributesOf({ runnerId, drain, timeouts }: HostGuardConfig): Attributes {
    return {
      runner_id: runnerId,
      drain: drain && { force: drain.force, skip: drain.skip },
      timeouts: timeouts && { delete: timeouts.delete },
    };
  }
}
