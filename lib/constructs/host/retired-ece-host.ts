import { Construct } from "constructs";
import { throwOnErrors } from "../checks";
import { HostInstall } from "../install/host-install";

/** Configuration of `RetiredEceHost`. */
export interface RetiredEceHostConfig {
  /** How the host is reached: what the `EceHost` had. */
  readonly install: HostInstall;
}

/**
 * A host that goes while the rest of its stack stays. Put it in the place of the `EceHost`, with the same scope and id,
 * deploy, and take it out.
 *
 * Terraform runs no cleanup of a resource that is gone from the configuration, and the platform's record of a host cannot be
 * deleted while ECE runs there. This leaves of the host what cleans it. Destroying the whole stack does not need it.
 *
 * @example new RetiredEceHost(stack, "allocator-1", { install: HostInstall.overSsh({ … }) });
 */
export class RetiredEceHost extends Construct {
  constructor(scope: Construct, id: string, config: RetiredEceHostConfig) {
    super(scope, id);
    throwOnErrors(
      this,
      config.install instanceof HostInstall
        ? config.install._method.errors()
        : ["install is missing: give what the EceHost had"],
    );
    config.install._method.retire(this);
  }
}
