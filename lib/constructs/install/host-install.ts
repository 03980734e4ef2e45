/**
 * The ways to install ECE on a host: over SSH, or by cloud-init. `HostInstall` is what users see of them.
 *
 * Imports `bindings`, `scripts`, `checks`, `cdktf-values` and the layer `ece`; knows nothing of `EceHost`.
 */
import { CloudInitInstall, type UserDataOptions } from "./cloud-init-install";
import type { InstallMethod } from "./install-method";
import { SshInstall } from "./ssh-install";
import type { SshInstallOptions } from "./ssh-options";

/**
 * How ECE gets onto a host.
 *
 * @example
 * HostInstall.overSsh({ host: "10.0.0.11", user: "elastic", privateKeyFile: "~/.ssh/ece", hostKey: HostKey.of("ssh-ed25519 AAAA…") })
 */
export class HostInstall {
  /** Connects to the host by SSH, checks it, runs Elastic's installer, and removes ECE again when the host is destroyed. */
  static overSsh(options: SshInstallOptions): HostInstall {
    return new HostInstall(new SshInstall(options));
  }

  /**
   * A VM installs ECE on itself by cloud-init: give it the user data `host.userData` and call `host.afterVm(vm)`.
   *
   * The user data is made with the host and kept until the host is replaced, and the VM with it: nothing else changes it.
   *
   * The user data holds the token, and stays in Terraform's state of the VM and readable in the cloud's metadata service:
   * prefer `HostToken.persistent({ revokeAfterJoin: true })`.
   */
  static userData(options: UserDataOptions = {}): HostInstall {
    return new HostInstall(new CloudInitInstall(options));
  }

  /** @internal */
  readonly _method: InstallMethod;

  private constructor(method: InstallMethod) {
    this._method = method;
  }
}
