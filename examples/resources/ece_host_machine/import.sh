# By the runner id, and how the machine is reached; the port is 22 unless it is given.
terraform import ece_host_machine.allocator 10.0.0.11=elastic@10.0.0.11:22
