/** What the installer on a host tells the platform. */
export interface JoinRequest {
  /** The value of `--coordinator-host`. */
  readonly coordinatorHost: string;
  /** The value of `--roles-token`, if there was one. */
  readonly rolesToken?: string;
  /** The roles asked for with `--roles`; empty without the flag. */
  readonly roles: string[];
  readonly runnerId: string;
  readonly hostIp: string;
  readonly availabilityZone: string;
  readonly version: string;
  readonly capacityMb?: number;
  /** The value of `--memory-settings`: JSON. */
  readonly memorySettings?: string;
  /** The value of `--allocator-tags`: `key:value,key:value`. */
  readonly allocatorTags?: string;
}

/** The platform's answer to a host that wants to join. */
export type JoinResult = { readonly joined: true } | { readonly joined: false; readonly message: string };

/** The platform as a host sees it. */
export interface HostPlatform {
  /** Lets a host in, or says why not. */
  join(request: JoinRequest): JoinResult;
  /** A runner that had joined is gone: stopped, removed, or cut off. */
  disconnect(runnerId: string): void;
  /** A runner that was gone is back. */
  reconnect(runnerId: string): void;
}
