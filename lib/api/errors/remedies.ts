import type { ApiErrorItem } from "../models";

const CREDENTIALS =
  "Check the API key, or the user name and password. API keys expire (after 3 months by default), and the built-in users admin and readonly cannot have one.";
const PERMISSIONS =
  "These credentials may not do this. Use those of a user with the role Platform admin, such as admin, or have the role assigned.";
const ELEVATION =
  "This platform asks for elevated permissions: confirm the second factor of this user in the Cloud UI, or use credentials that need none, such as an API key.";
const NOT_READY =
  "The platform's control plane is still starting or has lost its leader. Wait until the Cloud UI works again, then run the command again.";
const GONE_RUNNER = "Compare the runner id with the hosts in the Cloud UI: by default it is the host's IP address.";
const GONE_ALLOCATOR = "Compare the allocator id with the allocators in the Cloud UI: it is that of the host.";
const CHANGED_MEANWHILE = "Something else changed it at the same time. Run the command again.";
const TAG_VALUE = "Give every allocator tag a value that is not empty.";
const SEARCH_INDEX =
  "The platform's own logging-and-metrics or admin-console cluster may be down: check the system deployments in the Cloud UI.";
const AUTHENTICATION_CLUSTER =
  "The security deployment of the platform cannot check users: look at it in the Cloud UI, or use the built-in admin user.";

/** What to do about each error code that ECE is known to give. */
const REMEDIES: Readonly<Record<string, string>> = {
  "root.unauthenticated": CREDENTIALS,
  "root.unauthorized": CREDENTIALS,
  "root.invalid_authentication": CREDENTIALS,
  "root.unauthorized.rbac": PERMISSIONS,
  "root.unauthorized.rbac.elevated_permissions_required": ELEVATION,
  "root.needs_sudo": ELEVATION,
  "root.resource_not_found":
    "Check that the endpoint is that of an ECE coordinator, and its region (ECE has one, ece-region).",
  "root.invalid_json_request":
    "The platform does not understand this request: its version may be too old or too new for this tool.",
  "internal.server.error":
    "The platform failed inside: look into the logs of the coordinators, then run the command again.",
  "controller_route.controller_not_ready": NOT_READY,
  "authc.no_authentication_cluster":
    "This platform has no security deployment, so nobody can log in for a session: use basic authentication or an API key.",
  "authc.authentication_cluster_error": AUTHENTICATION_CLUSTER,

  "enrollment_tokens.invalid_token_request":
    "Check the roles (allocator, coordinator, director, proxy) and the validity, which only ephemeral tokens may have.",
  "enrollment_tokens.signing_key_not_found":
    "The platform has lost the key that signs roles tokens, so it cannot make any: restore the platform's ZooKeeper state or ask Elastic's support.",
  "enrollment_tokens.invalid_token_id":
    "No token has this id: it was revoked already, or it belongs to another platform.",

  "runners.runner_not_found": GONE_RUNNER,
  "runners.runner_deletion_failed":
    "A host can be deleted only once it is disconnected: stop and remove its ECE containers, wait until the Cloud UI shows it as disconnected, then run the command again.",
  "runners.runner_set_roles_failed":
    "Check that the host is connected and that its instances were moved away before the allocator role is taken from it.",
  "runners.search_failed": SEARCH_INDEX,
  "runners.resync_failed": SEARCH_INDEX,

  "coordinators.coordinator_not_found":
    "The host is no member of the ZooKeeper ensemble, so there is nothing to demote.",
  "coordinators.coordinator_demote_failed":
    "Take the director role from the host first, and keep a majority of the directors connected.",
  "coordinators.candidate_not_found": "The host has not asked to become a director: assign the role to it first.",
  "coordinators.candidate_deletion_failed": "Take the director role from the host first.",
  "networking.cname.not_found": "No deployment domain is set: set one in the Cloud UI (Platform > Settings).",
  "security_deployment.not_found":
    "The platform has no security deployment at the moment: look at the system deployments in the Cloud UI.",
  "roles.not_found": "The platform knows no such role; the roles are allocator, coordinator, director and proxy.",
  "roles.already_exists": "The platform has a role of this name: use another.",
  "roles.in_use": "Take the role from every host first.",
  "roles.version_conflict": CHANGED_MEANWHILE,

  "allocators.allocator_not_found": GONE_ALLOCATOR,
  "allocators.delete_connected_allocator_attempt":
    "An allocator can be deleted only once its host is disconnected: stop and remove the host's ECE containers first.",
  "allocators.delete_allocator_with_instances_attempt":
    "Instances are still on the allocator: move them to other allocators first.",
  "allocators.invalid_empty_metadata_items": TAG_VALUE,
  "allocators.invalid_empty_metadata_item": TAG_VALUE,
  "allocators.metadata_item_not_found": "The allocator has no such tag: it was removed already.",
  "allocators.resync_failed": SEARCH_INDEX,
  "clusters.cluster_invalid_plan":
    "The platform finds no valid plan for the move: check that other allocators with the same tags have room, in the same zone.",
  "clusters.plan_feature_not_implemented": "This version of the platform cannot move instances in this way.",
  "clusters.command_prohibited":
    "The platform forbids moving this cluster now: unlock it, or wait until its pending change is done, then run the command again.",

  "constructors.constructor_not_found": "Compare the id with the coordinators in the Cloud UI.",
  "constructors.command_prohibited": PERMISSIONS,
  "proxies.proxy_not_found": "Compare the id with the proxies in the Cloud UI.",
  "user.not_found":
    "The platform knows the credentials, but not their user: it was deleted. Use those of another user with the role Platform admin.",
  "deployments.deployment_not_found": "The deployment was deleted, or it belongs to another platform.",
};

/** What to do if none of the codes is known. */
const STATUS_REMEDIES: Readonly<Record<number, string>> = {
  401: CREDENTIALS,
  403: PERMISSIONS,
  407: "A proxy on the way asks for credentials: put them into HTTPS_PROXY, or add the coordinator to NO_PROXY.",
  409: CHANGED_MEANWHILE,
  429: "The platform is asked too often: wait a little, or lower Terraform's -parallelism.",
  449: ELEVATION,
  500: "The platform failed inside: look into the logs of the coordinators, then run the command again.",
  502: NOT_READY,
  503: NOT_READY,
  504: NOT_READY,
};

/** What to do about an ECE error; undefined if nothing better than the platform's own words is known. */
export function remedyFor(status: number, errors: readonly ApiErrorItem[]): string | undefined {
  for (const { code } of errors) {
    const remedy = REMEDIES[code] ?? (code.endsWith(".version_conflict") ? CHANGED_MEANWHILE : undefined);
    if (remedy) return remedy;
  }
  return STATUS_REMEDIES[status];
}
