resource "ece_host" "allocator" {
  runner_id = "10.0.0.11"
}
