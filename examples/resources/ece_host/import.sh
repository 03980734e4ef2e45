# By the runner id, which is the host's IP address by default.
terraform import ece_host.allocator 192.168.44.10
