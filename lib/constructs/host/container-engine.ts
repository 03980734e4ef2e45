/** What runs ECE's containers on a host; the platform does not know it, each host has its own. */
export class ContainerEngine {
  /** The user must be in the group `docker`. */
  static readonly DOCKER = "docker";
  /** Needs `podman-remote` with its socket at /var/run/docker.sock, or sudo for `podman`. */
  static readonly PODMAN = "podman";

  private constructor() {}
}
