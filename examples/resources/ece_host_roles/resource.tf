resource "ece_host_roles" "allocator" {
  runner_id = "10.0.0.11"
  roles     = ["allocator"]

  timeouts {
    delete = "6h"
  }
}
