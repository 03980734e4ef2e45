/**
 * What ECE's API puts on the wire, in its own spelling: types only, without any import. Fields are optional where
 * recorded replies leave them out, whatever the API description says.
 */

/** One entry of the list of persistent roles tokens; the token itself can never be read back. */
export interface EnrollmentToken {
  token_id: string;
  roles: string[];
}

/** The body of a request for a roles token. */
export interface EnrollmentTokenRequest {
  persistent: boolean;
  roles: string[];
  /** How long it is valid; for ephemeral tokens only. */
  validity_in_seconds?: number;
}

/** A role of a host, such as `allocator`. */
export interface RunnerRole {
  role_name: string;
}

/** All roles of a host. */
export interface RunnerRoles {
  roles: RunnerRole[];
}

/** A container that ECE runs on a host. */
export interface RunnerContainer {
  container_name: string;
  container_set_name: string;
}

/** Which build of ECE a service runs. */
interface BuildInfo {
  commit_hash?: string;
  version?: string;
}

/** A host as the platform knows it. */
export interface RunnerInfo {
  /** The host's IP address, unless its installer was told otherwise. */
  runner_id: string;
  /** Whether the platform hears from the host. */
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

/** The state of an allocator. */
export interface AllocatorStatus {
  /** Whether the platform hears from its host. */
  connected: boolean;
  /** Also true of an allocator that is down, if it has no instances. */
  healthy: boolean;
  /** In maintenance mode it gets no new instances. */
  maintenance_mode: boolean;
  maintenance_mode_timestamp?: string;
  health_checks?: { is_docker_healthy: boolean; is_connected_to_zk: boolean; has_instances: boolean };
}

/** What an allocator offers, and how much of it is taken. */
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

/** What can be set on an allocator. */
export interface AllocatorSettings {
  /** Memory for instances, in MB. */
  capacity?: number;
}

/** An allocator: what the platform knows about it, and the instances that run on it. */
export interface AllocatorInfo {
  /** The same as the runner id of its host. */
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

/** Which clusters of one kind to move, and a plan to move them by instead of the default one. */
export interface MoveClustersConfiguration {
  cluster_ids: string[];
  plan_override?: Record<string, unknown>;
}

/** A move has one list per kind of cluster. */
type MovableClusters =
  "elasticsearch_clusters" | "kibana_clusters" | "apm_clusters" | "appsearch_clusters" | "enterprise_search_clusters";

/** Limits a move to some clusters; without it everything on the allocator moves. */
export type MoveClustersRequest = Partial<Record<MovableClusters, MoveClustersConfiguration[]>>;

/** What happens to one cluster of a move. */
export interface MoveClusterDetails {
  cluster_id: string;
  calculated_plan?: Record<string, unknown>;
  errors?: ApiErrorItem[];
}

/** All clusters of a move, by kind. */
export type MoveClustersDetails = Record<MovableClusters, MoveClusterDetails[]>;

/** What a move starts, or would start if it was only validated. */
export interface MoveClustersReply {
  moves: MoveClustersDetails;
  /** Clusters that cannot be moved, each with its errors. */
  failures: MoveClustersDetails;
}

/** An attempt to change a cluster; its last step says how it ended. */
export interface PlanAttempt {
  plan_attempt_log?: {
    step_id: string;
    status: string;
    info_log?: { message?: string; failure_type?: string; details?: Record<string, unknown> }[];
  }[];
}

/** A cluster as a resource of its deployment. */
export interface DeploymentResource {
  kind: string;
  id?: string;
  info?: {
    healthy?: boolean;
    plan_info?: { pending?: PlanAttempt; current?: PlanAttempt; history?: PlanAttempt[] };
  };
}

/** A member of the ZooKeeper ensemble: what the UI and the installer call a director. */
export interface CoordinatorSummary {
  /** The runner id of its host. */
  name: string;
  public_hostname?: string;
  leader_port?: number;
  election_port?: number;
  client_port?: number;
  attributes?: Record<string, string>;
}

/** A host that has asked to become a member of the ensemble. */
export interface CoordinatorCandidate {
  name: string;
  /** `accepted` or `pending`. */
  state?: string;
  public_hostname?: string;
}

/** A region of the platform, of which ECE has one. */
export interface RegionInfo {
  region_id: string;
  zookeeper_states?: { states?: { id: string; state: string }[] };
  allocators?: {
    healthy: boolean;
    zone_summaries?: { zone_id: string; total_allocators: number; [count: string]: number | string }[];
  };
  runners?: { healthy: boolean; total_runners: number; connected_runners: number; healthy_runners: number };
  proxies?: { healthy: boolean; proxies_count: number; expected_proxies_count: number };
  coordinators?: { coordinators: CoordinatorSummary[] };
}

/** The platform as a whole. */
export interface PlatformInfo {
  /** The version of ECE; an added host must be installed with the same one. */
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

/** What the platform knows about the credentials of a request. */
export interface AuthenticationInfo {
  has_elevated_permissions?: boolean;
  elevated_permissions_expire_at?: string;
  refresh_token_url?: string;
  expires_at?: string;
  has_totp_device?: boolean;
}

/** The user of the credentials. */
export interface UserInfo {
  user_name: string;
  security: {
    /** Such as `ece_platform_admin`. */
    roles?: string[];
    /** The operations that the roles allow, as the API description names them. */
    permissions?: string[];
  };
}

/** The body of a login. */
export interface LoginRequest {
  username: string;
  password: string;
}

/** A new session. */
export interface LoginReply {
  /** For the Authorization header, as `Bearer …`. */
  token: string;
  /** ISO 8601. */
  session_expiration_time?: string;
}

/** One of the errors with which ECE refuses a request. */
export interface ApiErrorItem {
  /** Dotted, for example `enrollment_tokens.invalid_token_id`; empty if the reply gave none. */
  code: string;
  message: string;
  /** The parts of the request that it is about. */
  fields: string[];
}
