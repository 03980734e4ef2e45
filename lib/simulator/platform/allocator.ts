/** What does not change about a cluster. */
export interface ClusterIdentity {
  readonly clusterId: string;
  readonly clusterType: string;
  readonly clusterName: string;
  /** The deployment that it is a resource of. */
  readonly deploymentId: string;
}

/** A part of a deployment that runs on an allocator. */
export interface Instance extends ClusterIdentity {
  readonly instanceName: string;
  readonly nodeMemoryMb: number;
}

/**
 * Properties of an instance to be placed; those left out are made up. The first instance of a cluster says what that is.
 */
export interface InstanceOptions {
  /** @default - a new id */
  readonly clusterId?: string;
  /** @default "elasticsearch" */
  readonly clusterType?: string;
  /** @default - the cluster's id */
  readonly clusterName?: string;
  /** The deployment of the cluster. @default - a new one */
  readonly deploymentId?: string;
  /** @default - numbered within the allocator */
  readonly instanceName?: string;
  /** @default 1024 */
  readonly nodeMemoryMb?: number;
}

/** A key and a value that operators attach to an allocator, for templates to match on. */
export interface Tag {
  readonly key: string;
  readonly value: string;
}

/** A host that can run instances. Its record outlives both the role and the runner. */
export interface Allocator {
  readonly allocatorId: string;
  readonly hostIp: string;
  readonly availabilityZone: string;
  readonly installedCapacityMb: number;
  /** The capacity set through the API takes precedence over the installed one. */
  settings: { readonly capacity?: number };
  tags: readonly Tag[];
  instances: readonly Instance[];
  /** When maintenance mode began, in which it takes no new instances; undefined outside of it. */
  maintenanceSince?: Date;
}
