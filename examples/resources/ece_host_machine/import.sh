# By the runner id, and how the machine is reached; the port is 22 unless it is given.
terraform import ece_host_machine.allocator 10.0.0.11=elastic@10.0.0.11:22

# With its arguments, so that the next plan changes nothing; in an import block, as id = jsonencode({ … }).
terraform import ece_host_machine.allocator '{"runner_id":"10.0.0.11","ssh_host":"10.0.0.11","ssh_user":"elastic","ssh_host_key":"ssh-ed25519 AAAA…"}'
