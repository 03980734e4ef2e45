import type { Allocators } from "./allocators";
import type { Ensemble } from "./ensemble";
import type { RolesTokens } from "./roles-tokens";
import type { Runners } from "./runners";

/** The state of the platform as tests see it; the reply of `GET /_simulator/state`. */
export interface SimulatorState {
  readonly tokens: readonly TokenState[];
  readonly runners: readonly RunnerState[];
  readonly allocators: readonly AllocatorState[];
  readonly ensemble: EnsembleState;
}

/** The ZooKeeper ensemble. */
export interface EnsembleState {
  /** The runner ids of the servers that have a vote. */
  readonly members: readonly string[];
  /** The runner ids of those that wait for one. */
  readonly candidates: readonly string[];
  /** How many have a vote, and how many of these are in sync. */
  readonly voters: number;
  readonly inSync: number;
}

/** A token, live or not. */
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
  /** Including the internal roles. */
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
  /** Each as `cluster id/instance name`. */
  readonly instances: readonly string[];
}

/** Copies the state of a platform. */
export function describeState(platform: {
  readonly tokens: RolesTokens;
  readonly runners: Runners;
  readonly allocators: Allocators;
  readonly ensemble: Ensemble;
}): SimulatorState {
  const { tokens, runners, allocators, ensemble } = platform;
  return {
    tokens: tokens.all().map((token) => ({
      id: token.id,
      roles: [...token.roles],
      persistent: token.persistent,
      live: tokens.isLive(token),
    })),
    runners: runners.list().map((runner) => ({
      runnerId: runner.runnerId,
      hostIp: runner.hostIp,
      zone: runner.availabilityZone,
      version: runner.version,
      connected: runner.connected,
      roles: [...runner.roles],
      pendingRoles: [...runner.pendingRoles],
      memorySettings: runner.memorySettings,
    })),
    allocators: allocators.list().map((allocator) => ({
      allocatorId: allocator.allocatorId,
      zone: allocator.availabilityZone,
      connected: allocators.isConnected(allocator),
      maintenanceMode: allocator.maintenanceSince !== undefined,
      capacityMb: allocators.capacityMb(allocator),
      tags: Object.fromEntries(allocator.tags.map(({ key, value }) => [key, value])),
      instances: allocator.instances.map(({ clusterId, instanceName }) => `${clusterId}/${instanceName}`),
    })),
    ensemble: {
      members: ensemble.list().map(({ name }) => name),
      candidates: ensemble.candidates().map(({ name }) => name),
      ...ensemble.count(),
    },
  };
}
