/**
 * What ECE's API puts on the wire, in its own spelling. Types only, so that the simulator can share the words without
 * sharing any behaviour. Fields are optional where recorded replies leave them out, whatever the API description says.
 */

/** One entry of the list of persistent roles tokens; the token itself can never be read back. */
export interface EnrollmentToken {
  token_id: string;
  roles: string[];
}

export interface EnrollmentTokenRequest {
  persistent: boolean;
  roles: string[];
  /** For ephemeral tokens only. */
  validity_in_seconds?: number;
}

export interface RunnerRole {
  role_name: string;
}

export interface RunnerRoles {
  roles: RunnerRole[];
}

export interface RunnerContainer {
  container_name: string;
  container_set_name: string;
}

export interface BuildInfo {
  commit_hash?: string;
  version?: string;
}

/** A host as the platform knows it. */
export interface RunnerInfo {
  runner_id: string;
  connected: boolean;
  healthy: boolean;
  /** Also holds roles that ECE keeps for itself, such as `beats-runner`. */
  roles: RunnerRole[];
  containers: RunnerContainer[];
  host_ip?: string;
  public_hostname?: string;
  runner_name?: string;
  zone?: string;
  region?: string;
  tags?: Record<string, string>;
  features?: Record<string, boolean>;
  build_info?: BuildInfo;
  health_checks?: { is_docker_healthy: boolean; is_connected_to_zk: boolean; has_containers: boolean };
}

export interface AllocatorStatus {
  connected: boolean;
  /** True for an allocator without instances even when it is dead. */
  healthy: boolean;
  maintenance_mode: boolean;
  maintenance_mode_timestamp?: string;
  health_checks?: { is_docker_healthy: boolean; is_connected_to_zk: boolean; has_instances: boolean };
}

export interface AllocatorCapacity {
  /** In MB. */
  memory?: { total: number; used?: number };
  /** In MiB. */
  storage?: { total: number };
  available_cpus?: number;
  additional_master_bonus?: number;
}

/** One node of a deployment that runs on an allocator. */
export interface AllocatedInstance {
  cluster_type: string;
  cluster_id: string;
  instance_name: string;
  /** In MB. */
  node_memory?: number;
  cluster_name?: string;
  healthy?: boolean;
  cluster_healthy?: boolean;
  instance_configuration_id?: string;
  moving?: boolean;
  plans_info?: { pending: boolean; version?: string; zone_count?: number };
  deployment_id?: string;
}

/** An allocator's tag. */
export interface AllocatorMetadataItem {
  key: string;
  value: string;
}

export interface AllocatorSettings {
  /** In MB. */
  capacity?: number;
}

export interface AllocatorInfo {
  allocator_id: string;
  status: AllocatorStatus;
  instances: AllocatedInstance[];
  metadata: AllocatorMetadataItem[];
  settings: AllocatorSettings;
  capacity: AllocatorCapacity;
  zone_id?: string;
  host_ip?: string;
  public_hostname?: string;
  features?: string[];
  external_links?: { id: string; label: string; uri?: string }[];
  build_info?: BuildInfo;
  region?: string;
}

/** Which clusters of one kind to move, with ECE's own plan for it where the default does not serve. */
export interface MoveClustersConfiguration {
  cluster_ids: string[];
  plan_override?: Record<string, unknown>;
}

/** The lists by which the API keeps kinds of clusters apart when it moves them. */
export type MovableClusters =
  "elasticsearch_clusters" | "kibana_clusters" | "apm_clusters" | "appsearch_clusters" | "enterprise_search_clusters";

/** Narrows a move to some clusters; without it everything on the allocator moves. */
export type MoveClustersRequest = Partial<Record<MovableClusters, MoveClustersConfiguration[]>>;

export interface MoveClusterDetails {
  cluster_id: string;
  calculated_plan?: Record<string, unknown>;
  errors?: ApiErrorItem[];
}

export type MoveClustersDetails = Record<MovableClusters, MoveClusterDetails[]>;

export interface MoveClustersReply {
  moves: MoveClustersDetails;
  failures: MoveClustersDetails;
}

/** A member of the ZooKeeper ensemble: what the UI and the installer call a director. */
export interface CoordinatorSummary {
  name: string;
  public_hostname?: string;
  leader_port?: number;
  election_port?: number;
  client_port?: number;
  attributes?: Record<string, string>;
}

export interface RegionInfo {
  region_id: string;
  allocators?: {
    healthy: boolean;
    zone_summaries?: { zone_id: string; total_allocators: number; [count: string]: number | string }[];
  };
  runners?: { healthy: boolean; total_runners: number; connected_runners: number; healthy_runners: number };
  proxies?: { healthy: boolean; proxies_count: number; expected_proxies_count: number };
  coordinators?: { coordinators: CoordinatorSummary[] };
}

export interface PlatformInfo {
  /** What the installer of an added host must install exactly. */
  version: string;
  regions: RegionInfo[];
  unreachable_regions: { region_id: string }[];
  services?: { type: string; image: { id: string; tag: string; version: string; hash: string }[] }[];
  phone_home_enabled?: boolean;
  eula_accepted?: boolean;
}

/** The system deployment that holds the platform's users; its ids stay with the platform through upgrades. */
export interface SecurityDeployment {
  cluster_id: string;
  deployment_id?: string;
  name?: string;
  version?: string;
  status?: string;
}

export interface AuthenticationInfo {
  has_elevated_permissions?: boolean;
  elevated_permissions_expire_at?: string;
  refresh_token_url?: string;
  expires_at?: string;
  has_totp_device?: boolean;
}

export interface LoginRequest {
  username: string;
  password: string;
}

export interface LoginReply {
  token: string;
  session_expiration_time?: string;
}

/** One reason why ECE refused a request. */
export interface ApiErrorItem {
  /** Dotted, for example `enrollment_tokens.invalid_token_id`; empty when the reply gave none. */
  code: string;
  message: string;
  /** The parts of the request that are at fault. */
  fields: string[];
}
