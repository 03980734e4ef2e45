resource "ece_roles_token" "allocators" {
  roles = ["allocator"]

  # Another value makes a new token and revokes this one.
  triggers = {
    rotated = "2026-11"
  }
}
