# Made by each apply that installs something; in no state and no plan.
ephemeral "ece_roles_token" "allocators" {
  roles               = ["allocator"]
  validity_in_seconds = 3600
  applying            = terraform.applying
}
