# By the runner id, which is the host's IP address by default.
terraform import ece_host_roles.allocator 192.168.44.10
