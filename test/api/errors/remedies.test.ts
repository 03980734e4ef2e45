import { remedyFor } from "../../../lib/api/errors/remedies";

test.each([
  ["root.unauthenticated", "password"],
  ["root.unauthorized", "password"],
  ["root.invalid_authentication", "password"],
  ["root.unauthorized.rbac", "Platform admin"],
  ["root.unauthorized.rbac.elevated_permissions_required", "elevated"],
  ["root.needs_sudo", "elevated"],
  ["root.resource_not_found", "region"],
  ["root.invalid_json_request", "version"],
  ["internal.server.error", "logs"],
  ["controller_route.controller_not_ready", "Wait"],
  ["authc.no_authentication_cluster", "basic authentication"],
  ["authc.authentication_cluster_error", "security deployment"],
  ["enrollment_tokens.invalid_token_request", "roles"],
  ["enrollment_tokens.signing_key_not_found", "restore"],
  ["enrollment_tokens.invalid_token_id", "revoked"],
  ["runners.runner_not_found", "runner id"],
  ["runners.runner_deletion_failed", "disconnected"],
  ["runners.runner_set_roles_failed", "connected"],
  ["runners.search_failed", "system deployments"],
  ["runners.resync_failed", "system deployments"],
  ["coordinators.coordinator_not_found", "demote"],
  ["coordinators.coordinator_demote_failed", "director role"],
  ["coordinators.candidate_not_found", "assign"],
  ["coordinators.candidate_deletion_failed", "director role"],
  ["roles.not_found", "allocator, coordinator, director and proxy"],
  ["roles.already_exists", "another"],
  ["roles.in_use", "every host"],
  ["roles.version_conflict", "again"],
  ["settings.version_conflict", "again"],
  ["allocators.allocator_not_found", "allocator id"],
  ["allocators.delete_connected_allocator_attempt", "disconnected"],
  ["allocators.delete_allocator_with_instances_attempt", "move"],
  ["allocators.invalid_empty_metadata_items", "value"],
  ["allocators.invalid_empty_metadata_item", "value"],
  ["allocators.metadata_item_not_found", "removed already"],
  ["allocators.resync_failed", "system deployments"],
  ["clusters.cluster_invalid_plan", "room"],
  ["clusters.plan_feature_not_implemented", "version"],
  ["clusters.command_prohibited", "pending"],
  ["constructors.constructor_not_found", "id"],
  ["constructors.command_prohibited", "Platform admin"],
  ["proxies.proxy_not_found", "proxies"],
  ["deployments.deployment_not_found", "deleted"],
])("%s becomes a sentence about: %s", (code, gist) => {
  const remedy = remedyFor(400, [{ code, message: "", fields: [] }]);

  expect(remedy).toContain(gist);
  expect(remedy).toMatch(/^[A-Z].*\.$/);
});

test("the status gives the remedy if the code has none", () => {
  expect(remedyFor(449, [])).toContain("elevated");
  expect(remedyFor(403, [{ code: "some.new.code", message: "", fields: [] }])).toContain("Platform admin");
  expect(remedyFor(418, [])).toBeUndefined();
});

test("the code's remedy comes before that of the status", () => {
  const errors = [{ code: "enrollment_tokens.signing_key_not_found", message: "", fields: [] }];

  expect(remedyFor(403, errors)).not.toContain("Platform admin");
});
