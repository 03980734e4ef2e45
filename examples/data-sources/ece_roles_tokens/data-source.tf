data "ece_roles_tokens" "all" {}

output "allocator_tokens" {
  value = [for token in data.ece_roles_tokens.all.tokens : token.id if contains(token.roles, "allocator")]
}
