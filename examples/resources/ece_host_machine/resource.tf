resource "ece_host" "allocator" {
  runner_id = "10.0.0.11"
}

resource "ece_host_machine" "allocator" {
  host_id          = ece_host.allocator.id
  runner_id        = ece_host.allocator.runner_id
  ssh_host         = "10.0.0.11"
  ssh_user         = "elastic"
  ssh_host_key     = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBZmDrpRrIFISC7rz2xNbFjRtwtbcCEWzHkWgTvXrD1t"
  roles            = ["allocator"]
  coordinator_host = "10.0.0.10"
}
