# By the allocator id, which is that of its host.
terraform import ece_allocator.hot 192.168.44.10
