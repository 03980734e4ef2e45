resource "ece_roles_token" "fleet" {
  roles      = ["allocator"]
  on_missing = "keep"
}

resource "ece_host_roles" "allocator" {
  for_each = toset(["10.0.0.11", "10.0.0.12"])

  runner_id = each.key
  roles     = ["allocator"]
}

# Revoked once both hosts have joined with it.
resource "ece_roles_token_revocation" "fleet" {
  token_id   = ece_roles_token.fleet.id
  depends_on = [ece_host_roles.allocator]
}
