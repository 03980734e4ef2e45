import { CloudInitInstall, type UserDataOptions } from "./cloud-init-install";
import type { InstallMethod } from "./install-method";
import { SshInstall } from "./ssh-install";
import type { SshInstallOptions } from "./ssh-options";

/** How ECE gets onto a host. */
export class HostInstall {
  /** Connects to the host by SSH, runs Elastic's installer, and removes ECE again when the host is destroyed. */
  static overSsh(options: SshInstallOptions): HostInstall {
    return new HostInstall(new SshInstall(options));
  }

  /**
   * Gives cloud-init user data (`host.userData`) to a VM, which installs ECE on itself; call `host.afterVm(vm)` then, and have
   * the VM replaced when its user data changes.
   *
   * The token is part of the user data, which stays in Terraform's state of the VM and can be read from the cloud's metadata
   * service: prefer `HostToken.persistent({ revokeAfterJoin: true })`. A cloud that takes no more than 16 KB of text takes
   * `Fn.base64gzip(host.userData)`.
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
