resource "ece_allocator" "hot" {
  allocator_id = "192.168.44.10"
  capacity     = 65536

  tags = {
    instanceType = "hot"
  }
}
