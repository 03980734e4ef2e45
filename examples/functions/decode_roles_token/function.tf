variable "roles_token" {
  description = "A roles token that somebody handed over."
  type        = string
  sensitive   = true
}

# What it says of itself; the platform is not asked.
output "roles" {
  value = nonsensitive(provider::ece::decode_roles_token(var.roles_token).roles)
}
