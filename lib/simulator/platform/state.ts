/** What the platform holds, in the words of tests: the reply of `GET /_simulator/state`. */
export interface SimulatorState {
  readonly tokens: readonly TokenState[];
  readonly runners: readonly RunnerState[];
  readonly allocators: readonly AllocatorState[];
}

/** A token that was ever made. */
export interface TokenState {
  readonly id: string;
  readonly roles: readonly string[];
  readonly persistent: boolean;
  /** Whether a host could join with it now. */
  readonly live: boolean;
}

/** A host's record. */
export interface RunnerState {
  readonly runnerId: string;
  readonly hostIp: string;
  readonly zone: string;
  readonly version: string;
  readonly connected: boolean;
  /** The internal roles among them. */
  readonly roles: readonly string[];
  readonly pendingRoles: readonly string[];
  readonly memorySettings?: string;
}

/** An allocator's record. */
export interface AllocatorState {
  readonly allocatorId: string;
  readonly zone: string;
  readonly connected: boolean;
  readonly maintenanceMode: boolean;
  readonly capacityMb: number;
  readonly tags: Readonly<Record<string, string>>;
  /** `cluster id/instance name` of each. */
  readonly instances: readonly string[];
}
